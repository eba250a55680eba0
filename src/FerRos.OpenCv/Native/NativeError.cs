using System.Runtime.InteropServices;

namespace FerRos.OpenCv.Native;

/// <summary>Turns the shim's status into an exception with OpenCV's text.</summary>
internal static class NativeError
{
    private const int OutOfMemory = 2;

    internal static void Check(int status)
    {
        if (status != 0)
            Throw(status);
    }

    private static void Throw(int status)
    {
        string text = Text(NativeMethods.LastError(out int code, out int line, out nint function, out nint file));
        if (status == OutOfMemory)
            throw new InsufficientMemoryException($"OpenCV ran out of memory: {text}");
        throw new OpenCVException(code, Text(function), text, Text(file), line);
    }

    internal static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";
}
