using FerRos.Perception.Imaging;

namespace FerRos.Perception.Tests;

public class LetterboxTests
{
    [Theory]
    [InlineData("rgb8", 640, 480, 128)]
    [InlineData("bgr8", 641, 479, 128)]
    [InlineData("rgba8", 333, 500, 128)]
    [InlineData("bgra8", 200, 150, 192)]
    [InlineData("mono8", 1920, 1080, 192)]
    [InlineData("mono16", 300, 300, 128)]
    [InlineData("yuyv", 640, 480, 128)]
    [InlineData("nv12", 640, 360, 192)]
    [InlineData("bayer_grbg8", 400, 300, 128)]
    public void A_reduced_pixel_is_the_mean_of_the_area_that_it_covers(string encoding, int width, int height, int size)
    {
        int bytes = encoding switch { "mono8" or "bayer_grbg8" or "nv12" => 1, "mono16" or "yuyv" => 2, "rgba8" or "bgra8" => 4, _ => 3 };
        int step = (width * bytes) + 8;
        var frame = new ImageFrame();
        frame.Load(encoding, (uint)width, (uint)height, (uint)step, false, ImageFrameTests.Noise(step * height * 3 / 2));
        byte[] rgb = ImageFrameTests.Rgb(frame);
        var letterbox = new Letterbox(size, 1f, 0f);
        var square = new float[size * size * 3];
        letterbox.Fill(frame, square);

        int outWidth = size - (2 * letterbox.Left);
        int outHeight = size - (2 * letterbox.Top);
        // Every eleventh pixel of the square is enough, and the first and last of each row.
        for (int i = 0; i < size * size; i++)
        {
            if (i % 11 != 0 && i % size != 0 && i % size != size - 1)
                continue;
            int ox = (i % size) - letterbox.Left;
            int oy = (i / size) - letterbox.Top;
            if (ox < 0 || oy < 0 || ox >= (int)Math.Round(width / letterbox.ScaleX) || oy >= (int)Math.Round(height / letterbox.ScaleY))
            {
                square[i * 3].ShouldBe(0);
                continue;
            }

            double[] mean = Mean(rgb, width, height, ox * letterbox.ScaleX, oy * letterbox.ScaleY, letterbox.ScaleX, letterbox.ScaleY);
            for (int c = 0; c < 3; c++)
                square[(i * 3) + c].ShouldBe((float)mean[c], 1.6f, $"{ox}, {oy} of {outWidth}x{outHeight}, channel {c}");
        }
    }

    [Fact]
    public void A_picture_as_large_as_the_square_is_taken_over_exactly()
    {
        byte[] data = ImageFrameTests.Noise(128 * 128 * 3);
        var frame = new ImageFrame();
        frame.Load("rgb8", 128, 128, 128 * 3, false, data);
        var square = new float[128 * 128 * 3];
        new Letterbox(128, 1f / 127.5f, -1f).Fill(frame, square);
        for (int i = 0; i < data.Length; i++)
            square[i].ShouldBe((data[i] / 127.5f) - 1, 1e-5f);
    }

    [Fact]
    public void A_small_picture_is_enlarged_without_overshoot()
    {
        var frame = new ImageFrame();
        frame.Load("mono8", 2, 1, 2, false, [0, 200]);
        var square = new float[128 * 128 * 3];
        var letterbox = new Letterbox(128, 1f, -5f);
        letterbox.Fill(frame, square);
        letterbox.Top.ShouldBe(32);
        float[] row = [.. Enumerable.Range(0, 128).Select(x => square[((64 * 128) + x) * 3] + 5)];
        row[0].ShouldBe(0, 1e-3f);
        row[127].ShouldBe(200, 1e-2f);
        row[64].ShouldBe(101.5f, 1.5f);
        for (int x = 1; x < 128; x++)
            row[x].ShouldBeGreaterThanOrEqualTo(row[x - 1]);
        square[0].ShouldBe(-5f);
    }

    [Theory]
    [InlineData(16_384, 2)]
    [InlineData(2, 16_384)]
    [InlineData(1, 1)]
    [InlineData(9_000, 9_000)]
    public void Odd_shapes_keep_a_constant_picture_constant(int width, int height)
    {
        var data = new byte[width * height];
        Array.Fill(data, (byte)90);
        var frame = new ImageFrame();
        frame.Load("mono8", (uint)width, (uint)height, (uint)width, false, data);
        var letterbox = new Letterbox(128, 1f, 0f);
        var square = new float[128 * 128 * 3];
        letterbox.Fill(frame, square);
        float[] used = [.. square.Where(v => v != 0)];
        used.Length.ShouldBeGreaterThan(0);
        used.ShouldAllBe(v => Math.Abs(v - 90) < 0.01f);
    }

    private static double[] Mean(byte[] rgb, int width, int height, double left, double top, double spanX, double spanY)
    {
        var sum = new double[3];
        double total = 0;
        for (int y = (int)top; y < Math.Min(height, Math.Ceiling(top + spanY)); y++)
        {
            double wy = Math.Min(y + 1, top + spanY) - Math.Max(y, top);
            for (int x = (int)left; x < Math.Min(width, Math.Ceiling(left + spanX)); x++)
            {
                double weight = wy * (Math.Min(x + 1, left + spanX) - Math.Max(x, left));
                total += weight;
                for (int c = 0; c < 3; c++)
                    sum[c] += weight * rgb[(((y * width) + x) * 3) + c];
            }
        }

        return [.. sum.Select(s => s / total)];
    }
}
