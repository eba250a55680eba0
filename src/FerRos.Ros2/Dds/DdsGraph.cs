using System.Buffers;
using System.Runtime.InteropServices;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Dds.Interop;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Dds;

/// <summary>An endpoint of this participant, as the graph needs it.</summary>
internal interface IDdsLocalEndpoint
{
    string DdsTopic { get; }

    string DdsType { get; }

    bool IsWriter { get; }

    /// <summary>A peer's endpoint on the topic has another type.</summary>
    void OnForeignType(string type);
}

/// <summary>An endpoint anywhere, as its discovery data tell.</summary>
internal sealed record DdsEndpointInfo(
    bool IsWriter, Gid Gid, Gid Participant, string Topic, string Type, QosProfile Qos, string TypeHash, string ClientId, string ServiceId);

/// <summary>
/// The ROS graph: endpoints from DDS's builtin topics, nodes from <c>ros_discovery_info</c>. Updated on the waiting
/// thread, read from any.
/// </summary>
internal sealed unsafe class DdsGraph : IDisposable
{
    private readonly DdsParticipant _participant;
    private readonly Lock _gate = new();
    private readonly Lock _publishGate = new();
    private readonly Dictionary<ulong, DdsEndpointInfo> _writers = [];
    private readonly Dictionary<ulong, DdsEndpointInfo> _readers = [];
    private readonly Dictionary<ulong, Gid> _participants = [];
    private readonly Dictionary<Gid, List<NodeEntities>> _remoteNodes = [];
    private readonly List<DdsNode> _localNodes = [];
    private readonly List<IDdsLocalEndpoint> _localEndpoints = [];
    private readonly HashSet<string> _warnedServices = new(StringComparer.Ordinal);
    private readonly HashSet<Gid> _warnedParticipants = [];
    private readonly List<(DdsEntity Condition, DdsEntity Reader, int Slot)> _builtin = [];
    private readonly SerializationBuffer _buffer = new();
    private readonly DdsWriter _discoveryWriter;
    private readonly DdsReader _discoveryReader;
    private bool _disposed;

