using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Node.Tests.Support;
using FerRos.OpenCv;
using FerRos.Ros2;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;

namespace FerRos.Node.Tests;

public class DebugImageTests
{
    private static readonly QosProfile Newest = QosProfile.Default with { Depth = 1 };

    [Fact]
    public async Task The_debug_picture_is_the_cameras_with_something_drawn_where_the_face_is()
    {
        await using var stage = await Stage.Begin();
        var (_, pictures) = stage.Hear<Image>("/ferros/debug_image", Newest);
        await stage.Show(Stage.Portrait, () => pictures.Any(p => stage.Affect.Any(a => a.Header.Equals(p.Header) && a.Faces.Count == 1)), "a debug picture of a face");

        var picture = pictures.First(p => stage.Affect.Any(a => a.Header.Equals(p.Header) && a.Faces.Count == 1));
        var roi = stage.Affect.First(a => a.Header.Equals(picture.Header)).Faces[0].Roi;
        (picture.Width, picture.Height, picture.Encoding).ShouldBe((512u, 512u, "bgr8"));
        picture.Header.FrameId.ShouldBe("camera_optical");

        // The box's upper edge is drawn; a corner far from the face is as the camera saw it, blue and red exchanged.
        Pixel(picture, (int)(roi.XOffset + (roi.Width / 2)), (int)roi.YOffset).ShouldNotBe(Original((int)(roi.XOffset + (roi.Width / 2)), (int)roi.YOffset));
        Pixel(picture, 5, 500).ShouldBe(Original(5, 500));
        Pixel(picture, 505, 500).ShouldBe(Original(505, 500));
    }

    [Fact]
    [Trait("Needs", "opencv")]
    public async Task The_compressed_debug_picture_is_a_JPEG_of_the_same_size()
    {
        BadInputTests.SkipWithoutOpenCv();
        await using var stage = await Stage.Begin();
        var (_, pictures) = stage.Hear<CompressedImage>("/ferros/debug_image/compressed", Newest);
        await stage.Show(Stage.Portrait, () => !pictures.IsEmpty, "a compressed debug picture");

        var picture = pictures.First();
        picture.Format.ShouldBe("bgr8; jpeg compressed bgr8");
        using var decoded = Cv2.ImDecode(picture.Data.Span);
        (decoded.Width, decoded.Height).ShouldBe((512, 512));
        var pixel = decoded.AsSpan<byte>()[(((500 * 512) + 5) * 3)..];
        var original = Original(5, 500);
        ((double)pixel[0]).ShouldBe(original.Blue, 24);
        ((double)pixel[2]).ShouldBe(original.Red, 24);
    }

    private static (byte Blue, byte Green, byte Red) Pixel(Image image, int x, int y)
    {
        var at = image.Data.Span[(int)((y * image.Step) + (x * 3))..];
        return (at[0], at[1], at[2]);
    }

    private static (byte Blue, byte Green, byte Red) Original(int x, int y)
    {
        var at = Stage.Portrait.Pixels.AsSpan(((y * Stage.Portrait.Width) + x) * 3);
        return (at[2], at[1], at[0]);
    }
}
