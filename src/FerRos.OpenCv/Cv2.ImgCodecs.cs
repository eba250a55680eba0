using System.Buffers;
using FerRos.OpenCv.Native;

namespace FerRos.OpenCv;

/// <summary>OpenCV's functions.</summary>
public static unsafe partial class Cv2
{
    private static long s_maxImagePixels = 1 << 26;

    /// <summary>
    /// Pixels of the largest picture that <see cref="ImDecode(ReadOnlySpan{byte}, ImreadModes)"/> decodes; at first 67,108,864
    /// (8,192 x 8,192). A few hundred bytes from the network can otherwise ask for gigabytes.
    /// </summary>
    public static long MaxImagePixels
    {
        get => Volatile.Read(ref s_maxImagePixels);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref s_maxImagePixels, value);
        }
    }

    /// <summary>Reads a picture from a file of any format that the installed OpenCV knows.</summary>
    /// <param name="fileName">Path.</param>
    /// <param name="flags">Colour and size.</param>
    /// <returns>The picture; empty when the file is missing or is no picture.</returns>
    /// <exception cref="OpenCVException">A size that OpenCV refuses.</exception>
    public static Mat ImRead(string fileName, ImreadModes flags = ImreadModes.Color)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        NativeError.Check(NativeMethods.ImRead(fileName, (int)flags, out MatHandle handle));
        return new Mat(handle);
    }

    /// <summary>Writes a picture to a file; the extension chooses the format.</summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="OpenCVException">An unknown extension, an empty picture, or a type that the format does not hold.</exception>
    public static bool ImWrite(string fileName, Mat img, params ReadOnlySpan<ImageEncodingParam> prms)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentNullException.ThrowIfNull(img);
        fixed (ImageEncodingParam* parameters = prms)
        {
            NativeError.Check(NativeMethods.ImWrite(fileName, img.Handle, parameters, prms.Length * 2, out int written));
            return written != 0;
        }
    }

    /// <summary>Decodes a JPEG or PNG.</summary>
    /// <param name="buf">The encoded picture.</param>
    /// <param name="flags">Colour and size.</param>
    /// <returns>The picture; empty when the data are no JPEG or PNG, or damaged beyond decoding.</returns>
    /// <exception cref="PictureTooLargeException">Larger than <see cref="MaxImagePixels"/>.</exception>
    public static Mat ImDecode(ReadOnlySpan<byte> buf, ImreadModes flags = ImreadModes.Color)
    {
        Mat result = new();
        try
        {
            if (ImDecode(buf, flags, result))
                return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }

        result.Dispose();
        return new Mat();
    }

    /// <summary>Decodes a JPEG or PNG into a matrix, whose memory is used again when size and type fit.</summary>
    /// <param name="buf">The encoded picture. Other formats are refused: pictures from the network come in these two.</param>
    /// <param name="flags">Colour and size.</param>
    /// <param name="dst">Written. Its content is undefined after a failure.</param>
    /// <returns>
    /// False when the data are no JPEG or PNG, cut short, or damaged beyond decoding. OpenCV itself takes a JPEG that is cut
    /// in the middle and leaves the rest grey; here it must hold its end marker. Changed bytes within may still decode.
    /// </returns>
    /// <exception cref="PictureTooLargeException">Larger than <see cref="MaxImagePixels"/>; nothing was allocated.</exception>
    public static bool ImDecode(ReadOnlySpan<byte> buf, ImreadModes flags, Mat dst)
    {
        ArgumentNullException.ThrowIfNull(dst);
        if (!ImageHeader.TryRead(buf, out ImageHeader header))
            return false;

        long limit = MaxImagePixels;
        if (header.Pixels > limit)
            throw new PictureTooLargeException($"A {header.Format} of {header.Width}x{header.Height} pixels is not decoded: at most {limit} pixels are (Cv2.MaxImagePixels).");

        // T.81, B.1.1.2: the marker EOI cannot occur within the coded data.
        if (header.Format == ImageFormat.Jpeg && buf.LastIndexOf([(byte)0xFF, (byte)0xD9]) < 0)
            return false;

        fixed (byte* data = buf)
        {
            NativeError.Check(NativeMethods.ImDecode(data, buf.Length, (int)flags, dst.Handle, out int decoded));
            return decoded != 0;
        }
    }

    /// <summary>Encodes a picture.</summary>
    /// <param name="ext">Format by its extension, <c>.jpg</c>, <c>.png</c>.</param>
    /// <param name="img">The picture.</param>
    /// <param name="prms">Quality and the like.</param>
    /// <exception cref="OpenCVException">An unknown extension, an empty picture, or a type that the format does not hold.</exception>
    public static byte[] ImEncode(string ext, Mat img, params ReadOnlySpan<ImageEncodingParam> prms) => Encode(ext, img, prms).ToArray();

    /// <summary>Encodes a picture into a buffer of the caller, without any managed allocation besides what the buffer makes.</summary>
    /// <param name="ext">Format by its extension, <c>.jpg</c>, <c>.png</c>.</param>
    /// <param name="img">The picture.</param>
    /// <param name="buf">Takes the encoded picture.</param>
    /// <param name="prms">Quality and the like.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="OpenCVException">An unknown extension, an empty picture, or a type that the format does not hold.</exception>
    public static int ImEncode(string ext, Mat img, IBufferWriter<byte> buf, params ReadOnlySpan<ImageEncodingParam> prms)
    {
        ArgumentNullException.ThrowIfNull(buf);
        ReadOnlySpan<byte> encoded = Encode(ext, img, prms);
        buf.Write(encoded);
        return encoded.Length;
    }

    /// <summary>Encodes into the shim's buffer of this thread, which holds until the next call.</summary>
    private static ReadOnlySpan<byte> Encode(string ext, Mat img, ReadOnlySpan<ImageEncodingParam> prms)
    {
        ArgumentException.ThrowIfNullOrEmpty(ext);
        ArgumentNullException.ThrowIfNull(img);
        fixed (ImageEncodingParam* parameters = prms)
        {
            NativeError.Check(NativeMethods.ImEncode(ext, img.Handle, parameters, prms.Length * 2, out byte* data, out long length));
            return new ReadOnlySpan<byte>(data, checked((int)length));
        }
    }
}
