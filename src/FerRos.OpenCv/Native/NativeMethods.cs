using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerRos.OpenCv.Native;

/// <summary>
/// The shim's functions, a file for each group of them (see native/include/ferros_opencv.h). Those that return
/// <see cref="int"/> return a status for <see cref="NativeError.Check"/>.
/// </summary>
internal static partial class NativeMethods
{
    internal const string Library = "ferros_opencv";

    static NativeMethods() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, ShimLoader.Resolve);

    [LibraryImport(Library, EntryPoint = "ferros_cv_version")]
    internal static partial nint Version();

    [LibraryImport(Library, EntryPoint = "ferros_cv_last_error")]
    internal static partial nint LastError(out int code, out int line, out nint function, out nint file);

    [LibraryImport(Library, EntryPoint = "ferros_cv_set_num_threads")]
    internal static partial int SetNumThreads(int threads);
}
