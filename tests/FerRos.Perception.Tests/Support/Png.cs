using System.Buffers.Binary;
using System.IO.Compression;

namespace FerRos.Perception.Tests.Support;

/// <summary>A picture of 8 bits a channel: gray, or red, green, blue.</summary>
internal sealed record Picture(int Width, int Height, int Channels, byte[] Pixels)
{
    public ImageFrame ToFrame(long stamp = 0)
    {
        var frame = new ImageFrame();
        frame.Load(Channels == 1 ? "mono8" : "rgb8", (uint)Width, (uint)Height, (uint)(Width * Channels), false, Pixels, stamp);
        return frame;
    }
}

/// <summary>Reads PNG files of 8 bits a channel, gray, RGB or RGBA (whose alpha is dropped), not interlaced.</summary>
internal static class Png
{
    public static Picture Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        if (!file[1..4].SequenceEqual("PNG"u8))
            throw new InvalidDataException($"{path} is not a PNG file");
        int width = 0;
        int height = 0;
        int channels = 0;
        using var packed = new MemoryStream();
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file[at..]);
            ReadOnlySpan<byte> type = file.Slice(at + 4, 4);
            ReadOnlySpan<byte> body = file.Slice(at + 8, length);
            if (type.SequenceEqual("IHDR"u8))
            {
                width = BinaryPrimitives.ReadInt32BigEndian(body);
                height = BinaryPrimitives.ReadInt32BigEndian(body[4..]);
                channels = (body[8], body[9], body[12]) switch
                {
                    (8, 0, 0) => 1,
                    (8, 2, 0) => 3,
                    (8, 6, 0) => 4,
                    _ => throw new NotSupportedException($"{path}: {body[8]} bits, colour type {body[9]}, interlacing {body[12]}"),
                };
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(body);
            }

            at += 12 + length;
        }

        packed.Position = 0;
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        int rowBytes = width * channels;
        var pixels = new byte[rowBytes * height];
        var filter = new byte[1];
        for (int y = 0; y < height; y++)
        {
            unpacked.ReadExactly(filter);
            Span<byte> row = pixels.AsSpan(y * rowBytes, rowBytes);
            unpacked.ReadExactly(row);
            Unfilter(filter[0], row, y > 0 ? pixels.AsSpan((y - 1) * rowBytes, rowBytes) : new byte[rowBytes], channels);
        }

        return channels == 4 ? new Picture(width, height, 3, DropAlpha(pixels)) : new Picture(width, height, channels, pixels);
    }

    private static void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int channels)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i >= channels ? row[i - channels] : 0;
            int corner = i >= channels ? above[i - channels] : 0;
            int predicted = filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                _ => Paeth(left, above[i], corner),
            };
            row[i] += (byte)predicted;
        }
    }

    private static int Paeth(int left, int above, int corner)
    {
        int estimate = left + above - corner;
        int toLeft = Math.Abs(estimate - left);
        int toAbove = Math.Abs(estimate - above);
        int toCorner = Math.Abs(estimate - corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    private static byte[] DropAlpha(byte[] rgba)
    {
        var rgb = new byte[rgba.Length / 4 * 3];
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3)
            rgba.AsSpan(from, 3).CopyTo(rgb.AsSpan(to));
        return rgb;
    }
}
