using System.Runtime.InteropServices;

namespace FerRos.OpenCv.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "ferros_cv_imread", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ImRead(string path, int flags, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_imwrite", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int ImWrite(string path, MatHandle mat, ImageEncodingParam* parameters, int count, out int written);

    [LibraryImport(Library, EntryPoint = "ferros_cv_imdecode")]
    internal static unsafe partial int ImDecode(byte* data, long length, int flags, MatHandle destination, out int decoded);

    [LibraryImport(Library, EntryPoint = "ferros_cv_imencode", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int ImEncode(string extension, MatHandle mat, ImageEncodingParam* parameters, int count, out byte* data, out long length);
}
