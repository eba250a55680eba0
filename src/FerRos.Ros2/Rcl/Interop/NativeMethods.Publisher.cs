using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Publishers.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rcl_publisher_init(nint publisher, nint node, nint type_support, string topic_name, void* options);

    [LibraryImport(Library)]
    public static partial int rcl_publisher_fini(nint publisher, nint node);

    [LibraryImport(Library)]
    public static partial int rcl_publish_serialized_message(RclPublisherHandle publisher, rcutils_uint8_array_t* serialized_message, void* allocation);

    [LibraryImport(Library)]
    public static partial int rcl_publisher_get_subscription_count(RclPublisherHandle publisher, nuint* subscription_count);

    [LibraryImport(Library)]
    public static partial rmw_qos_profile_t* rcl_publisher_get_actual_qos(RclPublisherHandle publisher);

    [LibraryImport(Library)]
    public static partial int rcl_publisher_wait_for_all_acked(RclPublisherHandle publisher, long timeout);
}
