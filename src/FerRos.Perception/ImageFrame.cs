using System.Globalization;
using FerRos.Perception.Imaging;

namespace FerRos.Perception;

/// <summary>
/// One picture in the format in which the camera delivered it. It owns a buffer that is refilled in place, so a
/// frame that is used again and again allocates only when a larger picture arrives.
/// </summary>
/// <remarks>
/// The picture is not converted when it is loaded. What needs pixels (the detector's input, a face's crop) resamples
/// straight from the source format and touches only the rows and columns it needs; <see cref="CopyToRgb"/> is for
/// debug pictures. One thread uses a frame at a time.
/// </remarks>
public sealed class ImageFrame
{
    /// <summary>The longest side accepted, in pixels. A larger value is a damaged message rather than a camera.</summary>
    public const int MaxSide = 16_384;

    private byte[] _data = [];
    private int _length;

    /// <summary>Time at which the picture was taken, in nanoseconds; the zero point is the middleware's.</summary>
    public long Stamp { get; private set; }

    /// <summary>When the picture arrived in this process, in ticks of <see cref="System.Diagnostics.Stopwatch"/> (monotonic).</summary>
    public long Arrival { get; private set; }

    /// <summary>Name of the coordinate frame of the camera, carried through to what is published.</summary>
    public string FrameId { get; private set; } = string.Empty;

