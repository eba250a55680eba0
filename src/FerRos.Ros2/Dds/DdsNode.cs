using System.Buffers;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Dds;

/// <summary>A node: its endpoints are listed under its name in <c>ros_discovery_info</c>.</summary>
internal sealed class DdsNode : IMiddlewareNode
{
    private readonly DdsParticipant _participant;
    private readonly Lock _gate = new();
    private readonly List<IDdsNodeEndpoint> _endpoints = [];
    private NodeEntities _entities;
    private bool _disposed;

    public DdsNode(DdsParticipant participant, NodeName name)
    {
        _participant = participant;
        Name = name;
        _entities = new NodeEntities(name, [], []);
        participant.Graph.AddNode(this);
    }

    /// <inheritdoc/>
    public event Action? GraphChanged;

    public NodeName Name { get; }

    public NodeEntities GetEntities() => Volatile.Read(ref _entities);

    public void RaiseGraphChanged() => GraphChanged?.Invoke();

    /// <inheritdoc/>
    public IMiddlewarePublisher CreatePublisher(string topic, InterfaceType type, QosProfile qos, EndpointEventHandler? events = null) =>
        Add(() => new DdsPublisher(this, _participant, topic, type, qos, events));

    /// <inheritdoc/>
    public IMiddlewareSubscription CreateSubscription(string topic, InterfaceType type, QosProfile qos, SampleHandler handler, EndpointEventHandler? events = null) =>
        Add(() => new DdsSubscription(this, _participant, topic, type, qos, handler, events));

    /// <inheritdoc/>
    public IMiddlewareService CreateService(string service, ServiceInterfaceType type, QosProfile qos, RequestHandler handler) =>
        Add(() => new DdsService(this, _participant, service, type, qos, handler));

    /// <inheritdoc/>
    public IMiddlewareClient CreateClient(string service, ServiceInterfaceType type, QosProfile qos, ResponseHandler handler) =>
        Add(() => new DdsClient(this, _participant, service, type, qos, handler));

    /// <inheritdoc/>
    public IReadOnlyList<NodeName> GetNodeNames() => _participant.Graph.GetNodeNames();

    /// <inheritdoc/>
    public IReadOnlyList<NameAndTypes> GetTopicNamesAndTypes() => _participant.Graph.GetNamesAndTypes(services: false);

    /// <inheritdoc/>
    public IReadOnlyList<NameAndTypes> GetServiceNamesAndTypes() => _participant.Graph.GetNamesAndTypes(services: true);

    /// <inheritdoc/>
    public IReadOnlyList<TopicEndpoint> GetPublishers(string topic) => _participant.Graph.GetEndpoints(topic, publishers: true);

    /// <inheritdoc/>
    public IReadOnlyList<TopicEndpoint> GetSubscriptions(string topic) => _participant.Graph.GetEndpoints(topic, publishers: false);

    /// <summary>Takes an endpoint off the list; called when it is disposed.</summary>
    public void Remove(IDdsNodeEndpoint endpoint)
    {
        lock (_gate)
        {
            if (!_endpoints.Remove(endpoint))
                return;
            if (_disposed)
                return; // The node is going as a whole: one announcement at its end is enough.
            Update();
        }

        _participant.Graph.Announce();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IDdsNodeEndpoint[] endpoints;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            endpoints = [.. _endpoints];
        }

        foreach (IDdsNodeEndpoint endpoint in endpoints)
            await endpoint.DisposeAsync();
        _participant.Graph.RemoveNode(this);
    }

    private T Add<T>(Func<T> create)
        where T : IDdsNodeEndpoint
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        T endpoint = create();
        lock (_gate)
        {
            _endpoints.Add(endpoint);
            Update();
        }

        _participant.Graph.Announce();
        return endpoint;
    }

    private void Update() => Volatile.Write(
        ref _entities,
        new NodeEntities(
            Name,
            [.. _endpoints.Select(static endpoint => endpoint.Reader?.Gid).OfType<Gid>()],
            [.. _endpoints.Select(static endpoint => endpoint.Writer?.Gid).OfType<Gid>()]));
}

/// <summary>What a node lists: a writer, a reader, or both.</summary>
internal interface IDdsNodeEndpoint : IAsyncDisposable
{
    DdsWriter? Writer { get; }

    DdsReader? Reader { get; }
}

/// <summary>A publisher.</summary>
internal sealed class DdsPublisher : IMiddlewarePublisher, IDdsNodeEndpoint
{
    private readonly DdsNode _node;
    private readonly DdsWriter _writer;

    public DdsPublisher(DdsNode node, DdsParticipant participant, string topic, InterfaceType type, QosProfile qos, EndpointEventHandler? events)
    {
        _node = node;
        Topic = topic;
        Qos = qos;
        _writer = new DdsWriter(participant, DdsNames.Topic(topic), DdsNames.Type(type.Name), qos, DdsUserData.TypeHash(type.Hash, participant.Distribution), events);
    }

    public string Topic { get; }

    public QosProfile Qos { get; }

    public int SubscriptionCount => _writer.MatchedCount;

    DdsWriter? IDdsNodeEndpoint.Writer => _writer;

    DdsReader? IDdsNodeEndpoint.Reader => null;

    public void Publish(in ReadOnlySequence<byte> message) => _writer.Write([], message);

    public bool WaitForAcknowledgements(TimeSpan timeout) => _writer.WaitForAcknowledgements(timeout);

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        _node.Remove(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A subscription.</summary>
internal sealed class DdsSubscription : IMiddlewareSubscription, IDdsNodeEndpoint
{
    private readonly DdsNode _node;
    private readonly SampleHandler _handler;
    private readonly DdsReader _reader;

    public DdsSubscription(DdsNode node, DdsParticipant participant, string topic, InterfaceType type, QosProfile qos, SampleHandler handler, EndpointEventHandler? events)
    {
        _node = node;
        _handler = handler;
        Topic = topic;
        Qos = qos;
        using DdsQos native = DdsQos.ForEndpoint(qos, DdsUserData.TypeHash(type.Hash, participant.Distribution));
        _reader = new DdsReader(
            participant,
            DdsNames.Topic(topic),
            DdsNames.Type(type.Name),
            native,
            (reader, cdr, timestamp, publication) => _handler(new ReceivedSample(cdr, timestamp, reader.FindPublisher(publication))),
            events);
    }

    public string Topic { get; }

    public QosProfile Qos { get; }

    public int PublisherCount => _reader.MatchedCount;

    DdsWriter? IDdsNodeEndpoint.Writer => null;

    DdsReader? IDdsNodeEndpoint.Reader => _reader;

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _node.Remove(this);
        return ValueTask.CompletedTask;
    }
}
