using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Context and its options.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    public static partial int rcl_init_options_init(void* init_options, rcutils_allocator_t allocator);

    [LibraryImport(Library)]
    public static partial int rcl_init_options_fini(void* init_options);

    [LibraryImport(Library)]
    public static partial int rcl_init_options_set_domain_id(void* init_options, nuint domain_id);

    [LibraryImport(Library)]
    public static partial int rcl_init(int argc, byte** argv, void* options, nint context);

    [LibraryImport(Library)]
    public static partial int rcl_shutdown(nint context);

    [LibraryImport(Library)]
    public static partial int rcl_context_fini(nint context);

    [LibraryImport(Library)]
    public static partial byte rcl_context_is_valid(nint context);

    [LibraryImport(Library)]
    public static partial int rcl_context_get_domain_id(RclContextHandle context, nuint* domain_id);
}
