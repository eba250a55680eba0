using System.Buffers;
using System.Buffers.Binary;

namespace FerRos.Ros2.Middleware;

/// <summary>
/// What a ROS client library needs from a transport: serialized messages (CDR with its 4-byte encapsulation
/// header), QoS, resolved names, and the graph. Everything above it (nodes, parameters, lifecycle, remapping)
/// is the same for all implementations. One instance is one participant of the graph.
/// </summary>
public interface IMiddleware : IAsyncDisposable
{
    /// <summary>Name for logs and diagnostics, e.g. <c>dds (Cyclone DDS 0.10.2)</c> or <c>rcl (jazzy, rmw_fastrtps_cpp)</c>.</summary>
    string Name { get; }

    /// <summary>The ROS domain.</summary>
    int DomainId { get; }

    /// <summary>What helps where messages are lost on the way, as an end of a log line; empty when nothing is known.</summary>
    string LossAdvice => "";

    /// <summary>Enters a node into the graph.</summary>
    /// <param name="name">Valid node name, after remapping.</param>
    /// <param name="namespace">Absolute namespace, after remapping; <c>/</c> for the root.</param>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    IMiddlewareNode CreateNode(string name, string @namespace);
}

/// <summary>A node in the graph, owner of its endpoints: disposing it disposes them.</summary>
public interface IMiddlewareNode : IAsyncDisposable
{
    /// <summary>Raised, on a thread of the middleware, when nodes or endpoints anywhere in the graph came or went. Handlers must return quickly.</summary>
    event Action? GraphChanged;

    /// <summary>Creates a publisher.</summary>
    /// <param name="topic">Fully qualified, remapped, validated topic name.</param>
    /// <param name="type">The message's type.</param>
    /// <param name="qos">Requested QoS.</param>
    /// <param name="events">Called, on a thread of the middleware, when matches change or a peer's QoS does not fit.</param>
    /// <exception cref="MiddlewareException">The middleware refused; with rcl also when the type's package is not installed.</exception>
    IMiddlewarePublisher CreatePublisher(string topic, InterfaceType type, QosProfile qos, EndpointEventHandler? events = null);

    /// <summary>Creates a subscription.</summary>
    /// <param name="topic">Fully qualified, remapped, validated topic name.</param>
    /// <param name="type">The message's type.</param>
    /// <param name="qos">Requested QoS.</param>
    /// <param name="handler">Called for every sample on the middleware's thread; must return quickly and keep nothing of the sample.</param>
    /// <param name="events">Called, on a thread of the middleware, when matches change or a peer's QoS does not fit.</param>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    IMiddlewareSubscription CreateSubscription(string topic, InterfaceType type, QosProfile qos, SampleHandler handler, EndpointEventHandler? events = null);

    /// <summary>Offers a service.</summary>
    /// <param name="service">Fully qualified, remapped, validated service name.</param>
    /// <param name="type">The service's type.</param>
    /// <param name="qos">Requested QoS of both directions.</param>
    /// <param name="handler">Called for every request on the middleware's thread; must return quickly and keep nothing of the sample.</param>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    IMiddlewareService CreateService(string service, ServiceInterfaceType type, QosProfile qos, RequestHandler handler);

    /// <summary>Creates a client of a service.</summary>
    /// <param name="service">Fully qualified, remapped, validated service name.</param>
    /// <param name="type">The service's type.</param>
    /// <param name="qos">Requested QoS of both directions.</param>
    /// <param name="handler">Called for every response on the middleware's thread; must return quickly and keep nothing of the sample.</param>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    IMiddlewareClient CreateClient(string service, ServiceInterfaceType type, QosProfile qos, ResponseHandler handler);

    /// <summary>All nodes of the graph, hidden ones and this one included.</summary>
    IReadOnlyList<NodeName> GetNodeNames();

