using System.Buffers;
using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>Sends serialized messages through <c>rcl_publish_serialized_message</c>.</summary>
internal sealed unsafe class RclPublisher : RclEndpoint, IMiddlewarePublisher
{
    private readonly RclPublisherHandle _handle;
    private readonly FlattenBuffer _flatten = new();

    public RclPublisher(RclNode node, string topic, InterfaceType type, QosProfile qos, EndpointEventHandler? events)
        : base(node, topic, events)
    {
        _handle = new RclPublisherHandle(node.Handle, RclTypeSupport.Message(type), topic, qos);
        var actual = NativeMethods.rcl_publisher_get_actual_qos(_handle);
        Qos = actual == null ? qos : RclQos.FromNative(*actual);
        CreateEvents(type, publisher: true);
    }

    /// <inheritdoc/>
    public string Topic => Name;

    /// <inheritdoc/>
    public QosProfile Qos { get; }

    /// <inheritdoc/>
    public int SubscriptionCount => MatchCountOrNone;

    protected override RclHandle EntityHandle => _handle;

    protected override int MatchCount
    {
        get
        {
            nuint count;
            RclError.Check(NativeMethods.rcl_publisher_get_subscription_count(_handle, &count), "Counting subscriptions of", Name);
            return (int)count;
        }
    }

    /// <inheritdoc/>
    public void Publish(in ReadOnlySequence<byte> message)
    {
        using var flat = _flatten.Flatten(in message, Name);
        fixed (byte* data = flat.Span)
        {
            var view = RclSerialized.View(data, flat.Span.Length);
            RclError.Check(NativeMethods.rcl_publish_serialized_message(_handle, &view, null), "Publishing on", Name);
        }
    }

    /// <inheritdoc/>
    public bool WaitForAcknowledgements(TimeSpan timeout)
    {
        var nanoseconds = timeout == Timeout.InfiniteTimeSpan ? -1 : Math.Max(0, timeout.Ticks) * TimeSpan.NanosecondsPerTick;
        var result = NativeMethods.rcl_publisher_wait_for_all_acked(_handle, nanoseconds);
        if (result == rcl_ret_t.TIMEOUT)
        {
            RclError.Take();
            return false;
        }

        RclError.Check(result, "Waiting for acknowledgements on", Name);
        return true;
    }
}
