using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>The dynamic loader itself, for what NativeLibrary does not offer: global symbols, and the plain reason of a failure.</summary>
internal static unsafe partial class NativeMethods
{
    public const int RTLD_LAZY = 1;
    public const int RTLD_GLOBAL = 0x100;

    private const string LibC = "libc.so.6";

    [LibraryImport(LibC, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint dlopen(string filename, int flags);

    [LibraryImport(LibC)]
    public static partial byte* dlerror();
}
