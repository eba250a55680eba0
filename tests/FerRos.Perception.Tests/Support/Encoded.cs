namespace FerRos.Perception.Tests.Support;

/// <summary>Puts a colour picture into other encodings, by the formulas of BT.601 for cameras (limited range).</summary>
internal static class Encoded
{
    public static ImageFrame As(string encoding, Picture picture)
    {
        int width = picture.Width;
        int height = picture.Height;
        (byte R, byte G, byte B) At(int x, int y)
        {
            int p = ((y * width) + x) * 3;
            return (picture.Pixels[p], picture.Pixels[p + 1], picture.Pixels[p + 2]);
        }

        var data = new List<byte>(width * height * 4);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (byte r, byte g, byte b) = At(x, y);
                byte gray = (byte)Math.Round((0.299 * r) + (0.587 * g) + (0.114 * b));
                (byte luma, byte u, byte v) = Yuv(At(x, y), At(x & ~1, y));
                switch (encoding)
                {
                    case "bgr8":
                        data.AddRange([b, g, r]);
                        break;
                    case "rgba8":
                        data.AddRange([r, g, b, 0]);
                        break;
                    case "bgra8":
                        data.AddRange([b, g, r, 255]);
                        break;
                    case "mono8":
                        data.Add(gray);
                        break;
                    case "mono16":
                        data.AddRange([gray, gray]);
                        break;
                    case "yuyv":
                        data.AddRange([luma, (x & 1) == 0 ? u : v]);
                        break;
                    case "uyvy":
                        data.AddRange([(x & 1) == 0 ? u : v, luma]);
                        break;
                    case "nv12":
                    case "nv21":
                        data.Add(luma);
                        break;
                    default:
                        data.Add(encoding[6 + ((y & 1) * 2) + (x & 1)] switch { 'r' => r, 'g' => g, _ => b });
                        break;
                }
            }
        }

        if (encoding.StartsWith("nv", StringComparison.Ordinal))
        {
            for (int y = 0; y < height; y += 2)
            {
                for (int x = 0; x < width; x += 2)
                {
                    (_, byte u, byte v) = Yuv(At(x, y), At(x, y));
                    data.AddRange(encoding == "nv12" ? [u, v] : [v, u]);
                }
            }
        }

        int bytes = encoding switch { "bgr8" => 3, "rgba8" or "bgra8" => 4, "mono16" or "yuyv" or "uyvy" => 2, _ => 1 };
        var frame = new ImageFrame();
        frame.Load(encoding, (uint)width, (uint)height, (uint)(width * bytes), false, data.ToArray());
        return frame;
    }

    private static (byte Luma, byte U, byte V) Yuv((byte R, byte G, byte B) pixel, (byte R, byte G, byte B) chroma) => (
        (byte)Math.Round(16 + (0.257 * pixel.R) + (0.504 * pixel.G) + (0.098 * pixel.B)),
        (byte)Math.Round(128 - (0.148 * chroma.R) - (0.291 * chroma.G) + (0.439 * chroma.B)),
        (byte)Math.Round(128 + (0.439 * chroma.R) - (0.368 * chroma.G) - (0.071 * chroma.B)));
}
