using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>
/// The functions of the installed ROS 2 that are called, one group a file, with their C names. No logic here.
/// </summary>
/// <remarks>
/// <para>Parameter lists are the same from Humble to Lyrical. What differs between distributions are a few
/// structures; those never cross by value (see <see cref="RclLayout"/>).</para>
/// <para>All functions are looked up through <c>librcl.so</c>: dlsym on a library's handle also searches what
/// that library depends on, so rcutils, rmw and the RMW found this way are the very ones that rcl itself uses,
/// also where rcl is linked to one RMW directly and there is no <c>librmw_implementation.so</c>.</para>
/// <para>C <c>bool</c> is a <c>byte</c> here. Opaque pointers are <c>nint</c> where no handle owns them.</para>
/// </remarks>
internal static unsafe partial class NativeMethods
{
    /// <summary>The one library that is loaded by name.</summary>
    public const string Library = "librcl.so";

    static NativeMethods() => RclLibrary.Register();

    /// <summary>Memory functions of rcutils, and arrays that rcl fills.</summary>
    [LibraryImport(Library)]
    public static partial rcutils_allocator_t rcutils_get_default_allocator();

    [LibraryImport(Library)]
    public static partial int rcutils_uint8_array_init(rcutils_uint8_array_t* uint8_array, nuint buffer_capacity, rcutils_allocator_t* allocator);

    [LibraryImport(Library)]
    public static partial int rcutils_uint8_array_fini(rcutils_uint8_array_t* uint8_array);

    [LibraryImport(Library)]
    public static partial int rcutils_string_array_init(rcutils_string_array_t* string_array, nuint size, rcutils_allocator_t* allocator);

    [LibraryImport(Library)]
    public static partial int rcutils_string_array_fini(rcutils_string_array_t* string_array);
}
