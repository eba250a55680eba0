using System.Runtime.InteropServices;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>rcutils' default allocator, by value and at a fixed address.</summary>
internal static unsafe class RclAllocator
{
    public static readonly rcutils_allocator_t Default = NativeMethods.rcutils_get_default_allocator();

    /// <summary>The same, at an address that lives as long as the process.</summary>
    public static readonly rcutils_allocator_t* Pointer = Pin();

    private static rcutils_allocator_t* Pin()
    {
        var pinned = (rcutils_allocator_t*)NativeMemory.Alloc((nuint)sizeof(rcutils_allocator_t));
        *pinned = Default;
        return pinned;
    }
}