    public DdsGraph(DdsParticipant participant)
    {
        _participant = participant;
        try
        {
            Watch(Ddsc.TopicDcpsParticipant, OnParticipants);
            Watch(Ddsc.TopicDcpsPublication, reader => OnEndpoints(reader, _writers));
            Watch(Ddsc.TopicDcpsSubscription, reader => OnEndpoints(reader, _readers));

            using DdsQos all = DdsQos.ForDiscovery(ignoreLocal: true);
            _discoveryReader = new DdsReader(participant, DdsNames.DiscoveryTopic, DdsNames.DiscoveryType, all, OnDiscoveryInfo, null, this);
            _discoveryWriter = new DdsWriter(
                participant,
                DdsNames.DiscoveryTopic,
                DdsNames.DiscoveryType,
                new QosProfile { Depth = 1, Durability = QosDurability.TransientLocal },
                "",
                null,
                this);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Adds a node of this participant and tells the peers.</summary>
    public void AddNode(DdsNode node)
    {
        lock (_gate)
            _localNodes.Add(node);
        Announce();
    }

    /// <summary>Removes a node of this participant and tells the peers.</summary>
    public void RemoveNode(DdsNode node)
    {
        lock (_gate)
            _localNodes.Remove(node);
        Announce();
    }

    /// <summary>Tells the peers which nodes and endpoints this participant has now.</summary>
    public void Announce()
    {
        lock (_publishGate)
        {
            if (_disposed)
                return;
            NodeEntities[] nodes;
            lock (_gate)
                nodes = [.. _localNodes.Select(static node => node.GetEntities())];
            ReadOnlySequence<byte> message = DdsDiscoveryInfo.Write(_buffer, _participant.Gid, nodes, _participant.Distribution);
            _discoveryWriter.Write([], message);
        }

        RaiseChanged();
    }

    public void AddLocal(IDdsLocalEndpoint endpoint)
    {
        List<DdsEndpointInfo> others;
        lock (_gate)
        {
            _localEndpoints.Add(endpoint);
            others = [.. _writers.Values.Concat(_readers.Values).Where(other => other.Topic == endpoint.DdsTopic && other.Participant != _participant.Gid)];
        }

        foreach (DdsEndpointInfo other in others)
            Compare(endpoint, other);
    }

    public void RemoveLocal(IDdsLocalEndpoint endpoint)
    {
        lock (_gate)
            _localEndpoints.Remove(endpoint);
    }

    /// <summary>All nodes.</summary>
    public List<NodeName> GetNodeNames()
    {
        lock (_gate)
            return [.. _localNodes.Select(static node => node.Name), .. _remoteNodes.Values.SelectMany(static nodes => nodes).Select(static node => node.Name)];
    }

    /// <summary>ROS topics, or services, with their types.</summary>
    public List<NameAndTypes> GetNamesAndTypes(bool services)
    {
        var found = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (DdsEndpointInfo endpoint in _writers.Values.Concat(_readers.Values))
            {
                string? name;
                if (!(services ? DdsNames.TryGetService(endpoint.Topic, out name) : DdsNames.TryGetTopic(endpoint.Topic, out name)))
                    continue;
                if (!found.TryGetValue(name, out SortedSet<string>? types))
                    found.Add(name, types = new SortedSet<string>(StringComparer.Ordinal));
                types.Add(services ? DdsNames.RosServiceType(endpoint.Type) : DdsNames.RosType(endpoint.Type));
            }
        }

        return [.. found.Select(static entry => new NameAndTypes(entry.Key, [.. entry.Value]))];
    }

    /// <summary>Endpoints on a ROS topic.</summary>
    public List<TopicEndpoint> GetEndpoints(string topic, bool publishers)
    {
        string ddsTopic = DdsNames.Topic(topic);
        lock (_gate)
        {
            return
            [
                .. (publishers ? _writers : _readers).Values
                    .Where(endpoint => endpoint.Topic == ddsTopic)
                    .Select(endpoint => new TopicEndpoint(
                        FindOwner(endpoint, publishers), topic, DdsNames.RosType(endpoint.Type), endpoint.TypeHash, endpoint.Gid, endpoint.Qos)),
            ];
        }
    }

    public void Dispose()
    {
        lock (_publishGate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _discoveryReader?.Dispose();
        _discoveryWriter?.Dispose();
        foreach ((DdsEntity condition, DdsEntity reader, int slot) in _builtin)
        {
            _participant.Waiter.Detach(condition, slot);
            condition.Dispose();
            reader.Dispose();
        }

        _buffer.Dispose();
    }

    private NodeName FindOwner(DdsEndpointInfo endpoint, bool publisher)
    {
        if (endpoint.Participant == _participant.Gid)
        {
            foreach (DdsNode node in _localNodes)
            {
                NodeEntities entities = node.GetEntities();
                if ((publisher ? entities.Writers : entities.Readers).Contains(endpoint.Gid))
                    return entities.Name;
            }
        }
        else if (_remoteNodes.TryGetValue(endpoint.Participant, out List<NodeEntities>? nodes))
        {
            foreach (NodeEntities node in nodes)
            {
                if ((publisher ? node.Writers : node.Readers).Contains(endpoint.Gid))
                    return node.Name;
            }
        }

        return new NodeName("", "");
    }

    private void Watch(int builtinTopic, Action<DdsEntity> handler)
    {
        DdsEntity participant = _participant.Entity;
        using DdsQos qos = DdsQos.ForDiscovery(ignoreLocal: false);
        DdsEntity reader = DdsEntity.Own(Ddsc.dds_create_reader(participant.Id, builtinTopic, qos.Pointer, 0), "read discovery data", participant);
        DdsEntity condition = DdsEntity.Own(Ddsc.dds_create_readcondition(reader.Id, Ddsc.AnyState), "create a read condition", reader);
        int slot = _participant.Waiter.Attach(condition, () => handler(reader));
        _builtin.Add((condition, reader, slot));
    }

    private void OnParticipants(DdsEntity reader)
    {
        bool changed = false;
        Take(reader, (sample, in info) =>
        {
            lock (_gate)
            {
                if (info.InstanceState == Ddsc.InstanceAlive)
                    _participants[info.InstanceHandle] = Gid.Read(new ReadOnlySpan<byte>(((Ddsc.BuiltinParticipant*)sample)->Key, Gid.Size));
                else if (_participants.Remove(info.InstanceHandle, out Gid gone))
                    changed |= _remoteNodes.Remove(gone);
            }
        });
        if (changed)
            RaiseChanged();
    }

    private void OnEndpoints(DdsEntity reader, Dictionary<ulong, DdsEndpointInfo> table)
    {
        var added = new List<DdsEndpointInfo>();
        Take(reader, (sample, in info) =>
        {
            if (info.InstanceState == Ddsc.InstanceAlive && info.ValidData != 0)
            {
                DdsEndpointInfo endpoint = Read((Ddsc.BuiltinEndpoint*)sample, isWriter: table == _writers);
                lock (_gate)
                    table[info.InstanceHandle] = endpoint;
                added.Add(endpoint);
            }
            else if (info.InstanceState != Ddsc.InstanceAlive)
            {
                lock (_gate)
                    table.Remove(info.InstanceHandle);
            }
        });

        foreach (DdsEndpointInfo endpoint in added)
        {
            if (endpoint.Participant == _participant.Gid)
                continue;
            IDdsLocalEndpoint[] mine;
            lock (_gate)
                mine = [.. _localEndpoints.Where(local => local.DdsTopic == endpoint.Topic)];
            foreach (IDdsLocalEndpoint local in mine)
                Compare(local, endpoint);
        }

        RaiseChanged();
    }

    private void Compare(IDdsLocalEndpoint local, DdsEndpointInfo other)
    {
        if (local.IsWriter == other.IsWriter)
            return; // They have nothing to say to each other.
        if (local.DdsType != other.Type)
        {
            local.OnForeignType(DdsNames.RosType(other.Type));
            return;
        }

        if (DdsNames.TryGetService(other.Topic, out string? service) && other.ClientId.Length == 0 && other.ServiceId.Length == 0)
        {
            lock (_gate)
            {
                if (!_warnedServices.Add(service))
                    return;
            }

            DdsLog.ForeignService(_participant.Logger, service, VendorName(other.Gid));
        }
    }

    private void OnDiscoveryInfo(DdsReader reader, ReadOnlySpan<byte> cdr, long sourceTimestamp, ulong publication)
    {
        try
        {
            (Gid participant, List<NodeEntities> nodes) = DdsDiscoveryInfo.Read(cdr, _participant.Distribution);
            lock (_gate)
            {
                if (nodes.Count > 0)
                    _remoteNodes[participant] = nodes;
                else
                    _remoteNodes.Remove(participant);
            }
        }
        catch (CdrException exception)
        {
            Gid writer = reader.FindPublisher(publication);
            bool first;
            lock (_gate)
                first = _warnedParticipants.Add(writer);
            if (first)
                DdsLog.DiscoveryUnreadable(_participant.Logger, writer.ToString(), exception.Message, _participant.Distribution);
        }

        RaiseChanged();
    }

    private void RaiseChanged()
    {
        DdsNode[] nodes;
        lock (_gate)
            nodes = [.. _localNodes];
        foreach (DdsNode node in nodes)
            node.RaiseGraphChanged();
    }

    private static DdsEndpointInfo Read(Ddsc.BuiltinEndpoint* endpoint, bool isWriter) => new(
        isWriter,
        Gid.Read(new ReadOnlySpan<byte>(endpoint->Key, Gid.Size)),
        Gid.Read(new ReadOnlySpan<byte>(endpoint->ParticipantKey, Gid.Size)),
        Marshal.PtrToStringUTF8((nint)endpoint->TopicName) ?? "",
        Marshal.PtrToStringUTF8((nint)endpoint->TypeName) ?? "",
        endpoint->Qos == 0 ? new QosProfile() : DdsQos.Read(endpoint->Qos),
        DdsQos.ReadUserData(endpoint->Qos, "typehash"),
        DdsQos.ReadUserData(endpoint->Qos, "clientid"),
        DdsQos.ReadUserData(endpoint->Qos, "serviceid"));

    // RTPS: a GUID begins with the number of the vendor who made it.
    private static string VendorName(Gid gid) => (gid.High >> 48) switch
    {
        0x0101 => "RTI Connext",
        0x010f => "Fast DDS",
        0x0110 => "Cyclone DDS, without the marks of rmw_cyclonedds_cpp",
        ulong other => $"vendor {other:x4}",
    };

    private static void Take(DdsEntity reader, BuiltinSampleHandler handler)
    {
        const int BatchSize = 16;
        void** samples = stackalloc void*[BatchSize];
        Ddsc.SampleInfo* infos = stackalloc Ddsc.SampleInfo[BatchSize];
        while (true)
        {
            samples[0] = null; // The library lends its own memory.
            int count = Ddsc.dds_take(reader.Id, samples, infos, BatchSize, BatchSize);
            if (count <= 0)
            {
                DdsResult.Check(count, "take discovery data");
                return;
            }

            try
            {
                for (int i = 0; i < count; i++)
                    handler(samples[i], infos[i]);
            }
            finally
            {
                _ = Ddsc.dds_return_loan(reader.Id, samples, count);
            }
        }
    }

    private delegate void BuiltinSampleHandler(void* sample, in Ddsc.SampleInfo info);
}
