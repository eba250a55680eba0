using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>
/// How the installed ROS 2 lays out its structures. What never changed is assumed and checked; what did change
/// (the endpoint info of the graph) is measured by letting the library write into a marked block. So a distribution
/// that nobody has seen yet either works or is refused by name before anything is called with a wrong structure.
/// </summary>
/// <param name="EndpointSize">Stride of rmw_topic_endpoint_info_t: 144 in Humble, 168 since Iron.</param>
/// <param name="EndpointNodeName">Offset of node_name.</param>
/// <param name="EndpointNamespace">Offset of node_namespace.</param>
/// <param name="EndpointType">Offset of topic_type.</param>
/// <param name="EndpointTypeHash">Offset of topic_type_hash; -1 before Iron.</param>
/// <param name="EndpointGid">Offset of the gid, 16 bytes (Humble: 24).</param>
/// <param name="EndpointQos">Offset of the QoS profile.</param>
/// <param name="HasMatchedEvents">Whether publishers and subscriptions have events for matches (since Iron).</param>
internal sealed unsafe record RclLayout(
    int EndpointSize,
    int EndpointNodeName,
    int EndpointNamespace,
    int EndpointType,
    int EndpointTypeHash,
    int EndpointGid,
    int EndpointQos,
    bool HasMatchedEvents)
{
    /// <summary>
    /// Bytes given to any structure that rcl may read or write through a pointer. The largest today has 168
    /// (endpoint options); what a later distribution appends reads as zero, its default.
    /// </summary>
    public const int BlockSize = 256;

    // Options of publishers, subscriptions, services and clients begin alike since Foxy: qos, allocator.
    private const int EndpointOptionsAllocator = 88;

    private const int NodeOptionsUseGlobalArguments = 40;
    private const int NodeOptionsEnableRosout = 56;
    private const int NodeOptionsRosoutQos = 64;

    private const int ErrorFile = 768;
    private const int ErrorLine = 1000;

    private static readonly Lazy<RclLayout> Measured = new(Measure);

    /// <summary>The layout of the loaded librcl.so.</summary>
    /// <exception cref="MiddlewareException">It has a layout that this code does not know.</exception>
    public static RclLayout Current => Measured.Value;

    /// <summary>Fills the options of a publisher, subscription, service or client.</summary>
    /// <param name="options">A block of <see cref="BlockSize"/> bytes.</param>
    /// <param name="qos">The QoS asked for.</param>
    public static void WriteEndpointOptions(byte* options, QosProfile qos)
    {
        new Span<byte>(options, BlockSize).Clear();
        *(rmw_qos_profile_t*)options = RclQos.ToNative(qos);
        *(rcutils_allocator_t*)(options + EndpointOptionsAllocator) = RclAllocator.Default;
    }

    /// <summary>Fills the options of a node: global arguments, of which there are none, and no /rosout.</summary>
    /// <param name="options">A block of <see cref="BlockSize"/> bytes.</param>
    public static void WriteNodeOptions(byte* options)
    {
        new Span<byte>(options, BlockSize).Clear();
        *(rcutils_allocator_t*)options = RclAllocator.Default;
        options[NodeOptionsUseGlobalArguments] = 1;
        *(rmw_qos_profile_t*)(options + NodeOptionsRosoutQos) = RclQos.ToNative(QosProfile.Rosout);
    }

    private static RclLayout Measure()
    {
        try
        {
            CheckAllocator();
            CheckOptions();
            CheckArrays();
            CheckErrorState();
            return MeasureEndpointInfo();
        }
        catch (EntryPointNotFoundException exception)
        {
            throw Unknown($"a function is missing: {exception.Message}");
        }
    }

    private static void CheckAllocator()
    {
        var allocator = RclAllocator.Default;
        Require(
            allocator.allocate != null && allocator.deallocate != null && allocator.reallocate != null && allocator.zero_allocate != null,
            "rcutils_allocator_t");
    }

    private static void CheckOptions()
    {
        var options = NativeMethods.rcl_publisher_get_default_options();
        RequireEndpointOptions((byte*)&options, "rcl_publisher_options_t");
        options = NativeMethods.rcl_subscription_get_default_options();
        RequireEndpointOptions((byte*)&options, "rcl_subscription_options_t");
        options = NativeMethods.rcl_service_get_default_options();
        RequireEndpointOptions((byte*)&options, "rcl_service_options_t");
        options = NativeMethods.rcl_client_get_default_options();
        RequireEndpointOptions((byte*)&options, "rcl_client_options_t");

        options = NativeMethods.rcl_node_get_default_options();
        var node = (byte*)&options;
        var rosout = (rmw_qos_profile_t*)(node + NodeOptionsRosoutQos);
        Require(
            IsDefaultAllocator(node) && node[NodeOptionsUseGlobalArguments] == 1 && node[NodeOptionsEnableRosout] == 1
                && rosout->history == (int)QosHistory.KeepLast && rosout->durability == (int)QosDurability.TransientLocal
                && rosout->lifespan.sec == 10,
            "rcl_node_options_t");
    }

    private static void RequireEndpointOptions(byte* options, string structure)
    {
        // rmw's default profile, and its services' one: keep last 10, reliable, volatile, nothing else.
        var qos = (rmw_qos_profile_t*)options;
        Require(
            qos->history == (int)QosHistory.KeepLast && qos->depth == 10
                && qos->reliability == (int)QosReliability.Reliable && qos->durability == (int)QosDurability.Volatile
                && qos->avoid_ros_namespace_conventions == 0
                && IsDefaultAllocator(options + EndpointOptionsAllocator),
            structure);
    }

    private static bool IsDefaultAllocator(byte* at) =>
        new Span<byte>(at, sizeof(rcutils_allocator_t)).SequenceEqual(new Span<byte>(RclAllocator.Pointer, sizeof(rcutils_allocator_t)));

    private static void CheckArrays()
    {
        var block = stackalloc byte[BlockSize];
        new Span<byte>(block, BlockSize).Clear();
        var bytes = (rcutils_uint8_array_t*)block;
        Require(
            NativeMethods.rcutils_uint8_array_init(bytes, 123, RclAllocator.Pointer) == rcl_ret_t.OK
                && bytes->buffer != null && bytes->buffer_length == 0 && bytes->buffer_capacity == 123
                && IsDefaultAllocator((byte*)&bytes->allocator),
            "rcutils_uint8_array_t");
        _ = NativeMethods.rcutils_uint8_array_fini(bytes);

        new Span<byte>(block, BlockSize).Clear();
        var strings = (rcutils_string_array_t*)block;
        Require(
            NativeMethods.rcutils_string_array_init(strings, 3, RclAllocator.Pointer) == rcl_ret_t.OK
                && strings->size == 3 && strings->data != null && IsDefaultAllocator((byte*)&strings->allocator),
            "rcutils_string_array_t");
        _ = NativeMethods.rcutils_string_array_fini(strings);

        new Span<byte>(block, BlockSize).Clear();
        var names = (rmw_names_and_types_t*)block;
        Require(
            NativeMethods.rmw_names_and_types_init(names, 2, RclAllocator.Pointer) == rcl_ret_t.OK
                && names->names.size == 2 && names->names.data != null && names->types != null,
            "rmw_names_and_types_t");
        _ = NativeMethods.rcl_names_and_types_fini(names);
    }

    private static void CheckErrorState()
    {
        NativeMethods.rcutils_reset_error();
        NativeMethods.rcutils_set_error_state("layout", "layout.c", 4711);
        var state = NativeMethods.rcutils_get_error_state();
        var fits = state != null
            && Marshal.PtrToStringUTF8((nint)state) == "layout"
            && Marshal.PtrToStringUTF8((nint)(state + ErrorFile)) == "layout.c"
            && *(ulong*)(state + ErrorLine) == 4711;
        NativeMethods.rcutils_reset_error();
        Require(fits, "rcutils_error_state_t");
    }

    /// <summary>Checks the arrays of a new wait set: call once, with a set that was made with these sizes, all different.</summary>
    public static void CheckWaitSet(rcl_wait_set_t* waitSet, int subscriptions, int guardConditions, int clients, int services, int events)
    {
        Require(
            waitSet->size_of_subscriptions == (nuint)subscriptions && waitSet->subscriptions != null
                && waitSet->size_of_guard_conditions == (nuint)guardConditions && waitSet->guard_conditions != null
                && waitSet->size_of_timers == 0
                && waitSet->size_of_clients == (nuint)clients && waitSet->clients != null
                && waitSet->size_of_services == (nuint)services && waitSet->services != null
                && waitSet->size_of_events == (nuint)events && waitSet->events != null
                && waitSet->impl != 0,
            "rcl_wait_set_t");
    }

    private static RclLayout MeasureEndpointInfo()
    {
        // The size: what an allocator of ours is asked for when rmw makes an array of one.
        nuint requested = 0;
        var allocator = new rcutils_allocator_t
        {
            allocate = &Allocate,
            deallocate = &Deallocate,
            reallocate = &Reallocate,
            zero_allocate = &ZeroAllocate,
            state = &requested,
        };
        var array = default(rmw_topic_endpoint_info_array_t);
        Require(
            NativeMethods.rmw_topic_endpoint_info_array_init_with_size(&array, 1, &allocator) == rcl_ret_t.OK
                && array.size == 1 && array.info_array != null,
            "rmw_topic_endpoint_info_array_t");
        var size = (int)requested;
        NativeMemory.Free(array.info_array);
        Require(size is >= 120 and <= 4096 && size % 8 == 0, "rmw_topic_endpoint_info_t");

        var info = (byte*)NativeMemory.AllocZeroed((nuint)size + BlockSize);
        try
        {
            var text = stackalloc byte[] { (byte)'x', 0 };
            var name = PointerOffset(info, size, NativeMethods.rmw_topic_endpoint_info_set_node_name(info, text, &allocator));
            var @namespace = PointerOffset(info, size, NativeMethods.rmw_topic_endpoint_info_set_node_namespace(info, text, &allocator));
            var type = PointerOffset(info, size, NativeMethods.rmw_topic_endpoint_info_set_topic_type(info, text, &allocator));

            var gid = stackalloc byte[16];
            for (var i = 0; i < 16; i++) gid[i] = (byte)(0xA0 + i);
            Require(NativeMethods.rmw_topic_endpoint_info_set_gid(info, gid, 16) == rcl_ret_t.OK, "rmw_topic_endpoint_info_t");
            var gidOffset = Find(info, size, new ReadOnlySpan<byte>(gid, 16));

            var qos = RclQos.ToNative(new QosProfile { Depth = 0x5A5B5C5D });
            Require(NativeMethods.rmw_topic_endpoint_info_set_qos_profile(info, &qos) == rcl_ret_t.OK, "rmw_topic_endpoint_info_t");
            var qosOffset = Find(info, size, new ReadOnlySpan<byte>(&qos.depth, sizeof(nuint))) - (int)((byte*)&qos.depth - (byte*)&qos);

            var hashOffset = -1;
            if (RclLibrary.Has("rmw_topic_endpoint_info_set_topic_type_hash"))
            {
                var hash = stackalloc byte[33];
                for (var i = 0; i < 33; i++) hash[i] = (byte)(0xC0 + i);
                Require(NativeMethods.rmw_topic_endpoint_info_set_topic_type_hash(info, hash) == rcl_ret_t.OK, "rmw_topic_endpoint_info_t");
                hashOffset = Find(info, size, new ReadOnlySpan<byte>(hash, 33));
            }

            Require(
                gidOffset > 0 && qosOffset > 0 && qosOffset + sizeof(rmw_qos_profile_t) <= size
                    && new ReadOnlySpan<byte>(info + size, BlockSize).IndexOfAnyExcept((byte)0) < 0,
                "rmw_topic_endpoint_info_t");
            return new RclLayout(size, name, @namespace, type, hashOffset, gidOffset, qosOffset, RclLibrary.Has("rmw_feature_supported"));
        }
        finally
        {
            NativeMemory.Free(info);
        }
    }

    /// <summary>Where a setter put the copy of a string, which is freed and cleared again.</summary>
    private static int PointerOffset(byte* info, int size, int result)
    {
        Require(result == rcl_ret_t.OK, "rmw_topic_endpoint_info_t");
        for (var offset = 0; offset + sizeof(nint) <= size; offset += sizeof(nint))
        {
            var value = *(void**)(info + offset);
            if (value == null) continue;
            NativeMemory.Free(value);
            *(void**)(info + offset) = null;
            return offset;
        }

        throw Unknown("rmw_topic_endpoint_info_t");
    }

    private static int Find(byte* info, int size, ReadOnlySpan<byte> value) => new ReadOnlySpan<byte>(info, size).IndexOf(value);

    private static void Require(bool fits, string structure)
    {
        if (fits) return;
        RclError.Take();
        throw Unknown($"{structure} is not laid out as expected");
    }

    private static MiddlewareException Unknown(string what) => new(
        $"The sourced ROS 2 distribution '{Environment.GetEnvironmentVariable("ROS_DISTRO") ?? "unknown"}' is not supported by the rcl middleware: {what}. "
        + "Known to work: humble, jazzy, kilted, lyrical. Use the embedded middleware instead (--middleware dds).");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* Allocate(nuint size, void* state)
    {
        *(nuint*)state = size;
        return NativeMemory.Alloc(size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Deallocate(void* pointer, void* state) => NativeMemory.Free(pointer);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* Reallocate(void* pointer, nuint size, void* state) => NativeMemory.Realloc(pointer, size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* ZeroAllocate(nuint count, nuint size, void* state)
    {
        *(nuint*)state = count * size;
        return NativeMemory.AllocZeroed(count, size);
    }
}
