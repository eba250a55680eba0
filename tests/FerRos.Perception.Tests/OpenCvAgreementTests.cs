using FerRos.OpenCv;

namespace FerRos.Perception.Tests;

/// <summary>The conversions against OpenCV's, on noise, where every mistake shows.</summary>
public class OpenCvAgreementTests
{
    private const int Width = 66;
    private const int Height = 38;

    [Theory]
    [InlineData("uyvy", 2, ColorConversionCodes.YUV2BGR_UYVY)]
    [InlineData("yuyv", 2, ColorConversionCodes.YUV2BGR_YUY2)]
    [InlineData("rgba8", 4, ColorConversionCodes.RGBA2BGR)]
    [InlineData("bgra8", 4, ColorConversionCodes.BGRA2BGR)]
    [InlineData("rgb8", 3, ColorConversionCodes.RGB2BGR)]
    [InlineData("mono8", 1, ColorConversionCodes.GRAY2BGR)]
    public void A_packed_encoding_converts_as_OpenCV_does(string encoding, int channels, ColorConversionCodes code)
    {
        byte[] data = ImageFrameTests.Noise(Width * Height * channels);
        using Mat source = Mat.FromPixelData(Height, Width, MatType.MakeType(MatType.CV_8U, channels), data);
        Compare(encoding, data, Width * channels, Height, source, code, margin: 0, tolerance: 1);
    }

    [Theory]
    [InlineData("nv12", ColorConversionCodes.YUV2BGR_NV12)]
    [InlineData("nv21", ColorConversionCodes.YUV2BGR_NV21)]
    public void A_semi_planar_encoding_converts_as_OpenCV_does(string encoding, ColorConversionCodes code)
    {
        byte[] data = ImageFrameTests.Noise(Width * Height * 3 / 2);
        using Mat source = Mat.FromPixelData(Height * 3 / 2, Width, MatType.CV_8UC1, data);
        Compare(encoding, data, Width, Height, source, code, margin: 0, tolerance: 1);
    }

    [Theory]
    [InlineData("bayer_rggb8", ColorConversionCodes.BayerBG2BGR)]
    [InlineData("bayer_grbg8", ColorConversionCodes.BayerGB2BGR)]
    [InlineData("bayer_bggr8", ColorConversionCodes.BayerRG2BGR)]
    [InlineData("bayer_gbrg8", ColorConversionCodes.BayerGR2BGR)]
    public void A_mosaic_converts_as_OpenCV_does_away_from_the_border(string encoding, ColorConversionCodes code)
    {
        byte[] data = ImageFrameTests.Noise(Width * Height);
        using Mat source = Mat.FromPixelData(Height, Width, MatType.CV_8UC1, data);
        Compare(encoding, data, Width, Height, source, code, margin: 1, tolerance: 1);
    }

    private static void Compare(string encoding, byte[] data, int step, int height, Mat source, ColorConversionCodes code, int margin, int tolerance)
    {
        var frame = new ImageFrame();
        frame.Load(encoding, Width, (uint)height, (uint)step, false, data);
        byte[] rgb = ImageFrameTests.Rgb(frame);
        using var converted = new Mat();
        Cv2.CvtColor(source, converted, code);
        for (int y = margin; y < height - margin; y++)
        {
            ReadOnlySpan<byte> expected = converted.GetRowSpan<byte>(y);
            for (int x = margin; x < Width - margin; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    int difference = Math.Abs(rgb[(((y * Width) + x) * 3) + c] - expected[(x * 3) + 2 - c]);
                    difference.ShouldBeLessThanOrEqualTo(tolerance, $"{encoding} at {x}, {y}, channel {c}");
                }
            }
        }
    }
}
