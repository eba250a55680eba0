using System.Runtime.InteropServices;

namespace FerRos.OpenCv.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_new")]
    internal static partial int CaptureNew(out CaptureHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_delete")]
    internal static partial void CaptureDelete(nint capture);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_open_path", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CaptureOpen(CaptureHandle capture, string path, int api, out int opened);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_open_index")]
    internal static partial int CaptureOpen(CaptureHandle capture, int index, int api, out int opened);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_is_opened")]
    internal static partial int CaptureIsOpened(CaptureHandle capture, out int opened);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_release")]
    internal static partial int CaptureRelease(CaptureHandle capture);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_grab")]
    internal static partial int CaptureGrab(CaptureHandle capture, out int grabbed);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_retrieve")]
    internal static partial int CaptureRetrieve(CaptureHandle capture, MatHandle destination, int flag, out int retrieved);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_read")]
    internal static partial int CaptureRead(CaptureHandle capture, MatHandle destination, out int read);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_get")]
    internal static partial int CaptureGet(CaptureHandle capture, int property, out double value);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_set")]
    internal static partial int CaptureSet(CaptureHandle capture, int property, double value, out int accepted);

    [LibraryImport(Library, EntryPoint = "ferros_cv_capture_backend")]
    internal static unsafe partial int CaptureBackend(CaptureHandle capture, byte* buffer, int capacity);

    [LibraryImport(Library, EntryPoint = "ferros_cv_writer_new")]
    internal static partial int WriterNew(out WriterHandle result);

    [LibraryImport(Library, EntryPoint = "ferros_cv_writer_delete")]
    internal static partial void WriterDelete(nint writer);

    [LibraryImport(Library, EntryPoint = "ferros_cv_writer_open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int WriterOpen(WriterHandle writer, string path, int api, int fourcc, double fps, int width, int height, int colour, out int opened);

    [LibraryImport(Library, EntryPoint = "ferros_cv_writer_is_opened")]
    internal static partial int WriterIsOpened(WriterHandle writer, out int opened);

    [LibraryImport(Library, EntryPoint = "ferros_cv_writer_write")]
    internal static partial int WriterWrite(WriterHandle writer, MatHandle mat);

    [LibraryImport(Library, EntryPoint = "ferros_cv_writer_release")]
    internal static partial int WriterRelease(WriterHandle writer);
}
