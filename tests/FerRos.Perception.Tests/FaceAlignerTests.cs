using System.Numerics;

namespace FerRos.Perception.Tests;

public class FaceAlignerTests
{
    // Where a crop of 64 pixels wants eyes and mouth.
    private static readonly Vector2 RightEye = new(0.315f * 64, 0.396f * 64);
    private static readonly Vector2 LeftEye = new(0.683f * 64, 0.394f * 64);
    private static readonly Vector2 Mouth = new(0.507f * 64, 0.771f * 64);

    [Theory]
    [InlineData(1.0f, 0, 100, 100)]
    [InlineData(1.7f, 20, 150, 80)]
    [InlineData(3.2f, -35, 120, 200)]
    [InlineData(0.6f, 90, 200, 100)]
    public void A_crop_shows_the_source_where_its_transform_says(float scale, float degrees, float x, float y)
    {
        // The gray value is linear in x and y, so that interpolation and averaging are exact.
        ImageFrame frame = Gradient(480, 400);
        SimilarityTransform toSource = Transform(scale, degrees, x, y);
        var crop = new float[64 * 64];
        new FaceAligner().AlignGray(frame, Face(toSource), 64, crop);
        for (int row = 0; row < 64; row += 7)
        {
            for (int column = 0; column < 64; column += 7)
            {
                Vector2 at = toSource.Apply(new Vector2(column + 0.5f, row + 0.5f));
                if (at.X < 4 || at.Y < 4 || at.X > 476 || at.Y > 396)
                    continue;
                // The gradient is rounded to whole gray values, and a pixel's centre lies at a half.
                (crop[(row * 64) + column] * 255).ShouldBe((0.25f * (at.X - 0.5f)) + (0.3f * (at.Y - 0.5f)), 1.2f, $"{column}, {row}");
            }
        }
    }

    [Theory]
    [InlineData(2.5f, 0)]
    [InlineData(4.9f, 15)]
    [InlineData(9.3f, 45)]
    public void A_pattern_finer_than_the_crop_turns_gray_instead_of_into_stripes(float scale, float degrees)
    {
        const int Size = 1000;
        var data = new byte[Size * Size];
        for (int i = 0; i < data.Length; i++)
            data[i] = (byte)((((i % Size) ^ (i / Size)) & 1) * 255);
        var frame = new ImageFrame();
        frame.Load("mono8", Size, Size, Size, false, data);
        var crop = new float[64 * 64];
        new FaceAligner().AlignGray(frame, Face(Transform(scale, degrees, 500 - (32 * scale), 500 - (32 * scale))), 64, crop);
        float[] inside = [.. Enumerable.Range(0, 64 * 64).Where(i => i % 64 is > 20 and < 44 && i / 64 is > 20 and < 44).Select(i => crop[i])];
        inside.ShouldAllBe(v => v > 0.4f && v < 0.6f);
    }

    [Fact]
    public void Colour_and_gray_crops_show_the_same()
    {
        Picture portrait = Png.Read(Repository.Asset("astronaut.png"));
        ImageFrame frame = portrait.ToFrame();
        FaceKeypoints face = Face(Transform(2.2f, 8, 150, 40));
        var aligner = new FaceAligner();
        var gray = new float[64 * 64];
        var rgb = new float[64 * 64 * 3];
        aligner.AlignGray(frame, face, 64, gray);
        aligner.AlignRgb(frame, face, 64, rgb);
        for (int i = 0; i < gray.Length; i++)
            ((0.299f * rgb[3 * i]) + (0.587f * rgb[(3 * i) + 1]) + (0.114f * rgb[(3 * i) + 2])).ShouldBe(gray[i], 0.006f);
    }

