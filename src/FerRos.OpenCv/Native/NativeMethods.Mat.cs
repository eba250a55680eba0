using System.Runtime.InteropServices;

namespace FerRos.OpenCv.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_new")]
    internal static partial int MatNew(out MatHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_new_sized")]
    internal static partial int MatNew(int rows, int cols, int type, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_new_over")]
    internal static unsafe partial int MatNewOver(int rows, int cols, int type, void* data, long step, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_region")]
    internal static partial int MatRegion(MatHandle mat, int x, int y, int width, int height, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_clone")]
    internal static partial int MatClone(MatHandle mat, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_delete")]
    internal static partial void MatDelete(nint mat);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_get_info")]
    internal static partial void MatGetInfo(MatHandle mat, out MatInfo info);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_create")]
    internal static partial int MatCreate(MatHandle mat, int rows, int cols, int type);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_copy_to")]
    internal static partial int MatCopyTo(MatHandle mat, MatHandle destination);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_convert_to")]
    internal static partial int MatConvertTo(MatHandle mat, MatHandle destination, int type, double alpha, double beta);

    [LibraryImport(Library, EntryPoint = "ferros_cv_mat_set_to")]
    internal static partial int MatSetTo(MatHandle mat, in Scalar value);

    /// <summary>ferros_cv_mat_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct MatInfo
    {
        internal int Rows;
        internal int Cols;
        internal int Type;
        internal int Continuous;
        internal long Step;
        internal byte* Data;
    }
}
