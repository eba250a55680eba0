using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace FerRos.OpenCv.Native;

/// <summary>Owns a cv::Mat, and with it what the matrix looks into: pinned managed memory, or the matrix it is a region of.</summary>
internal sealed class MatHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    private MemoryHandle _pin;
    private MatHandle? _parent;

    /// <summary>Keeps managed memory in place for as long as the matrix lives.</summary>
    internal void Own(MemoryHandle pin) => _pin = pin;

    /// <summary>Keeps the matrix that this one is a region of; the caller has added a reference to it.</summary>
    internal void Own(MatHandle parent) => _parent = parent;

    protected override bool ReleaseHandle()
    {
        NativeMethods.MatDelete(handle);
        _pin.Dispose();
        _parent?.DangerousRelease();
        return true;
    }
}

/// <summary>Owns a cv::VideoCapture.</summary>
internal sealed class CaptureHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.CaptureDelete(handle);
        return true;
    }
}

/// <summary>Owns a cv::VideoWriter.</summary>
internal sealed class WriterHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.WriterDelete(handle);
        return true;
    }
}
