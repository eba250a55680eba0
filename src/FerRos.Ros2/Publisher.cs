using System.Buffers;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2;

/// <summary>Publishes messages on a topic. All members are thread-safe.</summary>
public class Publisher : IAsyncDisposable
{
    private readonly RosNode _node;
    private readonly IMiddlewarePublisher _publisher;

    internal Publisher(RosNode node, string topic, InterfaceType type, QosProfile qos)
    {
        _node = node;
        Type = type;
        Topic = topic;
        _publisher = node.MiddlewareNode.CreatePublisher(topic, type, qos, OnEvent);
    }

    /// <summary>Raised, on a thread of the middleware, when the number of matched subscriptions changes: the new number.</summary>
    public event Action<int>? SubscriptionCountChanged;

    /// <summary>Raised, on a thread of the middleware, when a subscription's QoS does not fit: the policy. A warning is logged anyway.</summary>
    public event Action<string>? IncompatibleQos;

    /// <summary>Fully qualified topic name.</summary>
    public string Topic { get; }

    /// <summary>The messages' type.</summary>
    public InterfaceType Type { get; }

    /// <summary>QoS in force.</summary>
    public QosProfile Qos => _publisher.Qos;

    /// <summary>Matched subscriptions now. Zero: whatever is costly to make need not be made.</summary>
    public int SubscriptionCount => _publisher.SubscriptionCount;

    /// <summary>Publishes a message that is serialized already.</summary>
    /// <param name="serialized">CDR with its 4-byte encapsulation header.</param>
    /// <exception cref="MiddlewareException">The middleware refused; with a reliable publisher also when a subscription has blocked it for too long.</exception>
    public void Publish(in ReadOnlySequence<byte> serialized) => _publisher.Publish(serialized);

    /// <summary>Publishes a message of this publisher's type.</summary>
    /// <exception cref="ArgumentException">The message is of another type.</exception>
    /// <exception cref="CdrException">The message breaks its type's bounds.</exception>
    /// <exception cref="MiddlewareException">The middleware refused; with a reliable publisher also when a subscription has blocked it for too long.</exception>
    public void Publish(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Descriptor.Name != Type.Name)
            throw new ArgumentException($"The publisher on '{Topic}' sends {Type.Name}, not {message.Descriptor.Name}.", nameof(message));
        using SerializationBuffer buffer = SerializationBuffer.Rent();
        _publisher.Publish(buffer.Serialize(message));
    }

    /// <summary>Waits until every matched reliable subscription has acknowledged what was published; false when the time ran out.</summary>
    public bool WaitForAcknowledgements(TimeSpan timeout) => _publisher.WaitForAcknowledgements(timeout);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _node.Remove(this);
        await _publisher.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private void OnEvent(in EndpointEvent endpointEvent)
    {
        switch (endpointEvent.Kind)
        {
            case EndpointEventKind.Matched:
                SubscriptionCountChanged?.Invoke(endpointEvent.Count);
                break;
            case EndpointEventKind.IncompatibleQos:
                RosLog.SubscriptionIncompatible(_node.Logger, Topic, endpointEvent.Policy);
                IncompatibleQos?.Invoke(endpointEvent.Policy);
                break;
            case EndpointEventKind.IncompatibleType:
                RosLog.TypeIncompatible(_node.Logger, Topic, endpointEvent.Policy, Type.Name);
                break;
        }
    }
}

/// <summary>Publishes messages of one type. Publishing allocates nothing once it has sent a message of the same size.</summary>
/// <typeparam name="T">Message type.</typeparam>
public sealed class Publisher<T> : Publisher
    where T : class, IMessage<T>, new()
{
    internal Publisher(RosNode node, string topic, QosProfile qos)
        : base(node, topic, T.MessageType.Interface, qos)
    {
    }

    /// <summary>Publishes a message. It may be changed and published again afterwards.</summary>
    /// <exception cref="CdrException">The message breaks its type's bounds.</exception>
    /// <exception cref="MiddlewareException">The middleware refused; with a reliable publisher also when a subscription has blocked it for too long.</exception>
    public void Publish(T message) => Publish((IMessage)message);
}
