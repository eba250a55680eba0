namespace FerRos.Perception.Imaging;

/// <summary>Bilinear interpolation of Bayer mosaics. Outside the picture the mosaic is mirrored, which keeps its colours in place.</summary>
internal static class Bayer
{
    public static void ReadRgb(ImageFrame frame, int y, int x, int count, Span<byte> rgb)
    {
        Site(frame.Format, out int redX, out int redY);
        ReadOnlySpan<byte> above = frame.Row(y > 0 ? y - 1 : 1);
        ReadOnlySpan<byte> row = frame.Row(y);
        ReadOnlySpan<byte> below = frame.Row(y < frame.Height - 1 ? y + 1 : frame.Height - 2);
        bool redRow = (y & 1) == redY;
        int last = frame.Width - 1;
        for (int i = 0; i < count; i++)
        {
            int c = x + i;
            int left = c > 0 ? c - 1 : 1;
            int right = c < last ? c + 1 : last - 1;
            int here = row[c];
            int horizontal = (row[left] + row[right] + 1) >> 1;
            int vertical = (above[c] + below[c] + 1) >> 1;
            bool redColumn = (c & 1) == redX;
            int red, green, blue;
            if (redRow == redColumn)
            {
                // A red or a blue site: green from its four neighbours, the other colour from the corners.
                green = (row[left] + row[right] + above[c] + below[c] + 2) >> 2;
                int corners = (above[left] + above[right] + below[left] + below[right] + 2) >> 2;
                (red, blue) = redRow ? (here, corners) : (corners, here);
            }
            else
            {
                green = here;
                (red, blue) = redRow ? (horizontal, vertical) : (vertical, horizontal);
            }

            rgb[3 * i] = (byte)red;
            rgb[(3 * i) + 1] = (byte)green;
            rgb[(3 * i) + 2] = (byte)blue;
        }
    }

    public static void ReadGray(ImageFrame frame, int y, int x, int count, Span<byte> gray)
    {
        Span<byte> rgb = stackalloc byte[3 * 64];
        for (int done = 0; done < count; done += 64)
        {
            int part = Math.Min(64, count - done);
            ReadRgb(frame, y, x + done, part, rgb);
            for (int i = 0; i < part; i++)
                gray[done + i] = (byte)(((rgb[3 * i] * Luma.Red) + (rgb[(3 * i) + 1] * Luma.Green) + (rgb[(3 * i) + 2] * Luma.Blue) + 128) >> 8);
        }
    }

    /// <summary>Column and row parity of the red sites.</summary>
    private static void Site(PixelFormat format, out int redX, out int redY) => (redX, redY) = format switch
    {
        PixelFormat.BayerRggb => (0, 0),
        PixelFormat.BayerGrbg => (1, 0),
        PixelFormat.BayerGbrg => (0, 1),
        _ => (1, 1),
    };
}
