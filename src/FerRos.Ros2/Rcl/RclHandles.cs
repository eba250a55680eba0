using System.Runtime.InteropServices;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>rcl_context_t: one participant of the graph.</summary>
internal sealed unsafe class RclContextHandle : RclHandle
{
    public RclContextHandle(int? domainId)
        : base(parent: null)
    {
        Initialize(() => Init(handle, domainId), "Initializing ROS 2", domainId is null ? "" : $"domain {domainId}");
    }

    private static int Init(nint context, int? domainId)
    {
        var options = stackalloc byte[RclLayout.BlockSize];
        new Span<byte>(options, RclLayout.BlockSize).Clear();
        var result = NativeMethods.rcl_init_options_init(options, RclAllocator.Default);
        if (result != rcl_ret_t.OK) return result;
        if (domainId is { } id) result = NativeMethods.rcl_init_options_set_domain_id(options, (nuint)id);
        if (result == rcl_ret_t.OK) result = NativeMethods.rcl_init(0, null, options, context);

        // rcl_init keeps a copy. The error text of rcl_init must survive this call, which on success sets none.
        _ = NativeMethods.rcl_init_options_fini(options);
        return result;
    }

    protected override int Finish()
    {
        if (NativeMethods.rcl_context_is_valid(handle) != 0 && NativeMethods.rcl_shutdown(handle) != rcl_ret_t.OK)
        {
            NativeMethods.rcutils_reset_error();
        }

        return NativeMethods.rcl_context_fini(handle);
    }
}

/// <summary>rcl_node_t.</summary>
internal sealed unsafe class RclNodeHandle : RclHandle
{
    public RclNodeHandle(RclContextHandle context, string name, string @namespace)
        : base(context)
    {
        Initialize(
            () =>
            {
                // Names come remapped already, but rcl refuses a node that may use neither local nor global arguments.
                // /rosout is published by the client library above, alike on every distribution.
                var options = stackalloc byte[RclLayout.BlockSize];
                RclLayout.WriteNodeOptions(options);
                return NativeMethods.rcl_node_init(handle, name, @namespace, context.Pointer, options);
            },
            "Creating node",
            new Middleware.NodeName(name, @namespace).FullName);
    }

    protected override int Finish() => NativeMethods.rcl_node_fini(handle);
}

/// <summary>rcl_guard_condition_t.</summary>
internal sealed class RclGuardConditionHandle : RclHandle
{
    public RclGuardConditionHandle(RclContextHandle context)
        : base(context)
    {
        Initialize(
            () => NativeMethods.rcl_guard_condition_init(
                handle,
                context.Pointer,
                new rcl_guard_condition_options_t { allocator = RclAllocator.Default }),
            "Creating guard condition",
            "");
    }

    protected override int Finish() => NativeMethods.rcl_guard_condition_fini(handle);
}

/// <summary>rcl_wait_set_t.</summary>
internal sealed unsafe class RclWaitSetHandle : RclHandle
{
    public RclWaitSetHandle(RclContextHandle context)
        : base(context)
    {
        // Sizes that all differ, so that the layout can be told from them; the first wait resizes.
        const int Subscriptions = 3, GuardConditions = 2, Clients = 4, Services = 5, Events = 1;
        Initialize(
            () => NativeMethods.rcl_wait_set_init(
                handle, Subscriptions, GuardConditions, 0, Clients, Services, Events, context.Pointer, RclAllocator.Default),
            "Creating wait set",
            "");
        RclLayout.CheckWaitSet(Arrays, Subscriptions, GuardConditions, Clients, Services, Events);
    }

    /// <summary>The arrays that rcl_wait fills.</summary>
    public rcl_wait_set_t* Arrays => (rcl_wait_set_t*)handle;

    protected override int Finish() => NativeMethods.rcl_wait_set_fini(handle);
}

/// <summary>rcl_publisher_t.</summary>
internal sealed unsafe class RclPublisherHandle : RclHandle
{
    public RclPublisherHandle(RclNodeHandle node, nint typeSupport, string topic, QosProfile qos)
        : base(node)
    {
        Initialize(
            () =>
            {
                var options = stackalloc byte[RclLayout.BlockSize];
                RclLayout.WriteEndpointOptions(options, qos);
                return NativeMethods.rcl_publisher_init(handle, node.Pointer, typeSupport, topic, options);
            },
            "Creating publisher on",
            topic);
    }

    protected override int Finish() => NativeMethods.rcl_publisher_fini(handle, ParentPointer);
}

