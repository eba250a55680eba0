using System.Buffers;
using System.Buffers.Binary;

namespace FerRos.OpenCv.Tests;

public class CodecTests
{
    [Theory]
    [InlineData(".png", 0)]
    [InlineData(".jpg", 12)]
    public void A_picture_comes_back_from_memory(string extension, int tolerance)
    {
        using Mat picture = TestPictures.Gradient(64, 48);
        byte[] encoded = Cv2.ImEncode(extension, picture, new ImageEncodingParam(ImwriteFlags.JpegQuality, 98));
        using Mat decoded = Cv2.ImDecode(encoded);
        decoded.Size().ShouldBe(new Size(64, 48));
        decoded.Type().ShouldBe(MatType.CV_8UC3);
        Difference(picture, decoded).ShouldBeLessThanOrEqualTo(tolerance);
    }

    [Fact]
    public void Sixteen_bits_and_opacity_come_back_when_asked_for()
    {
        using Mat depth = new(2, 3, MatType.CV_16UC1);
        ushort[] values = [0, 1, 255, 256, 40_000, 65_535];
        values.CopyTo(depth.AsSpan<ushort>());
        using Mat same = Cv2.ImDecode(Cv2.ImEncode(".png", depth), ImreadModes.Unchanged);
        same.Type().ShouldBe(MatType.CV_16UC1);
        same.AsSpan<ushort>().ToArray().ShouldBe(values);

        using Mat opaque = new(2, 2, MatType.CV_8UC4, new Scalar(1, 2, 3, 77));
        using Mat back = Cv2.ImDecode(Cv2.ImEncode(".png", opaque), ImreadModes.Unchanged);
        back.AsSpan<byte>()[..4].ToArray().ShouldBe([1, 2, 3, 77]);
        using Mat grey = Cv2.ImDecode(Cv2.ImEncode(".png", opaque), ImreadModes.Grayscale);
        grey.Type().ShouldBe(MatType.CV_8UC1);
    }

    [Fact]
    public void Decoding_again_and_again_uses_the_same_memory_and_allocates_nothing()
    {
        using Mat picture = TestPictures.Gradient(64, 48);
        byte[] encoded = Cv2.ImEncode(".png", picture);
        using Mat decoded = new();
        Cv2.ImDecode(encoded, ImreadModes.Color, decoded).ShouldBeTrue();
        ArrayBufferWriter<byte> buffer = new(1 << 16);
        Work(3);
        nint address = Address(decoded);
        Allocations.Least(() => Work(20)).ShouldBe(0);
        Address(decoded).ShouldBe(address);
        buffer.WrittenSpan.ToArray().ShouldBe(encoded);

        void Work(int times)
        {
            for (int i = 0; i < times; i++)
            {
                Cv2.ImDecode(encoded, ImreadModes.Color, decoded);
                buffer.ResetWrittenCount();
                Cv2.ImEncode(".png", decoded, buffer);
            }
        }

        static unsafe nint Address(Mat mat)
        {
            fixed (byte* first = mat.AsSpan<byte>())
                return (nint)first;
        }
    }

    [Fact]
    public void A_matrix_over_managed_memory_takes_a_decoded_picture()
    {
        using Mat picture = TestPictures.Gradient(64, 48);
        byte[] pixels = new byte[64 * 48 * 3];
        using Mat target = Mat.FromPixelData(48, 64, MatType.CV_8UC3, pixels);
        Cv2.ImDecode(Cv2.ImEncode(".png", picture), ImreadModes.Color, target).ShouldBeTrue();
        pixels.ShouldBe(TestPictures.Pixels(picture));
    }

