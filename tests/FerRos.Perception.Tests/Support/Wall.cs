namespace FerRos.Perception.Tests.Support;

/// <summary>A gray wall before which the portrait is held.</summary>
internal static class Wall
{
    private static readonly Lazy<Picture> Portrait = new(() => Png.Read(Repository.Asset("astronaut.png")));

    // The head and some of what is around it; the face is about 90 pixels wide.
    private const int Left = 110;
    private const int Width = 240;
    private const int Height = 250;

    /// <summary>Pixels of a picture with the head, 240x250 at scale 1, its upper left corner at each place.</summary>
    public static byte[] With(int width, int height, params (int X, int Y, double Scale)[] places)
    {
        var pixels = new byte[width * height * 3];
        Array.Fill(pixels, (byte)110);
        foreach ((int left, int top, double scale) in places)
        {
            for (int y = Math.Max(0, -top); y < (int)(Height * scale) && top + y < height; y++)
            {
                for (int x = Math.Max(0, -left); x < (int)(Width * scale) && left + x < width; x++)
                    Mean(Left + (x / scale), y / scale, 1 / scale).CopyTo(pixels, (((top + y) * width) + left + x) * 3);
            }
        }

        return pixels;
    }

    public static ImageFrame Frame(int width, int height, long stamp, params (int X, int Y, double Scale)[] places)
    {
        var frame = new ImageFrame();
        frame.Load("rgb8", (uint)width, (uint)height, (uint)(width * 3), false, With(width, height, places), stamp);
        return frame;
    }

    private static byte[] Mean(double x, double y, double span)
    {
        Picture portrait = Portrait.Value;
        int x0 = (int)x;
        int y0 = (int)y;
        int x1 = Math.Clamp((int)(x + span), x0 + 1, 512);
        int y1 = Math.Clamp((int)(y + span), y0 + 1, 512);
        var sum = new int[3];
        for (int v = y0; v < y1; v++)
        {
            for (int u = x0; u < x1; u++)
            {
                for (int c = 0; c < 3; c++)
                    sum[c] += portrait.Pixels[(((v * 512) + u) * 3) + c];
            }
        }

        int count = (x1 - x0) * (y1 - y0);
        return [(byte)(sum[0] / count), (byte)(sum[1] / count), (byte)(sum[2] / count)];
    }
}
