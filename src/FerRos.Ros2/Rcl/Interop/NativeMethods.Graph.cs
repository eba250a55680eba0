using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Queries of the graph.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    public static partial int rcl_get_node_names(RclNodeHandle node, rcutils_allocator_t allocator, rcutils_string_array_t* node_names, rcutils_string_array_t* node_namespaces);

    [LibraryImport(Library)]
    public static partial int rcl_get_topic_names_and_types(RclNodeHandle node, rcutils_allocator_t* allocator, byte no_demangle, rmw_names_and_types_t* topic_names_and_types);

    [LibraryImport(Library)]
    public static partial int rcl_get_service_names_and_types(RclNodeHandle node, rcutils_allocator_t* allocator, rmw_names_and_types_t* service_names_and_types);

    [LibraryImport(Library)]
    public static partial int rcl_names_and_types_fini(rmw_names_and_types_t* names_and_types);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rcl_get_publishers_info_by_topic(RclNodeHandle node, rcutils_allocator_t* allocator, string topic_name, byte no_mangle, rmw_topic_endpoint_info_array_t* publishers_info);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rcl_get_subscriptions_info_by_topic(RclNodeHandle node, rcutils_allocator_t* allocator, string topic_name, byte no_mangle, rmw_topic_endpoint_info_array_t* subscriptions_info);

    [LibraryImport(Library)]
    public static partial int rmw_topic_endpoint_info_array_fini(rmw_topic_endpoint_info_array_t* topic_endpoint_info_array, rcutils_allocator_t* allocator);
}
