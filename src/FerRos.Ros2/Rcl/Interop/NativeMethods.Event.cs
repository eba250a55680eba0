using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>QoS events of publishers and subscriptions.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    public static partial int rcl_publisher_event_init(nint event_, nint publisher, int event_type);

    [LibraryImport(Library)]
    public static partial int rcl_subscription_event_init(nint event_, nint subscription, int event_type);

    [LibraryImport(Library)]
    public static partial int rcl_event_fini(nint event_);

    [LibraryImport(Library)]
    public static partial int rcl_take_event(nint event_, void* event_info);
}