    [Fact]
    public void An_upright_crop_is_a_square_around_the_box_and_black_outside_the_picture()
    {
        var frame = new ImageFrame();
        var data = new byte[100 * 100 * 3];
        for (int i = 0; i < data.Length; i += 3)
            (data[i], data[i + 1], data[i + 2]) = (200, 100, 50);
        frame.Load("rgb8", 100, 100, 300, false, data);
        var bgr = new byte[128 * 128 * 3];
        new FaceAligner().CropBgr(frame, new BoundingBox(-50, 0, 50, 60), 128, bgr);
        Pixel(bgr, 127, 64).ShouldBe([50, 100, 200]);
        Pixel(bgr, 66, 64).ShouldBe([50, 100, 200]);
        Pixel(bgr, 60, 64).ShouldBe([0, 0, 0]);
        // The box is 60 high: above it, the square of 100 reaches 20 pixels beyond the picture.
        Pixel(bgr, 100, 20).ShouldBe([0, 0, 0]);
        Pixel(bgr, 100, 30).ShouldBe([50, 100, 200]);
    }

    [Theory]
    [InlineData(float.NaN, 1)]
    [InlineData(1e20f, 1)]
    [InlineData(-5_000, 1)]
    [InlineData(50, 0)]
    public void Points_from_nowhere_give_a_plain_crop_and_no_crash(float x, float spread)
    {
        ImageFrame frame = Gradient(100, 100);
        var crop = new float[64 * 64];
        Array.Fill(crop, 9f);
        Vector2 at = new(x, 50);
        var face = new FaceKeypoints(at, at + new Vector2(10 * spread, 0), at, at + new Vector2(5, 12) * spread, at, at);
        new FaceAligner().AlignGray(frame, face, 64, crop);
        crop.ShouldAllBe(v => v >= 0 && v <= 1);
    }

    [Fact]
    public void Aligning_again_allocates_nothing()
    {
        ImageFrame frame = Gradient(640, 480);
        FaceKeypoints face = Face(Transform(3, 10, 200, 100));
        var aligner = new FaceAligner();
        var crop = new float[64 * 64];
        var bgr = new byte[128 * 128 * 3];
        void Once()
        {
            aligner.AlignGray(frame, face, 64, crop);
            aligner.AlignBgr(frame, face, 128, bgr);
            aligner.CropBgr(frame, new BoundingBox(200, 100, 300, 220), 128, bgr);
        }

        Once();
        Once();
        Allocations.Least(Once).ShouldBe(0);
    }

    [Fact]
    public void A_blurred_face_is_less_sharp_and_a_turned_one_less_frontal()
    {
        Picture portrait = Png.Read(Repository.Asset("astronaut.png"));
        ImageFrame frame = portrait.ToFrame();
        FaceKeypoints face = Face(Transform(1.5f, 0, 175, 65));
        var aligner = new FaceAligner();
        var crop = new float[64 * 64];
        aligner.AlignGray(frame, face, 64, crop);
        CropQuality sharp = CropQuality.Measure(crop, 64, 1, face);

        var blurred = new float[64 * 64];
        for (int i = 0; i < blurred.Length; i++)
            blurred[i] = Enumerable.Range(-2, 5).Average(d => crop[Math.Clamp(i + d, 0, crop.Length - 1)]);
        CropQuality soft = CropQuality.Measure(blurred, 64, 1, face with { Nose = face.RightEye });
        soft.Sharpness.ShouldBeLessThan(0.8f * sharp.Sharpness);
        sharp.Frontalness.ShouldBeGreaterThan(0.9f);
        soft.Frontalness.ShouldBe(0, 1e-3f);
    }

    private static byte[] Pixel(byte[] bgr, int x, int y) => bgr[(((y * 128) + x) * 3)..((((y * 128) + x) * 3) + 3)];

    private static SimilarityTransform Transform(float scale, float degrees, float x, float y)
    {
        float angle = degrees * MathF.PI / 180;
        return new SimilarityTransform(new Vector2(MathF.Cos(angle), MathF.Sin(angle)) * scale, new Vector2(x, y));
    }

    private static FaceKeypoints Face(SimilarityTransform toSource) => new(
        toSource.Apply(RightEye),
        toSource.Apply(LeftEye),
        toSource.Apply((RightEye + LeftEye + Mouth) / 3),
        toSource.Apply(Mouth),
        default,
        default);

    private static ImageFrame Gradient(int width, int height)
    {
        var data = new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                data[(y * width) + x] = (byte)Math.Round((0.25 * x) + (0.3 * y));
        }

        var frame = new ImageFrame();
        frame.Load("mono8", (uint)width, (uint)height, (uint)width, false, data);
        return frame;
    }
}