    /// <summary>Width in pixels; 0 before the first <see cref="Load(string, uint, uint, uint, bool, ReadOnlySpan{byte}, long, long, string)"/>.</summary>
    public int Width { get; private set; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>Bytes from one row to the next.</summary>
    public int Step { get; private set; }

    /// <summary>Layout of the bytes.</summary>
    public PixelFormat Format { get; private set; }

    /// <summary>Whether 16-bit values have their high byte first.</summary>
    public bool IsBigEndian { get; private set; }

    /// <summary>The picture's bytes, in its own format.</summary>
    public ReadOnlySpan<byte> Data => _data.AsSpan(0, _length);

    /// <summary>Takes a copy of a picture, after checking that its description fits its bytes.</summary>
    /// <param name="encoding">Name of the encoding as in sensor_msgs/Image, for example <c>rgb8</c> or <c>yuv422</c>.</param>
    /// <param name="width">Width in pixels, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="height">Height in pixels, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="step">Bytes from one row to the next, at least the width in bytes.</param>
    /// <param name="isBigEndian">Whether 16-bit values have their high byte first.</param>
    /// <param name="data">The bytes; the padding of the last row may be missing.</param>
    /// <param name="stamp">Time at which the picture was taken, in nanoseconds.</param>
    /// <param name="arrival">When it arrived, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    /// <param name="frameId">Name of the camera's coordinate frame.</param>
    /// <exception cref="ImageFormatException">The description and the bytes do not fit; the frame keeps its former picture.</exception>
    public void Load(
        string encoding,
        uint width,
        uint height,
        uint step,
        bool isBigEndian,
        ReadOnlySpan<byte> data,
        long stamp = 0,
        long arrival = 0,
        string frameId = "")
    {
        ArgumentNullException.ThrowIfNull(encoding);
        if (!PixelFormats.TryParse(encoding, out PixelFormat format))
            throw Bad("encoding", Quote(encoding), $"The encoding {Quote(encoding)} is not supported; use one of {PixelFormats.AcceptedEncodings}.");
        Load(format, width, height, step, isBigEndian, data, stamp, arrival, frameId);
    }

    /// <summary>Takes a copy of a picture whose format is known, after checking that its description fits its bytes.</summary>
    /// <param name="format">Layout of the bytes.</param>
    /// <param name="width">Width in pixels, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="height">Height in pixels, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="step">Bytes from one row to the next, at least the width in bytes.</param>
    /// <param name="isBigEndian">Whether 16-bit values have their high byte first.</param>
    /// <param name="data">The bytes; the padding of the last row may be missing.</param>
    /// <param name="stamp">Time at which the picture was taken, in nanoseconds.</param>
    /// <param name="arrival">When it arrived, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    /// <param name="frameId">Name of the camera's coordinate frame.</param>
    /// <exception cref="ImageFormatException">The description and the bytes do not fit; the frame keeps its former picture.</exception>
    public void Load(
        PixelFormat format,
        uint width,
        uint height,
        uint step,
        bool isBigEndian,
        ReadOnlySpan<byte> data,
        long stamp = 0,
        long arrival = 0,
        string frameId = "")
    {
        ArgumentNullException.ThrowIfNull(frameId);
        if (!Enum.IsDefined(format) || format == PixelFormat.Encoded)
            throw Bad("encoding", format.ToString(), $"{format} is no layout of pixels.");
        int needed = Check(format, width, height, step, data.Length);
        if (_data.Length < needed)
            _data = GC.AllocateUninitializedArray<byte>(needed);
        data[..Math.Min(needed, data.Length)].CopyTo(_data);
        _length = needed;
        Format = format;
        Width = (int)width;
        Height = (int)height;
        Step = (int)step;
        IsBigEndian = isBigEndian;
        Stamp = stamp;
        Arrival = arrival;
        FrameId = frameId;
    }

    /// <summary>Takes a copy of a compressed picture, to be decoded by whoever fetches it. Width and height are 0 until then.</summary>
    /// <param name="data">The file's bytes; at least one.</param>
    /// <param name="stamp">Time at which the picture was taken, in nanoseconds.</param>
    /// <param name="arrival">When it arrived, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    /// <param name="frameId">Name of the camera's coordinate frame.</param>
    /// <exception cref="ImageFormatException">There are no bytes; the frame keeps its former picture.</exception>
    public void LoadEncoded(ReadOnlySpan<byte> data, long stamp = 0, long arrival = 0, string frameId = "")
    {
        ArgumentNullException.ThrowIfNull(frameId);
        if (data.IsEmpty)
            throw Bad("data", 0, "The compressed picture has no bytes.");
        if (_data.Length < data.Length)
            _data = GC.AllocateUninitializedArray<byte>(data.Length);
        data.CopyTo(_data);
        _length = data.Length;
        Format = PixelFormat.Encoded;
        Width = Height = Step = 0;
        IsBigEndian = false;
        Stamp = stamp;
        Arrival = arrival;
        FrameId = frameId;
    }

    /// <summary>
    /// Converts the whole picture to red, green, blue. YUV is BT.601 with limited range, as in ROS and OpenCV;
    /// 16-bit gray is scaled by 255/65535; Bayer mosaics are interpolated bilinearly.
    /// </summary>
    /// <param name="destination">Receives width x height x 3 bytes, rows without padding.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyToRgb(Span<byte> destination)
    {
        int rowBytes = Width * 3;
        if (destination.Length < rowBytes * Height)
            throw new ArgumentException($"A {Width}x{Height} picture needs {rowBytes * Height} bytes; {destination.Length} were given.", nameof(destination));
        for (int y = 0; y < Height; y++)
            PixelRows.ReadRgb(this, y, 0, Width, destination.Slice(y * rowBytes, rowBytes));
    }

    /// <summary>
    /// Converts the whole picture to gray: 0.299 red + 0.587 green + 0.114 blue; luma of YUV is stretched from 16..235 to 0..255.
    /// </summary>
    /// <param name="destination">Receives width x height bytes, rows without padding.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyToGray(Span<byte> destination)
    {
        if (destination.Length < Width * Height)
            throw new ArgumentException($"A {Width}x{Height} picture needs {Width * Height} bytes; {destination.Length} were given.", nameof(destination));
        for (int y = 0; y < Height; y++)
            PixelRows.ReadGray(this, y, 0, Width, destination.Slice(y * Width, Width));
    }

    internal ReadOnlySpan<byte> Row(int y) => _data.AsSpan(y * Step, Width * PixelFormats.BytesPerPixel(Format));

    /// <summary>A row of interleaved chroma of a semi-planar picture.</summary>
    internal ReadOnlySpan<byte> ChromaRow(int y) => _data.AsSpan((Height + (y >> 1)) * Step, Width);

    private static int Check(PixelFormat format, uint width, uint height, uint step, int length)
    {
        if (width is 0 or > MaxSide)
            throw Bad("width", width, $"A picture's width must be 1 to {MaxSide} pixels; this one is {width}x{height}.");
        if (height is 0 or > MaxSide)
            throw Bad("height", height, $"A picture's height must be 1 to {MaxSide} pixels; this one is {width}x{height}.");

        bool semiPlanar = PixelFormats.IsSemiPlanar(format);
        if ((width & 1) != 0 && (semiPlanar || format is PixelFormat.Uyvy or PixelFormat.Yuyv))
            throw Bad("width", width, $"{format} halves the chroma's width, so the width must be even; it is {width}.");
        if ((height & 1) != 0 && semiPlanar)
            throw Bad("height", height, $"{format} halves the chroma's height, so the height must be even; it is {height}.");
        if (PixelFormats.IsBayer(format) && (width < 2 || height < 2))
            throw Bad(width < 2 ? "width" : "height", Math.Min(width, height), $"A Bayer mosaic needs at least 2x2 pixels; this one is {width}x{height}.");

        long rowBytes = (long)width * PixelFormats.BytesPerPixel(format);
        if (step < rowBytes)
            throw Bad("step", step, $"A row of {width} pixels of {format} has {rowBytes} bytes, but the step is {step}.");
        long rows = semiPlanar ? height + (height / 2) : height;
        long needed = (step * (rows - 1)) + rowBytes;
        if (needed > Array.MaxLength)
            throw Bad("step", step, $"{rows} rows of {step} bytes are more than a picture can hold.");
        if (length < needed)
            throw Bad("data", length, $"A {width}x{height} picture of {format} with a step of {step} needs {needed} bytes; {length} were given.");
        return (int)needed;
    }

    private static ImageFormatException Bad(string field, uint value, string message) =>
        new(field, value.ToString(CultureInfo.InvariantCulture), message);

    private static ImageFormatException Bad(string field, int value, string message) =>
        new(field, value.ToString(CultureInfo.InvariantCulture), message);

    private static ImageFormatException Bad(string field, string value, string message) => new(field, value, message);

    // An encoding comes from another process: show it, but neither all of a long one nor control characters.
    private static string Quote(string encoding)
    {
        string shown = encoding.Length <= 40 ? encoding : string.Concat(encoding.AsSpan(0, 40), "...");
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c))}'";
    }
}
