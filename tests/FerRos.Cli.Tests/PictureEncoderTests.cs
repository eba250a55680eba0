using System.Buffers;
using System.Buffers.Binary;
using FerRos.Cli.Sources;
using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Cli.Tests;

public class PictureEncoderTests
{
    public static TheoryData<string, int> Lossy => new()
    {
        // Greatest difference of a channel on a picture of slow gradients.
        { "bgr8", 0 }, { "rgb8", 0 }, { "bgra8", 0 }, { "rgba8", 0 },
        { "yuv422", 6 }, { "uyvy", 6 }, { "yuv422_yuy2", 6 }, { "yuyv", 6 }, { "nv12", 7 }, { "nv21", 7 },
        { "bayer_rggb8", 4 }, { "bayer_bggr8", 4 }, { "bayer_gbrg8", 4 }, { "bayer_grbg8", 4 },
    };

    [Theory]
    [MemberData(nameof(Lossy))]
    public void The_decoder_of_perception_gives_the_picture_back(string encoding, int tolerance)
    {
        using Mat picture = Gradient(64, 48);
        byte[] encoded = Encode(encoding, picture);
        ImageFrame frame = new();
        frame.Load(encoding, 64, 48, (uint)new PictureEncoder(encoding).Step(64), false, encoded);
        byte[] rgb = new byte[64 * 48 * 3];
        frame.CopyToRgb(rgb);

        // Beyond a mosaic's edge there is nothing to interpolate with.
        int margin = encoding.StartsWith("bayer", StringComparison.Ordinal) ? 2 : 0;
        for (int y = margin; y < 48 - margin; y++)
        {
            ReadOnlySpan<byte> row = picture.GetRowSpan<byte>(y);
            for (int x = margin; x < 64 - margin; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                    Math.Abs(rgb[(((y * 64) + x) * 3) + channel] - row[(3 * x) + 2 - channel]).ShouldBeLessThanOrEqualTo(tolerance, $"({x}, {y}) channel {channel}");
            }
        }
    }

    [Theory]
    [InlineData("yuv422", ColorConversionCodes.YUV2BGR_UYVY, 2, 48)]
    [InlineData("yuv422_yuy2", ColorConversionCodes.YUV2BGR_YUY2, 2, 48)]
    [InlineData("nv12", ColorConversionCodes.YUV2BGR_NV12, 1, 72)]
    [InlineData("nv21", ColorConversionCodes.YUV2BGR_NV21, 1, 72)]
    [InlineData("bayer_rggb8", ColorConversionCodes.BayerBG2BGR, 1, 48)]
    [InlineData("bayer_bggr8", ColorConversionCodes.BayerRG2BGR, 1, 48)]
    [InlineData("bayer_gbrg8", ColorConversionCodes.BayerGR2BGR, 1, 48)]
    [InlineData("bayer_grbg8", ColorConversionCodes.BayerGB2BGR, 1, 48)]
    public void OpenCV_gives_the_picture_back(string encoding, ColorConversionCodes code, int channels, int rows)
    {
        using Mat picture = Gradient(64, 48);
        using Mat encoded = Mat.FromPixelData(rows, 64, MatType.MakeType(MatType.CV_8U, channels), Encode(encoding, picture));
        using Mat decoded = new();
        Cv2.CvtColor(encoded, decoded, code);
        for (int y = 2; y < 46; y++)
        {
            for (int x = 6; x < 186; x++)
                Math.Abs(decoded.GetRowSpan<byte>(y)[x] - picture.GetRowSpan<byte>(y)[x]).ShouldBeLessThanOrEqualTo(7);
        }
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(255, 255, 255, 255)]
    [InlineData(255, 0, 0, 29)] // blue: 0.114
    [InlineData(0, 255, 0, 150)] // green: 0.587
    [InlineData(0, 0, 255, 76)] // red: 0.299
    public void Grey_weighs_the_channels_as_BT601_does(int blue, int green, int red, int grey)
    {
        using Mat picture = new(2, 2, MatType.CV_8UC3, new Scalar(blue, green, red));
        Encode("mono8", picture).ShouldAllBe(value => value == grey);
        BinaryPrimitives.ReadUInt16LittleEndian(Encode("mono16", picture)).ShouldBe((ushort)(grey * 257));
    }

    [Theory]
    [InlineData(0, 0, 0, 16, 128, 128)]
    [InlineData(255, 255, 255, 235, 128, 128)]
    [InlineData(0, 0, 255, 81, 90, 240)] // the colour bars of BT.601
    [InlineData(0, 255, 0, 145, 54, 34)]
    [InlineData(255, 0, 0, 41, 240, 110)]
    public void Colours_have_the_codes_of_BT601(int blue, int green, int red, int luma, int u, int v)
    {
        using Mat picture = new(2, 2, MatType.CV_8UC3, new Scalar(blue, green, red));
        Encode("uyvy", picture)[..4].Select(static x => (int)x).ShouldBe([u, luma, v, luma]);
        Encode("yuyv", picture)[..4].Select(static x => (int)x).ShouldBe([luma, u, luma, v]);
        Encode("nv12", picture).Select(static x => (int)x).ShouldBe([luma, luma, luma, luma, u, v]);
        Encode("nv21", picture).Select(static x => (int)x).ShouldBe([luma, luma, luma, luma, v, u]);
    }

    [Theory]
    [InlineData("jpeg", 6)]
    [InlineData("png", 0)]
    public void Compressed_pictures_come_back(string encoding, int tolerance)
    {
        PictureEncoder encoder = new(encoding);
        encoder.IsCompressed.ShouldBeTrue();
        using Mat picture = Gradient(64, 48);
        ArrayBufferWriter<byte> buffer = new();
        encoder.Compress(picture, buffer);
        using Mat decoded = Cv2.ImDecode(buffer.WrittenSpan);
        for (int i = 0; i < 64 * 48 * 3; i++)
            Math.Abs(decoded.AsSpan<byte>()[i] - picture.AsSpan<byte>()[i]).ShouldBeLessThanOrEqualTo(tolerance);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_with_a_reason()
    {
        new PictureEncoder("yuv422").Refusal(new Size(641, 480)).ShouldNotBeNull().ShouldContain("641x480");
        new PictureEncoder("nv12").Refusal(new Size(640, 481)).ShouldNotBeNull().ShouldContain("even");
        new PictureEncoder("yuyv").Refusal(new Size(640, 481)).ShouldBeNull();
        new PictureEncoder("bgr8").Refusal(new Size(641, 481)).ShouldBeNull();
        Should.Throw<ArgumentException>(() => new PictureEncoder("bgr9")).Message.ShouldContain("bgr8");
    }

    private static byte[] Encode(string encoding, Mat picture)
    {
        PictureEncoder encoder = new(encoding);
        byte[] result = new byte[encoder.Length(picture.Size())];
        encoder.Encode(picture, result);
        return result;
    }

    // Slow in every channel, so that halved chroma and mosaics lose little.
    private static Mat Gradient(int width, int height)
    {
        Mat mat = new(height, width, MatType.CV_8UC3);
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = mat.GetRowSpan<byte>(y);
            for (int x = 0; x < width; x++)
            {
                row[3 * x] = (byte)(40 + (2 * x));
                row[(3 * x) + 1] = (byte)(200 - (2 * y));
                row[(3 * x) + 2] = (byte)(60 + x + y);
            }
        }

        return mat;
    }
}