    /// <summary>Topics of the graph with the ROS type names (<c>pkg/msg/Name</c>) that endpoints use there, sorted by name.</summary>
    IReadOnlyList<NameAndTypes> GetTopicNamesAndTypes();

    /// <summary>Services of the graph with their ROS type names (<c>pkg/srv/Name</c>), sorted by name.</summary>
    IReadOnlyList<NameAndTypes> GetServiceNamesAndTypes();

    /// <summary>Publishers on a fully qualified topic, with the node that owns each.</summary>
    IReadOnlyList<TopicEndpoint> GetPublishers(string topic);

    /// <summary>Subscriptions on a fully qualified topic, with the node that owns each.</summary>
    IReadOnlyList<TopicEndpoint> GetSubscriptions(string topic);
}

/// <summary>Sends serialized messages.</summary>
public interface IMiddlewarePublisher : IAsyncDisposable
{
    /// <summary>Fully qualified topic name.</summary>
    string Topic { get; }

    /// <summary>QoS in force.</summary>
    QosProfile Qos { get; }

    /// <summary>Matched subscriptions now.</summary>
    int SubscriptionCount { get; }

    /// <summary>Sends one message. Thread-safe. May block while a reliable subscription's queue is full.</summary>
    /// <param name="message">CDR with its encapsulation header; may have several segments, so that a large array is copied once only.</param>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    void Publish(in ReadOnlySequence<byte> message);

    /// <summary>Waits until all matched reliable subscriptions have acknowledged what was published; false when the time ran out.</summary>
    bool WaitForAcknowledgements(TimeSpan timeout);
}

/// <summary>Receives serialized messages.</summary>
public interface IMiddlewareSubscription : IAsyncDisposable
{
    /// <summary>Fully qualified topic name.</summary>
    string Topic { get; }

    /// <summary>QoS in force.</summary>
    QosProfile Qos { get; }

    /// <summary>Matched publishers now.</summary>
    int PublisherCount { get; }
}

/// <summary>Answers serialized requests.</summary>
public interface IMiddlewareService : IAsyncDisposable
{
    /// <summary>Fully qualified service name.</summary>
    string ServiceName { get; }

    /// <summary>Sends the response to one request. Thread-safe, on any thread, at any later time.</summary>
    /// <param name="id">The request's identity.</param>
    /// <param name="response">CDR with its encapsulation header.</param>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    void Respond(RequestId id, in ReadOnlySequence<byte> response);
}

/// <summary>Sends serialized requests.</summary>
public interface IMiddlewareClient : IAsyncDisposable
{
    /// <summary>Fully qualified service name.</summary>
    string ServiceName { get; }

    /// <summary>Whether a server is matched in both directions.</summary>
    bool IsServiceAvailable { get; }

    /// <summary>Sends a request; its response comes to the handler with the same sequence number. Thread-safe.</summary>
    /// <param name="request">CDR with its encapsulation header.</param>
    /// <returns>Sequence number, unique for this client.</returns>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    long Send(in ReadOnlySequence<byte> request);
}

/// <summary>Receives a sample. Spans are valid during the call only.</summary>
public delegate void SampleHandler(in ReceivedSample sample);

/// <summary>Receives a request. Spans are valid during the call only.</summary>
public delegate void RequestHandler(RequestId id, in ReceivedSample request);

/// <summary>Receives a response. Spans are valid during the call only.</summary>
public delegate void ResponseHandler(long sequenceNumber, in ReceivedSample response);

/// <summary>Hears of matches and QoS conflicts of one endpoint.</summary>
public delegate void EndpointEventHandler(in EndpointEvent endpointEvent);

