using FerRos.OpenCv.Native;

namespace FerRos.OpenCv;

/// <summary>Four characters that name a codec.</summary>
/// <param name="Value">The characters, the first in the lowest byte.</param>
public readonly record struct FourCC(int Value)
{
    /// <summary>MPEG-4 part 2, for .mp4; every FFmpeg can write it.</summary>
    public static readonly FourCC MP4V = FromString("mp4v");

    /// <summary>H.264, for .mp4; needs an FFmpeg with an encoder for it.</summary>
    public static readonly FourCC AVC1 = FromString("avc1");

    /// <summary>Motion JPEG, for .avi; large, always there.</summary>
    public static readonly FourCC MJPG = FromString("MJPG");

    /// <summary>MPEG-4 part 2, for .avi.</summary>
    public static readonly FourCC XVID = FromString("XVID");

    /// <summary>Makes a code of four ASCII characters.</summary>
    /// <exception cref="ArgumentException">Not four ASCII characters.</exception>
    public static FourCC FromString(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (code.Length != 4 || !System.Text.Ascii.IsValid(code))
            throw new ArgumentException($"'{code}' is no codec: four ASCII characters are, such as mp4v.", nameof(code));
        return new FourCC(code[0] | (code[1] << 8) | (code[2] << 16) | (code[3] << 24));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(4, Value, static (text, value) =>
    {
        for (int i = 0; i < 4; i++)
            text[i] = (char)((value >> (8 * i)) & 0xFF);
    });
}

/// <summary>Writes a video file. Used by one thread at a time. Dispose it, or the file lacks its end.</summary>
public sealed class VideoWriter : IDisposable
{
    private readonly WriterHandle _handle;
    private MatType _type;

    /// <summary>Creates a writer that nothing is opened with.</summary>
    public VideoWriter()
    {
        NativeError.Check(NativeMethods.WriterNew(out WriterHandle handle));
        _handle = handle;
    }

    /// <summary>Opens a file; ask <see cref="IsOpened"/> whether that went well.</summary>
    public VideoWriter(string fileName, FourCC fourcc, double fps, Size frameSize, bool isColor = true, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY)
        : this() => Open(fileName, fourcc, fps, frameSize, isColor, apiPreference);

    /// <summary>Size of the frames.</summary>
    public Size FrameSize { get; private set; }

    /// <summary>Opens a file; the extension chooses the container. An older file of the name is replaced.</summary>
    /// <param name="fileName">Path, <c>.mp4</c>, <c>.avi</c>, <c>.mkv</c>.</param>
    /// <param name="fourcc">Codec.</param>
    /// <param name="fps">Frames a second, greater than 0.</param>
    /// <param name="frameSize">Size of all frames; most codecs want even numbers.</param>
    /// <param name="isColor">Frames are BGR; otherwise grey.</param>
    /// <param name="apiPreference">Library that writes.</param>
    /// <returns>Whether that went well; false for an unknown codec, a codec that the container does not take, a folder that is missing.</returns>
    public bool Open(string fileName, FourCC fourcc, double fps, Size frameSize, bool isColor = true, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fps);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameSize.Width, nameof(frameSize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameSize.Height, nameof(frameSize));
        NativeError.Check(NativeMethods.WriterOpen(
            _handle, fileName, (int)apiPreference, fourcc.Value, fps, frameSize.Width, frameSize.Height, isColor ? 1 : 0, out int opened));
        FrameSize = frameSize;
        _type = isColor ? MatType.CV_8UC3 : MatType.CV_8UC1;
        return opened != 0;
    }

    /// <summary>Whether a file is open.</summary>
    public bool IsOpened()
    {
        NativeError.Check(NativeMethods.WriterIsOpened(_handle, out int opened));
        return opened != 0;
    }

    /// <summary>Writes a frame.</summary>
    /// <exception cref="InvalidOperationException">No file is open.</exception>
    /// <exception cref="ArgumentException">Another size or type than the file's; OpenCV would drop the frame without a word.</exception>
    public void Write(Mat image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!IsOpened())
            throw new InvalidOperationException("No video file is open for writing.");
        if (image.Size() != FrameSize || image.Type() != _type)
            throw new ArgumentException($"The video takes frames of {FrameSize} {_type}; this one is {image.Size()} {image.Type()}.", nameof(image));
        NativeError.Check(NativeMethods.WriterWrite(_handle, image.Handle));
    }

    /// <summary>Completes and closes the file.</summary>
    public void Release() => NativeError.Check(NativeMethods.WriterRelease(_handle));

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
