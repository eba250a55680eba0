using System.Buffers;
using FerRos.Ros2.Dds.Interop;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Dds;

/// <summary>A writer of serialized samples, and what happens to it.</summary>
internal sealed unsafe class DdsWriter : IDdsLocalEndpoint, IDisposable
{
    private readonly DdsParticipant _participant;
    private readonly DdsEntity _topic;
    private readonly DdsEntity _writer;
    private readonly Sertype _type;
    private readonly EndpointEventHandler? _events;
    private readonly DdsGraph _graph;
    private readonly Lock _gate = new();
    private readonly int _slot;
    private int _matched;
    private bool _closed;

    public DdsWriter(DdsParticipant participant, string topic, string type, QosProfile profile, string userData, EndpointEventHandler? events, DdsGraph? graph = null)
    {
        _participant = participant;
        _events = events;
        DdsTopic = topic;
        DdsType = type;
        _type = participant.Types.Get(type);
        _topic = SertypeTable.CreateTopic(participant.Entity, topic, type);
        DdsEntity? writer = null;
        try
        {
            using DdsQos qos = DdsQos.ForEndpoint(profile, userData);
            writer = DdsEntity.Own(
                Ddsc.dds_create_writer(participant.Entity.Id, _topic.Id, qos.Pointer, 0),
                $"create a writer for '{topic}'",
                participant.Entity,
                _topic,
                _type.Anchor);
            _writer = writer;
            Gid = writer.GetGid();
            InstanceHandle = writer.GetInstanceHandle();
            DdsResult.Check(Ddsc.dds_set_status_mask(writer.Id, Ddsc.PublicationMatched | Ddsc.OfferedIncompatibleQos), "select a writer's events");
            _slot = participant.Waiter.Attach(writer, OnStatus);
        }
        catch
        {
            writer?.Dispose();
            _topic.Dispose();
            throw;
        }

        _graph = graph ?? participant.Graph;
        _graph.AddLocal(this);
    }

    public string DdsTopic { get; }

    public string DdsType { get; }

    public bool IsWriter => true;

    public Gid Gid { get; }

    public ulong InstanceHandle { get; }

    /// <summary>Matched readers now.</summary>
    public int MatchedCount => Volatile.Read(ref _matched);

    /// <summary>The native entity.</summary>
    public DdsEntity Entity => _writer;

    /// <summary>Writes one sample. Thread-safe.</summary>
    /// <param name="prefix">See <see cref="Serdata.Create"/>.</param>
    /// <param name="message">CDR with its encapsulation header.</param>
    public void Write(ReadOnlySpan<byte> prefix, in ReadOnlySequence<byte> message)
    {
        // The reference keeps the type object alive while a concurrent Dispose waits its turn.
        bool added = false;
        int code;
        try
        {
            _writer.DangerousAddRef(ref added);
            code = Ddsc.dds_writecdr(_writer.Id, Serdata.Create(_type.Pointer, prefix, message));
        }
        finally
        {
            if (added)
                _writer.DangerousRelease();
        }

        if (code == DdsResult.Timeout)
            throw new MiddlewareException($"A message on '{DdsTopic}' was dropped: a reliable subscription has not acknowledged earlier ones for {DdsQos.MaxBlockingTime.TotalSeconds:0} s.");
        if (code < 0)
            DdsResult.Check(code, $"write to '{DdsTopic}'"); // Not before it is needed: the text would be made for every message.
    }

    /// <summary>Waits until all matched reliable readers have everything.</summary>
    public bool WaitForAcknowledgements(TimeSpan timeout)
    {
        int code = Ddsc.dds_wait_for_acks(_writer.Id, timeout == Timeout.InfiniteTimeSpan ? Ddsc.Infinity : timeout.Ticks * 100);
        if (code == DdsResult.Timeout)
            return false;
        DdsResult.Check(code, $"wait for acknowledgements on '{DdsTopic}'");
        return true;
    }

    /// <summary>The values of a user data entry of all matched readers.</summary>
    public List<string> ReadMatchedUserData(string key)
    {
        ulong[] handles = new ulong[Math.Max(MatchedCount, 1) + 16];
        int count;
        fixed (ulong* p = handles)
            count = Ddsc.dds_get_matched_subscriptions(_writer.Id, p, (nuint)handles.Length);
        var values = new List<string>();
        for (int i = 0; i < Math.Min(count, handles.Length); i++)
        {
            Ddsc.BuiltinEndpoint* endpoint = Ddsc.dds_get_matched_subscription_data(_writer.Id, handles[i]);
            if (endpoint == null)
                continue;
            values.Add(DdsQos.ReadUserData(endpoint->Qos, key));
            Ddsc.dds_builtintopic_free_endpoint(endpoint);
        }

        return values;
    }

    public void OnForeignType(string type) => Raise(new EndpointEvent(EndpointEventKind.IncompatibleType, 0, type));

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
        }

        _graph.RemoveLocal(this);
        _participant.Waiter.Detach(_writer, _slot);
        _writer.Dispose();
        _topic.Dispose();
    }

    private void OnStatus()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            Ddsc.MatchedStatus matched;
            if (Ddsc.dds_get_publication_matched_status(_writer.Id, &matched) >= 0 && (matched.TotalCountChange != 0 || matched.CurrentCountChange != 0))
            {
                Volatile.Write(ref _matched, (int)matched.CurrentCount);
                Raise(new EndpointEvent(EndpointEventKind.Matched, (int)matched.CurrentCount, ""));
            }

            Ddsc.IncompatibleQosStatus incompatible;
            if (Ddsc.dds_get_offered_incompatible_qos_status(_writer.Id, &incompatible) >= 0 && incompatible.TotalCountChange != 0)
                Raise(new EndpointEvent(EndpointEventKind.IncompatibleQos, incompatible.TotalCountChange, DdsQos.PolicyName(incompatible.LastPolicyId)));
        }
    }

    private void Raise(in EndpointEvent endpointEvent) => _events?.Invoke(endpointEvent);
}
