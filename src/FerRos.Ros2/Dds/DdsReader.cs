using FerRos.Ros2.Dds.Interop;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Dds;

/// <summary>Receives the samples of a reader on the waiting thread; the span lives for the call only.</summary>
/// <param name="reader">The reader; endpoints may hear of samples before their own constructor has its reader.</param>
/// <param name="cdr">Encapsulation header and body.</param>
/// <param name="sourceTimestamp">Nanoseconds since the Unix epoch.</param>
/// <param name="publication">Instance handle of the writer.</param>
internal delegate void DdsSampleHandler(DdsReader reader, ReadOnlySpan<byte> cdr, long sourceTimestamp, ulong publication);

/// <summary>A reader of serialized samples, and what happens to it.</summary>
internal sealed unsafe class DdsReader : IDdsLocalEndpoint, IDisposable
{
    // Samples taken at once, and handled before other endpoints have their turn.
    private const int BatchSize = 8;
    private const int MaxPerTurn = 64;
    private const int MaxKnownPublishers = 1024;

    private readonly DdsParticipant _participant;
    private readonly DdsEntity _topic;
    private readonly DdsEntity _reader;
    private readonly DdsEntity _condition;
    private readonly DdsSampleHandler _handler;
    private readonly EndpointEventHandler? _events;
    private readonly DdsGraph _graph;
    private readonly Lock _gate = new();
    private readonly int _dataSlot;
    private readonly int _statusSlot;
    private readonly Dictionary<ulong, Gid> _publishers = [];
    private int _matched;
    private bool _closed;

    public DdsReader(DdsParticipant participant, string topic, string type, DdsQos qos, DdsSampleHandler handler, EndpointEventHandler? events, DdsGraph? graph = null)
    {
        _participant = participant;
        _handler = handler;
        _events = events;
        DdsTopic = topic;
        DdsType = type;
        _topic = SertypeTable.CreateTopic(participant.Entity, topic, type);
        DdsEntity? reader = null, condition = null;
        try
        {
            reader = DdsEntity.Own(
                Ddsc.dds_create_reader(participant.Entity.Id, _topic.Id, qos.Pointer, 0),
                $"create a reader for '{topic}'",
                participant.Entity,
                _topic);
            _reader = reader;
            Gid = reader.GetGid();
            condition = DdsEntity.Own(Ddsc.dds_create_readcondition(reader.Id, Ddsc.AnyState), "create a read condition", reader);
            _condition = condition;
            DdsResult.Check(Ddsc.dds_set_status_mask(reader.Id, Ddsc.SubscriptionMatched | Ddsc.RequestedIncompatibleQos | Ddsc.SampleLost), "select a reader's events");
            _statusSlot = participant.Waiter.Attach(reader, OnStatus);
            _dataSlot = participant.Waiter.Attach(condition, OnData);
        }
        catch
        {
            condition?.Dispose();
            reader?.Dispose();
            _topic.Dispose();
            throw;
        }

        _graph = graph ?? participant.Graph;
        _graph.AddLocal(this);
    }

    public string DdsTopic { get; }

    public string DdsType { get; }

    public bool IsWriter => false;

    public Gid Gid { get; }

    /// <summary>Matched writers now.</summary>
    public int MatchedCount => Volatile.Read(ref _matched);

    /// <summary>The native entity.</summary>
    public DdsEntity Entity => _reader;

    /// <summary>The GUID of a writer that this reader heard. For use in the handler.</summary>
    public Gid FindPublisher(ulong publication)
    {
        if (_publishers.TryGetValue(publication, out Gid gid))
            return gid;
        Ddsc.BuiltinEndpoint* endpoint = Ddsc.dds_get_matched_publication_data(_reader.Id, publication);
        if (endpoint == null)
            return new Gid(0, publication); // Gone already: nobody can look it up any more.
        gid = Gid.Read(new ReadOnlySpan<byte>(endpoint->Key, Gid.Size));
        Ddsc.dds_builtintopic_free_endpoint(endpoint);
        if (_publishers.Count >= MaxKnownPublishers)
            _publishers.Clear();
        _publishers.Add(publication, gid);
        return gid;
    }

