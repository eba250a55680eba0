using System.Threading.Channels;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2;

/// <summary>Receives messages from a topic. Dispose it to stop; no handler runs once that has returned.</summary>
public class Subscription : IAsyncDisposable
{
    private readonly RosNode _node;
    private readonly SerializedMessageHandler _handler;
    private readonly BadMessageReporter _bad;
    private readonly LossReporter _losses;
    private readonly IMiddlewareSubscription _subscription;
    private long _received;

    internal Subscription(RosNode node, string topic, InterfaceType type, QosProfile qos, SerializedMessageHandler handler)
    {
        _node = node;
        _handler = handler;
        Topic = topic;
        Type = type;
        _bad = new BadMessageReporter(topic, node.Logger, publisher => node.FindPublisher(topic, publisher));
        _losses = new LossReporter(topic, node.Logger, node.Middleware.LossAdvice, TimeProvider.System);
        _subscription = node.MiddlewareNode.CreateSubscription(topic, type, qos, OnSample, OnEvent);
    }

    /// <summary>Raised, on a thread of the middleware, for every message that cannot be read. A warning is logged anyway, once a cause and minute.</summary>
    public event Action<BadMessage>? BadMessage
    {
        add => _bad.Reported += value;
        remove => _bad.Reported -= value;
    }

    /// <summary>Raised, on a thread of the middleware, when the number of matched publishers changes: the new number.</summary>
    public event Action<int>? PublisherCountChanged;

    /// <summary>Raised, on a thread of the middleware, when a publisher's QoS does not fit: the policy. A warning is logged anyway.</summary>
    public event Action<string>? IncompatibleQos;

    /// <summary>Fully qualified topic name.</summary>
    public string Topic { get; }

    /// <summary>The messages' type.</summary>
    public InterfaceType Type { get; }

    /// <summary>QoS in force.</summary>
    public QosProfile Qos => _subscription.Qos;

    /// <summary>Matched publishers now.</summary>
    public int PublisherCount => _subscription.PublisherCount;

    /// <summary>Messages received, unreadable ones included.</summary>
    public long ReceivedCount => Interlocked.Read(ref _received);

    /// <summary>Messages that could not be read.</summary>
    public long BadMessageCount => _bad.Count;

    /// <summary>Messages that the middleware knows to be lost on the way.</summary>
    public long LostCount => _losses.Count;

    /// <summary>
    /// Reports a message that could be read but not used (a picture whose size does not fit its data): it is counted, and a
    /// warning that names topic, publisher and reason is logged once a cause and minute.
    /// </summary>
    /// <param name="size">Octets of the message.</param>
    /// <param name="publisher">Who sent it.</param>
    /// <param name="reason">What is wrong, with the offending value.</param>
    public void Reject(int size, Gid publisher, string reason) => _bad.Report(size, publisher, reason);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        _node.Remove(this);
        await _subscription.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private void OnSample(in ReceivedSample sample)
    {
        Interlocked.Increment(ref _received);
        var info = new MessageInfo(new RosTime(sample.SourceTimestamp), RosTime.SystemNow, sample.Publisher);
#pragma warning disable CA1031 // Whatever a handler throws, the next message is delivered.
        try
        {
            _handler(sample, info);
        }
        catch (CdrException exception)
        {
            _bad.Report(sample.Cdr.Length, sample.Publisher, exception.Message);
        }
        catch (Exception exception)
        {
            RosLog.HandlerFailed(_node.Logger, Topic, exception);
        }
#pragma warning restore CA1031
    }

    private void OnEvent(in EndpointEvent endpointEvent)
    {
        switch (endpointEvent.Kind)
        {
            case EndpointEventKind.Matched:
                PublisherCountChanged?.Invoke(endpointEvent.Count);
                break;
            case EndpointEventKind.IncompatibleQos:
                RosLog.PublisherIncompatible(_node.Logger, Topic, endpointEvent.Policy);
                IncompatibleQos?.Invoke(endpointEvent.Policy);
                break;
            case EndpointEventKind.IncompatibleType:
                RosLog.TypeIncompatible(_node.Logger, Topic, endpointEvent.Policy, Type.Name);
                break;
            case EndpointEventKind.SamplesLost:
                _losses.Report(endpointEvent.Count, ReceivedCount);
                break;
        }
    }
}

/// <summary>A received message with what is known of it.</summary>
/// <typeparam name="T">Message type.</typeparam>
/// <param name="Message">The message; nobody else uses it.</param>
/// <param name="Info">What is known of it.</param>
public readonly record struct Received<T>(T Message, MessageInfo Info);

/// <summary>
/// Messages as an asynchronous stream, through a bounded queue: when the reader is slow, the oldest are dropped and
/// counted. Dispose it to end the stream.
/// </summary>
/// <typeparam name="T">Message type.</typeparam>
public sealed class MessageStream<T> : IAsyncEnumerable<Received<T>>, IAsyncDisposable
    where T : class, IMessage<T>, new()
{
    private readonly Channel<Received<T>> _channel;
    private long _dropped;

    internal MessageStream(RosNode node, string topic, QosProfile qos, int capacity)
    {
        _channel = Channel.CreateBounded<Received<T>>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true },
            _ => Interlocked.Increment(ref _dropped));
        Subscription = new Subscription(node, topic, T.MessageType.Interface, qos, OnSample);
        node.Add(Subscription);
    }

    /// <summary>The subscription behind the stream.</summary>
    public Subscription Subscription { get; }

    /// <summary>Messages dropped because the queue was full.</summary>
    public long DroppedCount => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public async IAsyncEnumerator<Received<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (Received<T> received in _channel.Reader.ReadAllAsync(cancellationToken))
            yield return received;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Subscription.DisposeAsync();
        _channel.Writer.TryComplete();
    }

    private void OnSample(in ReceivedSample sample, in MessageInfo info)
    {
        var message = new T();
        var reader = new CdrReader(sample.Cdr);
        message.Read(ref reader);
        _channel.Writer.TryWrite(new Received<T>(message, info));
    }
}