/// <summary>rcl_subscription_t, with the serialized message and the message info that its takes fill.</summary>
internal sealed unsafe class RclSubscriptionHandle : RclHandle
{
    public RclSubscriptionHandle(RclNodeHandle node, nint typeSupport, string topic, QosProfile qos)
        : base(node, extra: 2 * RclLayout.BlockSize)
    {
        Initialize(
            () =>
            {
                var options = stackalloc byte[RclLayout.BlockSize];
                RclLayout.WriteEndpointOptions(options, qos);
                var result = NativeMethods.rcutils_uint8_array_init(Message, 0, RclAllocator.Pointer);
                return result != rcl_ret_t.OK
                    ? result
                    : NativeMethods.rcl_subscription_init(handle, node.Pointer, typeSupport, topic, options);
            },
            "Creating subscription on",
            topic);
    }

    /// <summary>Grows to the largest sample received and is used again for each.</summary>
    public rcutils_uint8_array_t* Message => (rcutils_uint8_array_t*)Scratch;

    public rmw_message_info_t* Info => (rmw_message_info_t*)(Scratch + RclLayout.BlockSize);

    protected override int Finish() => NativeMethods.rcl_subscription_fini(handle, ParentPointer);

    protected override void ReleaseScratch() => RclSerialized.Free(Message);
}

/// <summary>rcl_service_t, with the request's header and serialized form.</summary>
internal sealed unsafe class RclServiceHandle : RclHandle
{
    public RclServiceHandle(RclNodeHandle node, nint typeSupport, string service, QosProfile qos)
        : base(node, extra: 2 * RclLayout.BlockSize)
    {
        Initialize(
            () =>
            {
                var options = stackalloc byte[RclLayout.BlockSize];
                RclLayout.WriteEndpointOptions(options, qos);
                var result = NativeMethods.rcutils_uint8_array_init(Message, 0, RclAllocator.Pointer);
                return result != rcl_ret_t.OK
                    ? result
                    : NativeMethods.rcl_service_init(handle, node.Pointer, typeSupport, service, options);
            },
            "Creating service",
            service);
    }

    public rcutils_uint8_array_t* Message => (rcutils_uint8_array_t*)Scratch;

    public rmw_service_info_t* Info => (rmw_service_info_t*)(Scratch + RclLayout.BlockSize);

    protected override int Finish() => NativeMethods.rcl_service_fini(handle, ParentPointer);

    protected override void ReleaseScratch() => RclSerialized.Free(Message);
}

/// <summary>rcl_client_t, with the response's header and serialized form.</summary>
internal sealed unsafe class RclClientHandle : RclHandle
{
    public RclClientHandle(RclNodeHandle node, nint typeSupport, string service, QosProfile qos)
        : base(node, extra: 2 * RclLayout.BlockSize)
    {
        Initialize(
            () =>
            {
                var options = stackalloc byte[RclLayout.BlockSize];
                RclLayout.WriteEndpointOptions(options, qos);
                var result = NativeMethods.rcutils_uint8_array_init(Message, 0, RclAllocator.Pointer);
                return result != rcl_ret_t.OK
                    ? result
                    : NativeMethods.rcl_client_init(handle, node.Pointer, typeSupport, service, options);
            },
            "Creating client of",
            service);
    }

    public rcutils_uint8_array_t* Message => (rcutils_uint8_array_t*)Scratch;

    public rmw_service_info_t* Info => (rmw_service_info_t*)(Scratch + RclLayout.BlockSize);

    protected override int Finish() => NativeMethods.rcl_client_fini(handle, ParentPointer);

    protected override void ReleaseScratch() => RclSerialized.Free(Message);
}

/// <summary>rcl_event_t of a publisher or subscription, with room for its status.</summary>
internal sealed class RclEventHandle : RclHandle
{
    private RclEventHandle(RclHandle endpoint)
        : base(endpoint, extra: RclLayout.BlockSize)
    {
    }

    /// <summary>Where rcl_take_event writes.</summary>
    public nint Status => Scratch;

    /// <summary>An event of an endpoint; null when the RMW does not have it.</summary>
    public static RclEventHandle? Create(RclHandle endpoint, int type)
    {
        var created = new RclEventHandle(endpoint);
        var supported = true;
        created.Initialize(
            () =>
            {
                var result = endpoint is RclPublisherHandle
                    ? NativeMethods.rcl_publisher_event_init(created.handle, endpoint.Pointer, type)
                    : NativeMethods.rcl_subscription_event_init(created.handle, endpoint.Pointer, type);
                supported = result != rcl_ret_t.UNSUPPORTED;
                if (supported) return result;
                NativeMethods.rcutils_reset_error();
                return rcl_ret_t.OK;
            },
            "Creating QoS event",
            "");
        if (supported) return created;

        // Nothing was made: rcl_event_fini of an all-zero event has nothing to do.
        created.Dispose();
        return null;
    }

    protected override int Finish() => NativeMethods.rcl_event_fini(handle);
}
