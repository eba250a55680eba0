using System.Buffers.Binary;
using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>Turns BGR pictures into an encoding of sensor_msgs/Image, or into JPEG or PNG. Used by one thread.</summary>
internal sealed class PictureEncoder
{
    /// <summary>Encodings of sensor_msgs/Image that can be made, by their names in image_encodings.hpp.</summary>
    public static readonly string[] RawEncodings =
    [
        "bgr8", "rgb8", "bgra8", "rgba8", "mono8", "mono16", "bayer_rggb8", "bayer_bggr8", "bayer_gbrg8", "bayer_grbg8",
        "yuv422", "uyvy", "yuv422_yuy2", "yuyv", "nv12", "nv21",
    ];

    /// <summary>Formats of sensor_msgs/CompressedImage that can be made.</summary>
    public static readonly string[] CompressedEncodings = ["jpeg", "png"];

    private readonly EncodeRow? _encodeRow;

    /// <summary>Creates an encoder.</summary>
    /// <param name="encoding">One of <see cref="RawEncodings"/> or <see cref="CompressedEncodings"/>.</param>
    /// <exception cref="ArgumentException">Unknown; the message lists what there is.</exception>
    public PictureEncoder(string encoding)
    {
        Encoding = encoding;
        _encodeRow = encoding switch
        {
            "bgr8" => static (bgr, _, row) => bgr.CopyTo(row),
            "rgb8" => static (bgr, _, row) => Reorder(bgr, row, 3, 2, 1, 0),
            "bgra8" => static (bgr, _, row) => Reorder(bgr, row, 4, 0, 1, 2),
            "rgba8" => static (bgr, _, row) => Reorder(bgr, row, 4, 2, 1, 0),
            "mono8" => Mono8,
            "mono16" => Mono16,
            "bayer_rggb8" => static (bgr, y, row) => Bayer(bgr, row, (y & 1) == 0 ? (2, 1) : (1, 0)),
            "bayer_bggr8" => static (bgr, y, row) => Bayer(bgr, row, (y & 1) == 0 ? (0, 1) : (1, 2)),
            "bayer_gbrg8" => static (bgr, y, row) => Bayer(bgr, row, (y & 1) == 0 ? (1, 0) : (2, 1)),
            "bayer_grbg8" => static (bgr, y, row) => Bayer(bgr, row, (y & 1) == 0 ? (1, 2) : (0, 1)),
            "yuv422" or "uyvy" => static (bgr, _, row) => Yuv422(bgr, row, luma: 1, chroma: 0),
            "yuv422_yuy2" or "yuyv" => static (bgr, _, row) => Yuv422(bgr, row, luma: 0, chroma: 1),
            "nv12" or "nv21" => static (bgr, _, row) => LumaRow(bgr, row),
            "jpeg" or "png" => null,
            _ => throw new ArgumentException(
                $"encoding '{encoding}' is unknown; use one of {string.Join(", ", RawEncodings.Concat(CompressedEncodings))}", nameof(encoding)),
        };
    }

    private delegate void EncodeRow(ReadOnlySpan<byte> bgr, int y, Span<byte> row);

    /// <summary>Name of the encoding.</summary>
    public string Encoding { get; }

    /// <summary>Whether it is JPEG or PNG: <see cref="Compress"/> instead of <see cref="Encode"/>.</summary>
    public bool IsCompressed => _encodeRow is null;

    /// <summary>Quality of a JPEG, 1 to 100; 90 where nothing is set.</summary>
    public int JpegQuality { get; init; } = 90;

    private bool IsSemiPlanar => Encoding is "nv12" or "nv21";

    /// <summary>Why pictures of this size do not fit the encoding, in one line; null when they do.</summary>
    public string? Refusal(Size size)
    {
        if (Encoding is "yuv422" or "uyvy" or "yuv422_yuy2" or "yuyv" && size.Width % 2 != 0)
            return $"{Encoding} needs an even width; the pictures are {size}. Use bgr8 or rgb8";
        if (IsSemiPlanar && (size.Width % 2 != 0 || size.Height % 2 != 0))
            return $"{Encoding} needs an even width and height; the pictures are {size}. Use bgr8 or rgb8";
        return null;
    }

    /// <summary>Bytes from one row to the next.</summary>
    public int Step(int width) => width * Encoding switch
    {
        "bgr8" or "rgb8" => 3,
        "bgra8" or "rgba8" => 4,
        "mono16" or "yuv422" or "uyvy" or "yuv422_yuy2" or "yuyv" => 2,
        _ => 1,
    };

    /// <summary>Bytes of a picture.</summary>
    public int Length(Size size) => checked(Step(size.Width) * (IsSemiPlanar ? size.Height + (size.Height / 2) : size.Height));

