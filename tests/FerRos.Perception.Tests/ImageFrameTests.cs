namespace FerRos.Perception.Tests;

public class ImageFrameTests
{
    [Theory]
    [InlineData("rgb8", 0, 480, 1920, 921_600, "width", "0")]
    [InlineData("rgb8", 640, 0, 1920, 921_600, "height", "0")]
    [InlineData("rgb8", 20_000, 20_000, 60_000, 16, "width", "20000")]
    [InlineData("mono8", 16, 4_000_000_000, 16, 16, "height", "4000000000")]
    [InlineData("rgb8", 640, 480, 1919, 921_600, "step", "1919")]
    [InlineData("rgb8", 640, 480, 0, 921_600, "step", "0")]
    [InlineData("mono16", 640, 480, 640, 921_600, "step", "640")]
    [InlineData("rgb8", 640, 480, 1920, 921_599, "data", "921599")]
    [InlineData("rgb8", 640, 480, 4_294_967_295, 921_600, "step", "4294967295")]
    [InlineData("nv12", 640, 480, 640, 307_200, "data", "307200")]
    [InlineData("nv12", 641, 480, 641, 999_999, "width", "641")]
    [InlineData("nv21", 640, 481, 640, 999_999, "height", "481")]
    [InlineData("yuv422", 641, 480, 1300, 999_999, "width", "641")]
    [InlineData("yuyv", 3, 3, 6, 18, "width", "3")]
    [InlineData("bayer_rggb8", 1, 2, 1, 2, "width", "1")]
    [InlineData("32FC1", 2, 2, 8, 32, "encoding", "'32FC1'")]
    [InlineData("RGB8", 2, 2, 6, 12, "encoding", "'RGB8'")]
    [InlineData("", 2, 2, 6, 12, "encoding", "''")]
    public void A_description_that_does_not_fit_is_refused_by_the_field_and_its_value(
        string encoding, long width, long height, long step, int length, string field, string value)
    {
        var frame = new ImageFrame();
        var refused = Should.Throw<ImageFormatException>(
            () => frame.Load(encoding, (uint)width, (uint)height, (uint)step, false, new byte[length]));
        refused.Field.ShouldBe(field);
        refused.Value.ShouldBe(value);
        refused.Message.ShouldContain(value.Trim('\''));
        frame.Width.ShouldBe(0);
    }

    [Fact]
    public void A_refused_picture_leaves_the_former_one_in_place()
    {
        var frame = new ImageFrame();
        frame.Load("mono8", 2, 1, 2, false, [7, 9], stamp: 5);
        Should.Throw<ImageFormatException>(() => frame.Load("mono8", 4, 4, 4, false, new byte[3], stamp: 6));
        (frame.Width, frame.Height, frame.Stamp).ShouldBe((2, 1, 5));
        frame.Data.ToArray().ShouldBe([7, 9]);
    }

    [Fact]
    public void Control_characters_and_long_names_of_encodings_are_not_repeated()
    {
        var refused = Should.Throw<ImageFormatException>(
            () => new ImageFrame().Load("a\n\u001b" + new string('x', 500), 2, 2, 6, false, new byte[12]));
        refused.Message.Length.ShouldBeLessThan(400);
        refused.Message.ShouldContain("a??xxx");
    }

    [Fact]
    public void The_padding_of_the_last_row_may_be_missing()
    {
        var frame = new ImageFrame();
        frame.Load("mono8", 2, 2, 5, false, [1, 2, 0, 0, 0, 3, 4]);
        Gray(frame).ShouldBe([1, 2, 3, 4]);
    }

    [Theory]
    [InlineData("rgb8", "rgb8")]
    [InlineData("bgr8", "8UC3")]
    [InlineData("bgra8", "8UC4")]
    [InlineData("mono8", "8UC1")]
    [InlineData("uyvy", "yuv422")]
    [InlineData("yuyv", "yuv422_yuy2")]
    public void An_alias_is_the_same_format(string encoding, string alias)
    {
        byte[] data = Noise(8 * 4 * 4);
        var first = new ImageFrame();
        var second = new ImageFrame();
        first.Load(encoding, 8, 4, 32, false, data);
        second.Load(alias, 8, 4, 32, false, data);
        second.Format.ShouldBe(first.Format);
        Rgb(second).ShouldBe(Rgb(first));
    }

