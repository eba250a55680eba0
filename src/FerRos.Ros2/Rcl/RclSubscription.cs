using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>Receives serialized messages through <c>rcl_take_serialized_message</c>, into one native buffer that is used again.</summary>
internal sealed unsafe class RclSubscription : RclEndpoint, IMiddlewareSubscription
{
    private readonly RclSubscriptionHandle _handle;
    private readonly SampleHandler _handler;

    public RclSubscription(RclNode node, string topic, InterfaceType type, QosProfile qos, SampleHandler handler, EndpointEventHandler? events)
        : base(node, topic, events)
    {
        _handler = handler;
        _handle = new RclSubscriptionHandle(node.Handle, RclTypeSupport.Message(type), topic, qos);
        var actual = NativeMethods.rcl_subscription_get_actual_qos(_handle);
        Qos = actual == null ? qos : RclQos.FromNative(*actual);
        TakeWith(new Taker(this));
        CreateEvents(type, publisher: false);
    }

    /// <inheritdoc/>
    public string Topic => Name;

    /// <inheritdoc/>
    public QosProfile Qos { get; }

    /// <inheritdoc/>
    public int PublisherCount => MatchCountOrNone;

    protected override RclHandle EntityHandle => _handle;

    protected override int MatchCount
    {
        get
        {
            nuint count;
            RclError.Check(NativeMethods.rcl_subscription_get_publisher_count(_handle, &count), "Counting publishers of", Name);
            return (int)count;
        }
    }

    private void Hand(rcutils_uint8_array_t* message, rmw_message_info_t* info)
    {
        var sample = new ReceivedSample(RclSerialized.Span(message), info->source_timestamp, RclGid.Read(in info->publisher_gid_data));
        try
        {
            _handler(in sample);
        }
#pragma warning disable CA1031 // A handler's failure must not end the wait thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.HandlerFailed(Name, exception);
        }
    }

    private sealed class Taker(RclSubscription subscription) : RclWaitable(RclWaitableKind.Subscription, subscription._handle, subscription.Name)
    {
        // What has piled up is taken in one go, without a wait for each sample, but others get their turn.
        private const int MostAtOnce = 16;

        public override void Take()
        {
            var handle = subscription._handle;
            for (var i = 0; i < MostAtOnce && !Removed; i++)
            {
                var result = NativeMethods.rcl_take_serialized_message(handle.Pointer, handle.Message, handle.Info, null);
                if (result == rcl_ret_t.SUBSCRIPTION_TAKE_FAILED) return;
                RclError.Check(result, "Taking a sample of", Name);
                subscription.Hand(handle.Message, handle.Info);
            }
        }
    }
}
