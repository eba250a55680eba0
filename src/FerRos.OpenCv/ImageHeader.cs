using System.Buffers.Binary;

namespace FerRos.OpenCv;

/// <summary>Formats that <see cref="Cv2.ImDecode(ReadOnlySpan{byte}, ImreadModes)"/> reads.</summary>
public enum ImageFormat
{
    /// <summary>JPEG (ITU-T T.81), baseline and progressive.</summary>
    Jpeg,

    /// <summary>PNG (ISO/IEC 15948).</summary>
    Png,
}

/// <summary>What the header of an encoded picture says, read without decoding it.</summary>
/// <param name="Format">Its format.</param>
/// <param name="Width">Pixels, before any rotation that the picture's Exif data ask for.</param>
/// <param name="Height">Pixels, before any rotation that the picture's Exif data ask for.</param>
/// <param name="Channels">Channels as stored; 1 for a palette.</param>
/// <param name="BitDepth">Bits of a channel.</param>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height, int Channels, int BitDepth)
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Pixels.</summary>
    public long Pixels => (long)Width * Height;

    /// <summary>Reads the header of a JPEG or PNG; false when the data are neither, or end before their size is told.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out ImageHeader header)
    {
        if (data.StartsWith(PngSignature))
            return TryReadPng(data[PngSignature.Length..], out header);
        if (data.Length > 2 && data[0] == 0xFF && data[1] == 0xD8)
            return TryReadJpeg(data[2..], out header);
        header = default;
        return false;
    }

    private static bool TryReadPng(ReadOnlySpan<byte> data, out ImageHeader header)
    {
        header = default;

        // ISO/IEC 15948, 11.2.2: IHDR comes first and holds 13 bytes.
        if (data.Length < 8 + 13 || BinaryPrimitives.ReadUInt32BigEndian(data) != 13 || !data[4..8].SequenceEqual("IHDR"u8))
            return false;

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data[8..]);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(data[12..]);
        int channels = data[17] switch { 0 or 3 => 1, 4 => 2, 2 => 3, 6 => 4, _ => 0 };
        if (channels == 0 || width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            return false;

        header = new ImageHeader(ImageFormat.Png, (int)width, (int)height, channels, data[16]);
        return true;
    }

    private static bool TryReadJpeg(ReadOnlySpan<byte> data, out ImageHeader header)
    {
        header = default;
        while (data.Length >= 4)
        {
            if (data[0] != 0xFF)
                return false;

            byte marker = data[1];
            if (marker == 0xFF) // a fill byte
            {
                data = data[1..];
                continue;
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD7)) // TEM and RSTn stand alone
            {
                data = data[2..];
                continue;
            }

            // T.81, table B.1: SOFn are C0 to CF without DHT (C4), JPG (C8) and DAC (CC). The scan (SOS) never comes before.
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
            if (marker is 0xD8 or 0xD9 or 0xDA || length < 2)
                return false;
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (length < 8 || data.Length < 10)
                    return false;
                int height = BinaryPrimitives.ReadUInt16BigEndian(data[5..]);
                int width = BinaryPrimitives.ReadUInt16BigEndian(data[7..]);
                header = new ImageHeader(ImageFormat.Jpeg, width, height, data[9], data[4]);
                return width > 0 && height > 0;
            }

            if (data.Length < 2 + length)
                return false;
            data = data[(2 + length)..];
        }

        return false;
    }
}
