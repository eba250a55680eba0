using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Functions that are called once, at start, to find out how the installed ROS 2 lays out its structures.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    public static partial OptionsBlock rcl_node_get_default_options();

    [LibraryImport(Library)]
    public static partial OptionsBlock rcl_publisher_get_default_options();

    [LibraryImport(Library)]
    public static partial OptionsBlock rcl_subscription_get_default_options();

    [LibraryImport(Library)]
    public static partial OptionsBlock rcl_service_get_default_options();

    [LibraryImport(Library)]
    public static partial OptionsBlock rcl_client_get_default_options();

    [LibraryImport(Library)]
    public static partial int rmw_names_and_types_init(rmw_names_and_types_t* names_and_types, nuint size, rcutils_allocator_t* allocator);

    [LibraryImport(Library)]
    public static partial int rmw_topic_endpoint_info_array_init_with_size(rmw_topic_endpoint_info_array_t* topic_endpoint_info_array, nuint size, rcutils_allocator_t* allocator);

    [LibraryImport(Library)]
    public static partial int rmw_topic_endpoint_info_set_node_name(void* topic_endpoint_info, byte* node_name, rcutils_allocator_t* allocator);

    [LibraryImport(Library)]
    public static partial int rmw_topic_endpoint_info_set_node_namespace(void* topic_endpoint_info, byte* node_namespace, rcutils_allocator_t* allocator);

    [LibraryImport(Library)]
    public static partial int rmw_topic_endpoint_info_set_topic_type(void* topic_endpoint_info, byte* topic_type, rcutils_allocator_t* allocator);

    /// <summary>Iron and later.</summary>
    [LibraryImport(Library)]
    public static partial int rmw_topic_endpoint_info_set_topic_type_hash(void* topic_endpoint_info, void* type_hash);

    [LibraryImport(Library)]
    public static partial int rmw_topic_endpoint_info_set_gid(void* topic_endpoint_info, byte* gid, nuint size);

    [LibraryImport(Library)]
    public static partial int rmw_topic_endpoint_info_set_qos_profile(void* topic_endpoint_info, rmw_qos_profile_t* qos_profile);

    /// <summary>
    /// Room for any options structure that a function returns by value. A function that returns a structure of more
    /// than 16 bytes writes it to memory that the caller provides (System V: address in RDI; AAPCS64: in X8), and no
    /// more than its own size; room to spare is harmless on both, room too small would be overwritten.
    /// </summary>
    [InlineArray(64)]
    public struct OptionsBlock
    {
        private ulong _first;
    }
}
