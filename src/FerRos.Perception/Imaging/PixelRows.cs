using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FerRos.Perception.Imaging;

/// <summary>Reads a part of one row of a frame as gray or as red, green, blue, whatever the frame's format.</summary>
internal static class PixelRows
{
    /// <summary>Reads <paramref name="count"/> pixels from column <paramref name="x"/> as interleaved red, green, blue.</summary>
    public static void ReadRgb(ImageFrame frame, int y, int x, int count, Span<byte> rgb)
    {
        rgb = rgb[..(count * 3)];
        ReadOnlySpan<byte> row = frame.Row(y);
        switch (frame.Format)
        {
            case PixelFormat.Rgb24:
                row.Slice(x * 3, count * 3).CopyTo(rgb);
                break;
            case PixelFormat.Bgr24:
                SwapRedBlue(row.Slice(x * 3, count * 3), rgb);
                break;
            case PixelFormat.Rgba32:
                DropAlpha(row.Slice(x * 4, count * 4), rgb, red: 0);
                break;
            case PixelFormat.Bgra32:
                DropAlpha(row.Slice(x * 4, count * 4), rgb, red: 2);
                break;
            case PixelFormat.Gray8:
                Replicate(row.Slice(x, count), rgb);
                break;
            case PixelFormat.Gray16:
                for (int i = 0; i < count; i++)
                {
                    byte value = Gray16(row, x + i, frame.IsBigEndian);
                    rgb[3 * i] = value;
                    rgb[(3 * i) + 1] = value;
                    rgb[(3 * i) + 2] = value;
                }

                break;
            case PixelFormat.Uyvy:
                Packed422(row, x, count, rgb, luma: 1, u: 0, v: 2);
                break;
            case PixelFormat.Yuyv:
                Packed422(row, x, count, rgb, luma: 0, u: 1, v: 3);
                break;
            case PixelFormat.Nv12:
                SemiPlanar(row, frame.ChromaRow(y), x, count, rgb, u: 0);
                break;
            case PixelFormat.Nv21:
                SemiPlanar(row, frame.ChromaRow(y), x, count, rgb, u: 1);
                break;
            default:
                Bayer.ReadRgb(frame, y, x, count, rgb);
                break;
        }
    }

    /// <summary>Reads <paramref name="count"/> pixels from column <paramref name="x"/> as gray.</summary>
    public static void ReadGray(ImageFrame frame, int y, int x, int count, Span<byte> gray)
    {
        gray = gray[..count];
        ReadOnlySpan<byte> row = frame.Row(y);
        switch (frame.Format)
        {
            case PixelFormat.Gray8:
                row.Slice(x, count).CopyTo(gray);
                break;
            case PixelFormat.Rgb24:
                Gray24(row.Slice(x * 3, count * 3), gray, redWeight: Luma.Red, blueWeight: Luma.Blue);
                break;
            case PixelFormat.Bgr24:
                Gray24(row.Slice(x * 3, count * 3), gray, redWeight: Luma.Blue, blueWeight: Luma.Red);
                break;
            case PixelFormat.Rgba32:
                Gray32(row.Slice(x * 4, count * 4), gray, Luma.Red, Luma.Blue);
                break;
            case PixelFormat.Bgra32:
                Gray32(row.Slice(x * 4, count * 4), gray, Luma.Blue, Luma.Red);
                break;
            case PixelFormat.Gray16:
                for (int i = 0; i < count; i++)
                    gray[i] = Gray16(row, x + i, frame.IsBigEndian);
                break;
            case PixelFormat.Uyvy:
                for (int i = 0; i < count; i++)
                    gray[i] = Luma.Expand(row[(2 * (x + i)) + 1]);
                break;
            case PixelFormat.Yuyv:
                for (int i = 0; i < count; i++)
                    gray[i] = Luma.Expand(row[2 * (x + i)]);
                break;
            case PixelFormat.Nv12:
            case PixelFormat.Nv21:
                for (int i = 0; i < count; i++)
                    gray[i] = Luma.Expand(row[x + i]);
                break;
            default:
                Bayer.ReadGray(frame, y, x, count, gray);
                break;
        }
    }

    /// <summary>16-bit gray as 8 bits: 65535 becomes 255, rounded to nearest (the scale of cv_bridge).</summary>
    private static byte Gray16(ReadOnlySpan<byte> row, int x, bool bigEndian)
    {
        ReadOnlySpan<byte> pair = row.Slice(2 * x, 2);
        uint value = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(pair) : BinaryPrimitives.ReadUInt16LittleEndian(pair);
        return (byte)((value + 128) / 257);
    }

    private static void Replicate(ReadOnlySpan<byte> gray, Span<byte> rgb)
    {
        for (int i = 0; i < gray.Length; i++)
        {
            rgb[3 * i] = gray[i];
            rgb[(3 * i) + 1] = gray[i];
            rgb[(3 * i) + 2] = gray[i];
        }
    }