    /// <summary>Encodes a picture.</summary>
    /// <param name="picture">8-bit BGR, of a size that <see cref="Refusal"/> has nothing against.</param>
    /// <param name="destination">Exactly <see cref="Length"/> bytes.</param>
    public void Encode(Mat picture, Span<byte> destination)
    {
        EncodeRow encodeRow = _encodeRow ?? throw new InvalidOperationException($"{Encoding} is compressed; use Compress.");
        Size size = picture.Size();
        int step = Step(size.Width);
        for (int y = 0; y < size.Height; y++)
            encodeRow(picture.GetRowSpan<byte>(y), y, destination.Slice(y * step, step));

        if (!IsSemiPlanar)
            return;
        int first = Encoding == "nv12" ? 0 : 1;
        for (int y = 0; y < size.Height; y += 2)
        {
            Span<byte> chroma = destination.Slice((size.Height + (y / 2)) * step, step);
            ChromaRow(picture.GetRowSpan<byte>(y), picture.GetRowSpan<byte>(y + 1), chroma, first);
        }
    }

    /// <summary>Compresses a picture.</summary>
    /// <param name="picture">8-bit BGR.</param>
    /// <param name="destination">Takes the encoded picture.</param>
    public void Compress(Mat picture, System.Buffers.IBufferWriter<byte> destination)
    {
        if (Encoding == "jpeg")
            Cv2.ImEncode(".jpg", picture, destination, new ImageEncodingParam(ImwriteFlags.JpegQuality, JpegQuality));
        else
            Cv2.ImEncode(".png", picture, destination, new ImageEncodingParam(ImwriteFlags.PngCompression, 1));
    }

    private static void Reorder(ReadOnlySpan<byte> bgr, Span<byte> row, int stride, int first, int second, int third)
    {
        for (int from = 0, to = 0; from < bgr.Length; from += 3, to += stride)
        {
            row[to] = bgr[from + first];
            row[to + 1] = bgr[from + second];
            row[to + 2] = bgr[from + third];
            if (stride == 4)
                row[to + 3] = 255;
        }
    }

    // ITU-R BT.601, full range, in 1/65536.
    private static int Grey(ReadOnlySpan<byte> bgr) => ((7471 * bgr[0]) + (38470 * bgr[1]) + (19595 * bgr[2]) + 32768) >> 16;

    private static void Mono8(ReadOnlySpan<byte> bgr, int y, Span<byte> row)
    {
        for (int x = 0; x < row.Length; x++)
            row[x] = (byte)Grey(bgr.Slice(3 * x, 3));
    }

    private static void Mono16(ReadOnlySpan<byte> bgr, int y, Span<byte> row)
    {
        // 255 becomes 65535.
        for (int x = 0; x < row.Length / 2; x++)
            BinaryPrimitives.WriteUInt16LittleEndian(row[(2 * x)..], (ushort)(Grey(bgr.Slice(3 * x, 3)) * 257));
    }

    private static void Bayer(ReadOnlySpan<byte> bgr, Span<byte> row, (int Even, int Odd) channels)
    {
        for (int x = 0; x < row.Length; x++)
            row[x] = bgr[(3 * x) + ((x & 1) == 0 ? channels.Even : channels.Odd)];
    }

    // ITU-R BT.601, limited range (luma 16 to 235, chroma 16 to 240), as OpenCV and ROS take it; in 1/65536.
    private static byte Luma(ReadOnlySpan<byte> bgr) => (byte)(((6416 * bgr[0]) + (33039 * bgr[1]) + (16829 * bgr[2]) + (16 << 16) + 32768) >> 16);

    /// <summary>Chroma of the mean of several pixels.</summary>
    /// <param name="b">Sum of their blue.</param>
    /// <param name="g">Sum of their green.</param>
    /// <param name="r">Sum of their red.</param>
    /// <param name="shift">2 to this power is their number.</param>
    private static (byte U, byte V) Chroma(int b, int g, int r, int shift)
    {
        int half = 1 << (15 + shift);
        int offset = 128 << (16 + shift);
        int u = ((28784 * b) - (19071 * g) - (9714 * r) + offset + half) >> (16 + shift);
        int v = ((-4681 * b) - (24103 * g) + (28784 * r) + offset + half) >> (16 + shift);
        return ((byte)u, (byte)v);
    }

    private static void Yuv422(ReadOnlySpan<byte> bgr, Span<byte> row, int luma, int chroma)
    {
        for (int from = 0, to = 0; to < row.Length; from += 6, to += 4)
        {
            row[to + luma] = Luma(bgr.Slice(from, 3));
            row[to + luma + 2] = Luma(bgr.Slice(from + 3, 3));
            (row[to + chroma], row[to + chroma + 2]) = Chroma(bgr[from] + bgr[from + 3], bgr[from + 1] + bgr[from + 4], bgr[from + 2] + bgr[from + 5], 1);
        }
    }

    private static void LumaRow(ReadOnlySpan<byte> bgr, Span<byte> row)
    {
        for (int x = 0; x < row.Length; x++)
            row[x] = Luma(bgr.Slice(3 * x, 3));
    }

    private static void ChromaRow(ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, Span<byte> row, int first)
    {
        for (int from = 0, to = 0; to < row.Length; from += 6, to += 2)
        {
            int b = above[from] + above[from + 3] + below[from] + below[from + 3];
            int g = above[from + 1] + above[from + 4] + below[from + 1] + below[from + 4];
            int r = above[from + 2] + above[from + 5] + below[from + 2] + below[from + 5];
            (row[to + first], row[to + 1 - first]) = Chroma(b, g, r, 2);
        }
    }
}
