using FerRos.OpenCv.Native;

namespace FerRos.OpenCv;

/// <summary>Reads frames from a video file, a stream or a camera. Used by one thread at a time.</summary>
public sealed unsafe class VideoCapture : IDisposable
{
    private readonly CaptureHandle _handle;

    /// <summary>Creates a capture that nothing is opened with.</summary>
    public VideoCapture()
    {
        NativeError.Check(NativeMethods.CaptureNew(out CaptureHandle handle));
        _handle = handle;
    }

    /// <summary>Opens a file, a stream or a device by its path; ask <see cref="IsOpened"/> whether that went well.</summary>
    public VideoCapture(string fileName, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY)
        : this() => Open(fileName, apiPreference);

    /// <summary>Opens a camera by its number; ask <see cref="IsOpened"/> whether that went well.</summary>
    public VideoCapture(int index, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY)
        : this() => Open(index, apiPreference);

    /// <summary>Width in pixels; setting asks a camera for it.</summary>
    public int FrameWidth
    {
        get => (int)Get(VideoCaptureProperties.FrameWidth);
        set => Set(VideoCaptureProperties.FrameWidth, value);
    }

    /// <summary>Height in pixels; setting asks a camera for it.</summary>
    public int FrameHeight
    {
        get => (int)Get(VideoCaptureProperties.FrameHeight);
        set => Set(VideoCaptureProperties.FrameHeight, value);
    }

    /// <summary>Frames a second; 0 when unknown; setting asks a camera for it.</summary>
    public double Fps
    {
        get => Get(VideoCaptureProperties.Fps);
        set => Set(VideoCaptureProperties.Fps, value);
    }

    /// <summary>Frames in the file as its header tells, which may be wrong; 0 or less when unknown.</summary>
    public int FrameCount => (int)Math.Clamp(Get(VideoCaptureProperties.FrameCount), int.MinValue, int.MaxValue);

    /// <summary>Index of the frame that is read next; setting seeks.</summary>
    public int PosFrames
    {
        get => (int)Get(VideoCaptureProperties.PosFrames);
        set => Set(VideoCaptureProperties.PosFrames, value);
    }

    /// <summary>Time of the frame that was read last, milliseconds from the start of the file.</summary>
    public double PosMsec => Get(VideoCaptureProperties.PosMsec);

    /// <summary>Opens a file, a stream or a device by its path.</summary>
    /// <returns>Whether that went well.</returns>
    public bool Open(string fileName, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        NativeError.Check(NativeMethods.CaptureOpen(_handle, fileName, (int)apiPreference, out int opened));
        return opened != 0;
    }

    /// <summary>Opens a camera by its number.</summary>
    /// <returns>Whether that went well.</returns>
    public bool Open(int index, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY)
    {
        NativeError.Check(NativeMethods.CaptureOpen(_handle, index, (int)apiPreference, out int opened));
        return opened != 0;
    }

    /// <summary>Whether something is open.</summary>
    public bool IsOpened()
    {
        NativeError.Check(NativeMethods.CaptureIsOpened(_handle, out int opened));
        return opened != 0;
    }

    /// <summary>Reads and decodes the next frame; false at the end, or when the camera is gone.</summary>
    public bool Read(Mat image)
    {
        ArgumentNullException.ThrowIfNull(image);
        NativeError.Check(NativeMethods.CaptureRead(_handle, image.Handle, out int read));
        return read != 0;
    }

    /// <summary>Takes the next frame without decoding it.</summary>
    public bool Grab()
    {
        NativeError.Check(NativeMethods.CaptureGrab(_handle, out int grabbed));
        return grabbed != 0;
    }

    /// <summary>Decodes the frame that was grabbed.</summary>
    public bool Retrieve(Mat image, int flag = 0)
    {
        ArgumentNullException.ThrowIfNull(image);
        NativeError.Check(NativeMethods.CaptureRetrieve(_handle, image.Handle, flag, out int retrieved));
        return retrieved != 0;
    }

    /// <summary>A property; 0 when the source does not know it.</summary>
    public double Get(VideoCaptureProperties propertyId)
    {
        NativeError.Check(NativeMethods.CaptureGet(_handle, (int)propertyId, out double value));
        return value;
    }

    /// <summary>Sets a property; false when the source does not have it. Whether the value was taken, <see cref="Get"/> tells.</summary>
    public bool Set(VideoCaptureProperties propertyId, double value)
    {
        NativeError.Check(NativeMethods.CaptureSet(_handle, (int)propertyId, value, out int accepted));
        return accepted != 0;
    }

    /// <summary>Name of the library that reads, <c>FFMPEG</c>, <c>V4L2</c>; empty when nothing is open.</summary>
    public string GetBackendName()
    {
        const int Capacity = 64;
        byte* name = stackalloc byte[Capacity];
        NativeError.Check(NativeMethods.CaptureBackend(_handle, name, Capacity));
        return NativeError.Text((nint)name);
    }

    /// <summary>Closes the file or device; another may be opened.</summary>
    public void Release() => NativeError.Check(NativeMethods.CaptureRelease(_handle));

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