    [Fact]
    public void What_is_no_picture_gives_none()
    {
        using Mat previous = TestPictures.Gradient(64, 48);
        foreach (byte[] data in new byte[][] { [], [0xFF], [0xFF, 0xD8], "no picture at all"u8.ToArray(), new byte[10_000], "BM"u8.ToArray() })
        {
            Cv2.ImDecode(data, ImreadModes.Color, previous).ShouldBeFalse();
            using Mat none = Cv2.ImDecode(data);
            none.Empty().ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    public void A_picture_that_is_cut_anywhere_gives_none(string extension)
    {
        using Mat picture = TestPictures.Gradient(64, 48);
        byte[] encoded = Cv2.ImEncode(extension, picture);
        using Mat decoded = new();

        // The last 12 bytes of a PNG are an empty chunk that adds nothing to its picture.
        for (int length = 0; length < encoded.Length - (extension == ".png" ? 16 : 0); length++)
        {
            Cv2.ImDecode(encoded, ImreadModes.Color, decoded).ShouldBeTrue();
            bool taken = Cv2.ImDecode(encoded.AsSpan(0, length), ImreadModes.Color, decoded);
            taken.ShouldBeFalse($"{length} of {encoded.Length} bytes");
        }
    }

    [Fact]
    public void Random_damage_never_crashes()
    {
        Random random = new(7);
        using Mat picture = TestPictures.Gradient(160, 120);
        using Mat decoded = new();
        foreach (string extension in new[] { ".png", ".jpg" })
        {
            byte[] whole = Cv2.ImEncode(extension, picture);
            for (int i = 0; i < 300; i++)
            {
                byte[] damaged = whole.AsSpan(0, random.Next(2, whole.Length + 1)).ToArray();
                for (int changes = random.Next(8); changes > 0; changes--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                try
                {
                    Cv2.ImDecode(damaged, ImreadModes.Color, decoded);
                }
                catch (PictureTooLargeException)
                {
                    // a changed header may ask for any size
                }
            }
        }

        Cv2.ImDecode(Cv2.ImEncode(".png", picture), ImreadModes.Color, decoded).ShouldBeTrue();
        TestPictures.Pixels(decoded).ShouldBe(TestPictures.Pixels(picture));
    }

    [Theory]
    [InlineData(20_000, 20_000)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(1, 67_108_865)]
    public void A_header_that_asks_for_gigabytes_is_refused_with_its_size(int width, int height)
    {
        byte[] png = [0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        Should.Throw<PictureTooLargeException>(() => Cv2.ImDecode(png)).Message.ShouldContain($"{width}x{height}");
    }

    [Fact]
    public void A_JPEG_header_that_asks_for_gigabytes_is_refused_with_its_size()
    {
        using Mat picture = TestPictures.Gradient(64, 48);
        byte[] jpeg = Cv2.ImEncode(".jpg", picture);
        int frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        frame.ShouldBeGreaterThan(0);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 65_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 64_000);
        Should.Throw<PictureTooLargeException>(() => Cv2.ImDecode(jpeg)).Message.ShouldContain("64000x65000");
    }

    [Fact]
    public void Headers_tell_size_and_channels_without_decoding()
    {
        using Mat colour = TestPictures.Gradient(65, 33);
        using Mat grey = new(33, 65, MatType.CV_8UC1, Scalar.All(9));
        using Mat depth = new(7, 5, MatType.CV_16UC1, Scalar.All(9));
        ImageHeader.TryRead(Cv2.ImEncode(".png", colour), out ImageHeader header).ShouldBeTrue();
        header.ShouldBe(new ImageHeader(ImageFormat.Png, 65, 33, 3, 8));
        ImageHeader.TryRead(Cv2.ImEncode(".jpg", colour), out header).ShouldBeTrue();
        header.ShouldBe(new ImageHeader(ImageFormat.Jpeg, 65, 33, 3, 8));
        ImageHeader.TryRead(Cv2.ImEncode(".jpg", grey, new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1)), out header).ShouldBeTrue();
        header.ShouldBe(new ImageHeader(ImageFormat.Jpeg, 65, 33, 1, 8));
        ImageHeader.TryRead(Cv2.ImEncode(".png", depth), out header).ShouldBeTrue();
        header.ShouldBe(new ImageHeader(ImageFormat.Png, 5, 7, 1, 16));
    }

    [Fact]
    public void Files_are_found_by_names_in_any_script()
    {
        using TestPictures.Folder folder = new();
        using Mat picture = TestPictures.Gradient(32, 24);
        foreach (string name in new[] { "Gesicht ä ö ü.png", "顔.png", "ansikte-🙂.bmp", "%d.png" })
        {
            Cv2.ImWrite(folder[name], picture).ShouldBeTrue();
            File.Exists(folder[name]).ShouldBeTrue();
            using Mat back = Cv2.ImRead(folder[name]);
            TestPictures.Pixels(back).ShouldBe(TestPictures.Pixels(picture));
        }
    }

    [Fact]
    public void Files_that_are_missing_or_damaged_give_an_empty_matrix()
    {
        using TestPictures.Folder folder = new();
        File.WriteAllText(folder["text.png"], "not a picture");
        File.WriteAllBytes(folder["empty.jpg"], []);
        foreach (string name in new[] { "missing.png", "text.png", "empty.jpg" })
        {
            using Mat mat = Cv2.ImRead(folder[name]);
            mat.Empty().ShouldBeTrue(name);
        }

        using Mat folderItself = Cv2.ImRead(folder.Name);
        folderItself.Empty().ShouldBeTrue();
    }

    [Fact]
    public void What_cannot_be_encoded_is_an_error_with_the_text_of_OpenCV()
    {
        using Mat picture = TestPictures.Gradient(8, 8);
        using Mat empty = new();
        Should.Throw<OpenCVException>(() => Cv2.ImEncode(".nonsense", picture)).Message.ShouldContain("encoder");
        Should.Throw<OpenCVException>(() => Cv2.ImEncode(".png", empty)).ErrMsg.ShouldContain("empty");
        Should.Throw<OpenCVException>(() => Cv2.ImWrite("/tmp/picture.nonsense", picture));
    }

    private static int Difference(Mat a, Mat b)
    {
        byte[] first = TestPictures.Pixels(a);
        byte[] second = TestPictures.Pixels(b);
        return first.Zip(second, static (x, y) => Math.Abs(x - y)).Max();
    }
}