/// <summary>One received serialized message, on loan from the middleware.</summary>
public readonly ref struct ReceivedSample
{
    /// <summary>Creates the loan.</summary>
    public ReceivedSample(ReadOnlySpan<byte> cdr, long sourceTimestamp, Gid publisher)
    {
        Cdr = cdr;
        SourceTimestamp = sourceTimestamp;
        Publisher = publisher;
    }

    /// <summary>The message: 4-byte encapsulation header, then the body. Up to 3 bytes of padding (and with some RMWs more) may follow it.</summary>
    public ReadOnlySpan<byte> Cdr { get; }

    /// <summary>When it was published, nanoseconds since the Unix epoch; 0: unknown.</summary>
    public long SourceTimestamp { get; }

    /// <summary>Who published it; find its node with <see cref="IMiddlewareNode.GetPublishers"/>.</summary>
    public Gid Publisher { get; }
}

/// <summary>Global identifier of an endpoint: 16 bytes.</summary>
public readonly record struct Gid(ulong High, ulong Low)
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 16;

    /// <summary>Reads the 16 bytes in the order in which they travel.</summary>
    public static Gid Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes the 16 bytes in the order in which they travel.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{High:x16}{Low:x16}";
}

/// <summary>Identity of a service request: the client's and its sequence number.</summary>
public readonly record struct RequestId(Gid Client, long SequenceNumber);

/// <summary>A message's type as the wire needs it.</summary>
/// <param name="Name">ROS name, e.g. <c>sensor_msgs/msg/Image</c>.</param>
/// <param name="Hash">RIHS01 hash, e.g. <c>RIHS01_d31d…</c>; empty when unknown.</param>
public sealed record InterfaceType(string Name, string Hash);

/// <summary>A service's type as the wire needs it.</summary>
/// <param name="Name">ROS name, e.g. <c>std_srvs/srv/Trigger</c>.</param>
/// <param name="Hash">RIHS01 hash of the service.</param>
/// <param name="Request">Type of the request message, <c>std_srvs/srv/Trigger_Request</c>.</param>
/// <param name="Response">Type of the response message, <c>std_srvs/srv/Trigger_Response</c>.</param>
public sealed record ServiceInterfaceType(string Name, string Hash, InterfaceType Request, InterfaceType Response);

/// <summary>A node's name and namespace.</summary>
public readonly record struct NodeName(string Name, string Namespace)
{
    /// <summary>Fully qualified name.</summary>
    public string FullName => Namespace == "/" ? "/" + Name : Namespace + "/" + Name;
}

/// <summary>A topic or service with the types in use.</summary>
public sealed record NameAndTypes(string Name, IReadOnlyList<string> Types);

/// <summary>A publisher or subscription as the graph knows it.</summary>
/// <param name="Node">The owner; empty name when the graph has not told yet.</param>
/// <param name="Topic">Fully qualified topic.</param>
/// <param name="Type">ROS type name.</param>
/// <param name="TypeHash">RIHS01 hash; empty when the peer does not tell.</param>
/// <param name="Gid">Its identifier.</param>
/// <param name="Qos">Its QoS.</param>
public sealed record TopicEndpoint(NodeName Node, string Topic, string Type, string TypeHash, Gid Gid, QosProfile Qos);

/// <summary>What happened to an endpoint.</summary>
public enum EndpointEventKind
{
    /// <summary>A peer matched or ceased to match; <see cref="EndpointEvent.Count"/> peers match now.</summary>
    Matched,

    /// <summary>A peer's QoS does not fit; <see cref="EndpointEvent.Policy"/> says which policy.</summary>
    IncompatibleQos,

    /// <summary>A peer on the same topic has another type.</summary>
    IncompatibleType,

    /// <summary>Samples were lost before they reached the subscription; <see cref="EndpointEvent.Count"/> since the last event.</summary>
    SamplesLost,
}

/// <summary>A change at an endpoint.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Count">Matched peers, or lost samples.</param>
/// <param name="Policy">Name of the QoS policy in conflict (e.g. <c>RELIABILITY</c>), or the peer's type name; else empty.</param>
public readonly record struct EndpointEvent(EndpointEventKind Kind, int Count, string Policy);