    /// <summary>A <c>key=value;</c> entry of the user data of a writer that this reader heard; empty when there is none. For use in the handler.</summary>
    public string ReadPublisherUserData(ulong publication, string key)
    {
        Ddsc.BuiltinEndpoint* endpoint = Ddsc.dds_get_matched_publication_data(_reader.Id, publication);
        if (endpoint == null)
            return "";
        string value = DdsQos.ReadUserData(endpoint->Qos, key);
        Ddsc.dds_builtintopic_free_endpoint(endpoint);
        return value;
    }

    /// <summary>The values of a user data entry of all matched writers.</summary>
    public List<string> ReadMatchedUserData(string key)
    {
        ulong[] handles = new ulong[Math.Max(MatchedCount, 1) + 16];
        int count;
        fixed (ulong* p = handles)
            count = Ddsc.dds_get_matched_publications(_reader.Id, p, (nuint)handles.Length);
        return [.. handles.Take(Math.Clamp(count, 0, handles.Length)).Select(handle => ReadPublisherUserData(handle, key))];
    }

    public void OnForeignType(string type) => _events?.Invoke(new EndpointEvent(EndpointEventKind.IncompatibleType, 0, type));

    public void Dispose()
    {
        // Taking the gate waits for a handler that runs on the waiting thread; in that handler itself it does not wait.
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
        }

        _graph.RemoveLocal(this);
        _participant.Waiter.Detach(_condition, _dataSlot);
        _participant.Waiter.Detach(_reader, _statusSlot);
        _condition.Dispose();
        _reader.Dispose();
        _topic.Dispose();
    }

    private void OnData()
    {
        nint* samples = stackalloc nint[BatchSize];
        Ddsc.SampleInfo* infos = stackalloc Ddsc.SampleInfo[BatchSize];
        lock (_gate)
        {
            for (int handled = 0; handled < MaxPerTurn && !_closed;)
            {
                int count = Ddsc.dds_takecdr(_reader.Id, samples, BatchSize, infos, Ddsc.AnyState);
                if (count < 0)
                    DdsResult.Check(count, $"take from '{DdsTopic}'");
                if (count <= 0)
                    return;

                handled += count;
                for (int i = 0; i < count; i++)
                {
                    if (infos[i].ValidData != 0 && !_closed)
                        Handle(samples[i], infos[i]);
                    Ddsc.ddsi_serdata_unref(samples[i]);
                }
            }
        }
    }

    private void Handle(nint sample, in Ddsc.SampleInfo info)
    {
        Ddsc.IoVec vector;
        nint reference = Ddsc.ddsi_serdata_to_ser_ref(sample, 0, Ddsc.ddsi_serdata_size(sample), &vector);
#pragma warning disable CA1031 // Whatever a handler throws, the samples behind it are delivered.
        try
        {
            _handler(this, new ReadOnlySpan<byte>(vector.Base, checked((int)vector.Length)), info.SourceTimestamp, info.PublicationHandle);
        }
        catch (Exception exception)
        {
            DdsLog.HandlerFailed(_participant.Logger, exception);
        }
#pragma warning restore CA1031
        finally
        {
            Ddsc.ddsi_serdata_to_ser_unref(reference, &vector);
        }
    }

    private void OnStatus()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            Ddsc.MatchedStatus matched;
            if (Ddsc.dds_get_subscription_matched_status(_reader.Id, &matched) >= 0 && (matched.TotalCountChange != 0 || matched.CurrentCountChange != 0))
            {
                Volatile.Write(ref _matched, (int)matched.CurrentCount);
                _events?.Invoke(new EndpointEvent(EndpointEventKind.Matched, (int)matched.CurrentCount, ""));
            }

            Ddsc.IncompatibleQosStatus incompatible;
            if (Ddsc.dds_get_requested_incompatible_qos_status(_reader.Id, &incompatible) >= 0 && incompatible.TotalCountChange != 0)
                _events?.Invoke(new EndpointEvent(EndpointEventKind.IncompatibleQos, incompatible.TotalCountChange, DdsQos.PolicyName(incompatible.LastPolicyId)));

            Ddsc.SampleLostStatus lost;
            if (Ddsc.dds_get_sample_lost_status(_reader.Id, &lost) >= 0 && lost.TotalCountChange != 0)
                _events?.Invoke(new EndpointEvent(EndpointEventKind.SamplesLost, lost.TotalCountChange, ""));
        }
    }
}
