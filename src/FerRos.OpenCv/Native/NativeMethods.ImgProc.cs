using System.Runtime.InteropServices;

namespace FerRos.OpenCv.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "ferros_cv_cvt_color")]
    internal static partial int CvtColor(MatHandle source, MatHandle destination, int code, int channels);

    [LibraryImport(Library, EntryPoint = "ferros_cv_resize")]
    internal static partial int Resize(MatHandle source, MatHandle destination, int width, int height, double fx, double fy, int interpolation);

    [LibraryImport(Library, EntryPoint = "ferros_cv_flip")]
    internal static partial int Flip(MatHandle source, MatHandle destination, int mode);

    [LibraryImport(Library, EntryPoint = "ferros_cv_gaussian_blur")]
    internal static partial int GaussianBlur(MatHandle source, MatHandle destination, int width, int height, double sigmaX, double sigmaY);

    [LibraryImport(Library, EntryPoint = "ferros_cv_warp_affine")]
    internal static partial int WarpAffine(MatHandle source, MatHandle destination, MatHandle matrix, int width, int height, int flags, int border, in Scalar value);

    [LibraryImport(Library, EntryPoint = "ferros_cv_warp_perspective")]
    internal static partial int WarpPerspective(MatHandle source, MatHandle destination, MatHandle matrix, int width, int height, int flags, int border, in Scalar value);

    [LibraryImport(Library, EntryPoint = "ferros_cv_get_rotation_matrix")]
    internal static partial int GetRotationMatrix(float x, float y, double angle, double scale, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_line")]
    internal static partial int Line(MatHandle mat, int x1, int y1, int x2, int y2, in Scalar colour, int thickness, int type, int shift);

    [LibraryImport(Library, EntryPoint = "ferros_cv_rectangle")]
    internal static partial int Rectangle(MatHandle mat, int x, int y, int width, int height, in Scalar colour, int thickness, int type, int shift);

    [LibraryImport(Library, EntryPoint = "ferros_cv_circle")]
    internal static partial int Circle(MatHandle mat, int x, int y, int radius, in Scalar colour, int thickness, int type, int shift);

    [LibraryImport(Library, EntryPoint = "ferros_cv_put_text", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int PutText(MatHandle mat, string text, int x, int y, int font, double scale, in Scalar colour, int thickness, int type, int bottomLeftOrigin);

    [LibraryImport(Library, EntryPoint = "ferros_cv_get_text_size", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetTextSize(string text, int font, double scale, int thickness, out int width, out int height, out int baseLine);
}