    private static void SwapRedBlue(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            // Five pixels a step; the sixteenth byte is overwritten by the next step.
            Vector128<byte> order = Vector128.Create((byte)2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, 15);
            ref byte from = ref MemoryMarshal.GetReference(source);
            ref byte to = ref MemoryMarshal.GetReference(destination);
            for (; i <= source.Length - 16; i += 15)
                Vector128.Shuffle(Vector128.LoadUnsafe(ref from, (nuint)i), order).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < source.Length; i += 3)
        {
            byte first = source[i];
            destination[i + 1] = source[i + 1];
            destination[i] = source[i + 2];
            destination[i + 2] = first;
        }
    }

    private static void DropAlpha(ReadOnlySpan<byte> source, Span<byte> rgb, int red)
    {
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            rgb[to] = source[from + red];
            rgb[to + 1] = source[from + 1];
            rgb[to + 2] = source[from + 2 - red];
        }
    }

    private static void Gray24(ReadOnlySpan<byte> source, Span<byte> gray, int redWeight, int blueWeight)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<ushort> first = Vector128.Create((ushort)redWeight);
            Vector128<ushort> green = Vector128.Create((ushort)Luma.Green);
            Vector128<ushort> third = Vector128.Create((ushort)blueWeight);
            Vector128<ushort> half = Vector128.Create((ushort)128);
            ref byte from = ref MemoryMarshal.GetReference(source);
            ref byte to = ref MemoryMarshal.GetReference(gray);
            for (; i <= gray.Length - 16; i += 16)
            {
                Vector128<byte> a = Vector128.LoadUnsafe(ref from, (nuint)(3 * i));
                Vector128<byte> b = Vector128.LoadUnsafe(ref from, (nuint)((3 * i) + 16));
                Vector128<byte> c = Vector128.LoadUnsafe(ref from, (nuint)((3 * i) + 32));
                Split(a, b, c, out Vector128<byte> p, out Vector128<byte> q, out Vector128<byte> r);
                Vector128<ushort> low = (Vector128.WidenLower(p) * first) + (Vector128.WidenLower(q) * green) + (Vector128.WidenLower(r) * third) + half;
                Vector128<ushort> high = (Vector128.WidenUpper(p) * first) + (Vector128.WidenUpper(q) * green) + (Vector128.WidenUpper(r) * third) + half;
                Vector128.Narrow(low >>> 8, high >>> 8).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < gray.Length; i++)
        {
            int p = 3 * i;
            gray[i] = (byte)(((source[p] * redWeight) + (source[p + 1] * Luma.Green) + (source[p + 2] * blueWeight) + 128) >> 8);
        }
    }

    /// <summary>Separates 16 pixels of three bytes into three vectors. Indices beyond 15 give zero in a shuffle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(
        Vector128<byte> a,
        Vector128<byte> b,
        Vector128<byte> c,
        out Vector128<byte> first,
        out Vector128<byte> second,
        out Vector128<byte> third)
    {
        const byte N = 255;
        first = Vector128.Shuffle(a, Vector128.Create(0, 3, 6, 9, 12, 15, N, N, N, N, N, N, N, N, N, N))
            | Vector128.Shuffle(b, Vector128.Create(N, N, N, N, N, N, 2, 5, 8, 11, 14, N, N, N, N, N))
            | Vector128.Shuffle(c, Vector128.Create(N, N, N, N, N, N, N, N, N, N, N, 1, 4, 7, 10, 13));
        second = Vector128.Shuffle(a, Vector128.Create(1, 4, 7, 10, 13, N, N, N, N, N, N, N, N, N, N, N))
            | Vector128.Shuffle(b, Vector128.Create(N, N, N, N, N, 0, 3, 6, 9, 12, 15, N, N, N, N, N))
            | Vector128.Shuffle(c, Vector128.Create(N, N, N, N, N, N, N, N, N, N, N, 2, 5, 8, 11, 14));
        third = Vector128.Shuffle(a, Vector128.Create(2, 5, 8, 11, 14, N, N, N, N, N, N, N, N, N, N, N))
            | Vector128.Shuffle(b, Vector128.Create(N, N, N, N, N, 1, 4, 7, 10, 13, N, N, N, N, N, N))
            | Vector128.Shuffle(c, Vector128.Create(N, N, N, N, N, N, N, N, N, N, 0, 3, 6, 9, 12, 15));
    }

    private static void Gray32(ReadOnlySpan<byte> source, Span<byte> gray, int firstWeight, int thirdWeight)
    {
        for (int i = 0; i < gray.Length; i++)
        {
            int p = 4 * i;
            gray[i] = (byte)(((source[p] * firstWeight) + (source[p + 1] * Luma.Green) + (source[p + 2] * thirdWeight) + 128) >> 8);
        }
    }

    private static void Packed422(ReadOnlySpan<byte> row, int x, int count, Span<byte> rgb, int luma, int u, int v)
    {
        for (int i = 0; i < count; i++)
        {
            int pair = ((x + i) >> 1) * 4;
            Yuv.ToRgb(row[(2 * (x + i)) + luma], row[pair + u], row[pair + v], rgb.Slice(3 * i, 3));
        }
    }

    private static void SemiPlanar(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> chroma, int x, int count, Span<byte> rgb, int u)
    {
        for (int i = 0; i < count; i++)
        {
            int pair = (x + i) & ~1;
            Yuv.ToRgb(luma[x + i], chroma[pair + u], chroma[pair + 1 - u], rgb.Slice(3 * i, 3));
        }
    }
}
