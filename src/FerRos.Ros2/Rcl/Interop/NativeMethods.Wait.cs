using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Wait sets and guard conditions.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    public static partial int rcl_wait_set_init(
        nint wait_set,
        nuint number_of_subscriptions,
        nuint number_of_guard_conditions,
        nuint number_of_timers,
        nuint number_of_clients,
        nuint number_of_services,
        nuint number_of_events,
        nint context,
        rcutils_allocator_t allocator);

    [LibraryImport(Library)]
    public static partial int rcl_wait_set_fini(nint wait_set);

    [LibraryImport(Library)]
    public static partial int rcl_wait_set_clear(nint wait_set);

    [LibraryImport(Library)]
    public static partial int rcl_wait_set_resize(
        nint wait_set,
        nuint subscriptions_size,
        nuint guard_conditions_size,
        nuint timers_size,
        nuint clients_size,
        nuint services_size,
        nuint events_size);

    [LibraryImport(Library)]
    public static partial int rcl_wait_set_add_subscription(nint wait_set, nint subscription, nuint* index);

    [LibraryImport(Library)]
    public static partial int rcl_wait_set_add_guard_condition(nint wait_set, nint guard_condition, nuint* index);

    [LibraryImport(Library)]
    public static partial int rcl_wait_set_add_client(nint wait_set, nint client, nuint* index);

    [LibraryImport(Library)]
    public static partial int rcl_wait_set_add_service(nint wait_set, nint service, nuint* index);

    [LibraryImport(Library)]
    public static partial int rcl_wait_set_add_event(nint wait_set, nint event_, nuint* index);

    [LibraryImport(Library)]
    public static partial int rcl_wait(nint wait_set, long timeout);

    [LibraryImport(Library)]
    public static partial int rcl_guard_condition_init(nint guard_condition, nint context, rcl_guard_condition_options_t options);

    [LibraryImport(Library)]
    public static partial int rcl_guard_condition_fini(nint guard_condition);

    [LibraryImport(Library)]
    public static partial int rcl_trigger_guard_condition(RclGuardConditionHandle guard_condition);

    [LibraryImport(Library)]
    public static partial nint rcl_guard_condition_get_rmw_handle(nint guard_condition);
}