    [Theory]
    [InlineData("rgb8", new byte[] { 10, 20, 30 }, new byte[] { 10, 20, 30 })]
    [InlineData("bgr8", new byte[] { 10, 20, 30 }, new byte[] { 30, 20, 10 })]
    [InlineData("rgba8", new byte[] { 10, 20, 30, 99 }, new byte[] { 10, 20, 30 })]
    [InlineData("bgra8", new byte[] { 10, 20, 30, 99 }, new byte[] { 30, 20, 10 })]
    [InlineData("mono8", new byte[] { 77 }, new byte[] { 77, 77, 77 })]
    [InlineData("mono16", new byte[] { 0xFF, 0xFF }, new byte[] { 255, 255, 255 })]
    [InlineData("mono16", new byte[] { 0x00, 0x80 }, new byte[] { 128, 128, 128 })]
    [InlineData("mono16", new byte[] { 0x40, 0x01 }, new byte[] { 1, 1, 1 })]
    // Pure colours of BT.601: 75 % bars are the usual check values; these are the full ones.
    [InlineData("uyvy", new byte[] { 128, 16, 128, 235 }, new byte[] { 0, 0, 0, 255, 255, 255 })]
    [InlineData("yuyv", new byte[] { 81, 90, 81, 240 }, new byte[] { 254, 0, 0, 254, 0, 0 })]
    [InlineData("yuyv", new byte[] { 145, 54, 145, 34 }, new byte[] { 0, 255, 1, 0, 255, 1 })]
    [InlineData("yuyv", new byte[] { 41, 240, 41, 110 }, new byte[] { 0, 0, 255, 0, 0, 255 })]
    public void A_pixel_of_each_encoding_becomes_its_colour(string encoding, byte[] data, byte[] rgb)
    {
        var frame = new ImageFrame();
        frame.Load(encoding, (uint)(rgb.Length / 3), 1, (uint)data.Length, false, data);
        byte[] converted = Rgb(frame);
        for (int i = 0; i < rgb.Length; i++)
            ((int)converted[i]).ShouldBeInRange(rgb[i] - 1, rgb[i] + 1, $"value {i}");
    }

    [Fact]
    public void Sixteen_bits_are_read_in_the_byte_order_of_the_picture()
    {
        var frame = new ImageFrame();
        frame.Load("mono16", 2, 1, 4, isBigEndian: true, [0x80, 0x00, 0x01, 0x40]);
        Gray(frame).ShouldBe([128, 1]);
    }

    [Theory]
    [InlineData("bayer_rggb8")]
    [InlineData("bayer_bggr8")]
    [InlineData("bayer_gbrg8")]
    [InlineData("bayer_grbg8")]
    public void A_mosaic_of_one_colour_becomes_that_colour_everywhere_its_border_included(string encoding)
    {
        const int Width = 7;
        const int Height = 5;
        string sites = encoding[6..10];
        var data = new byte[Width * Height];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
                data[(y * Width) + x] = sites[((y & 1) * 2) + (x & 1)] switch { 'r' => 200, 'g' => 100, _ => 50 };
        }

        var frame = new ImageFrame();
        frame.Load(encoding, Width, Height, Width, false, data);
        byte[] rgb = Rgb(frame);
        for (int i = 0; i < rgb.Length; i += 3)
            rgb[i..(i + 3)].ShouldBe([200, 100, 50]);
    }

    [Theory]
    [InlineData("rgb8", 3)]
    [InlineData("bgr8", 3)]
    [InlineData("rgba8", 4)]
    [InlineData("bgra8", 4)]
    public void Gray_is_the_weighted_sum_of_the_colours_at_every_width(string encoding, int channels)
    {
        for (int width = 1; width < 70; width++)
        {
            byte[] data = Noise(width * channels);
            var frame = new ImageFrame();
            frame.Load(encoding, (uint)width, 1, (uint)data.Length, false, data);
            byte[] gray = Gray(frame);
            bool bgr = encoding.StartsWith('b');
            for (int x = 0; x < width; x++)
            {
                double red = data[(x * channels) + (bgr ? 2 : 0)];
                double blue = data[(x * channels) + (bgr ? 0 : 2)];
                double expected = (0.299 * red) + (0.587 * data[(x * channels) + 1]) + (0.114 * blue);
                ((double)gray[x]).ShouldBe(expected, 1.1, $"pixel {x} of {width}");
            }
        }
    }

    [Fact]
    public void Loading_again_allocates_nothing()
    {
        var frame = new ImageFrame();
        byte[] data = Noise(640 * 480 * 3);
        frame.Load("rgb8", 640, 480, 1920, false, data);
        Allocations.Least(() =>
        {
            for (int i = 0; i < 10; i++)
                frame.Load("bgr8", 640, 480, 1920, false, data, i, i, "camera");
        }).ShouldBe(0);
    }

    internal static byte[] Noise(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }

    internal static byte[] Rgb(ImageFrame frame)
    {
        var rgb = new byte[frame.Width * frame.Height * 3];
        frame.CopyToRgb(rgb);
        return rgb;
    }

    internal static byte[] Gray(ImageFrame frame)
    {
        var gray = new byte[frame.Width * frame.Height];
        frame.CopyToGray(gray);
        return gray;
    }
}
