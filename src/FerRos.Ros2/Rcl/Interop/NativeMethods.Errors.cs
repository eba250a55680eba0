using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Error state (per thread) and levels of the native loggers.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    public static partial byte rcutils_error_is_set();

    /// <summary>Message at 0 (768 bytes), file at 768 (229 bytes), line at 1000; null when no error is set.</summary>
    [LibraryImport(Library)]
    public static partial byte* rcutils_get_error_state();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void rcutils_set_error_state(string error_string, string file, nuint line_number);

    [LibraryImport(Library)]
    public static partial void rcutils_reset_error();

    [LibraryImport(Library)]
    public static partial int rcutils_logging_initialize();

    [LibraryImport(Library)]
    public static partial void rcutils_logging_set_default_logger_level(int level);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rcutils_logging_set_logger_level(string name, int level);
}
