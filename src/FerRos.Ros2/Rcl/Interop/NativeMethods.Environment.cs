using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>The environment that native code sees.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(LibC, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int setenv(string name, string value, int overwrite);
}
