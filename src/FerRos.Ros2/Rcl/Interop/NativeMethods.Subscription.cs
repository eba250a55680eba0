using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Subscriptions.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rcl_subscription_init(nint subscription, nint node, nint type_support, string topic_name, void* options);

    [LibraryImport(Library)]
    public static partial int rcl_subscription_fini(nint subscription, nint node);

    [LibraryImport(Library)]
    public static partial int rcl_take_serialized_message(nint subscription, rcutils_uint8_array_t* serialized_message, rmw_message_info_t* message_info, void* allocation);

    [LibraryImport(Library)]
    public static partial int rcl_subscription_get_publisher_count(RclSubscriptionHandle subscription, nuint* publisher_count);

    [LibraryImport(Library)]
    public static partial rmw_qos_profile_t* rcl_subscription_get_actual_qos(RclSubscriptionHandle subscription);
}
