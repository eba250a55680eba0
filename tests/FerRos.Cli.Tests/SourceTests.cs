using FerRos.Cli.Sources;
using FerRos.OpenCv;

namespace FerRos.Cli.Tests;

public class SourceTests
{
    [Fact]
    public void A_folder_gives_its_pictures_in_natural_order_and_leaves_damaged_ones_out()
    {
        using TestFolder folder = new();
        folder.Grey("frame10.png", 100);
        folder.Grey("frame9.PNG", 90);
        folder.Grey("frame2.bmp", 20);
        File.WriteAllText(folder["frame3.png"], "no picture");
        File.WriteAllText(folder["notes.txt"], "not looked at");
        List<string> warnings = [];
        using IPictureSource source = PictureSource.Open(folder.Name, new PictureSourceOptions(Fps: 10, Warn: warnings.Add));
        source.Count.ShouldBe(4);
        source.IsLive.ShouldBeFalse();
        for (int round = 0; round < 2; round++)
        {
            ReadAll(source).ShouldBe([(0.0, 20), (0.2, 90), (0.3, 100)]);
            source.Rewind();
        }

        warnings[0].ShouldContain("frame3.png");
    }

    [Fact]
    public void A_video_gives_every_frame_with_its_time_and_can_start_over()
    {
        using TestFolder folder = new();
        using (VideoWriter writer = new(folder["video.mp4"], FourCC.MP4V, 25, new Size(64, 48)))
        {
            using Mat frame = new(48, 64, MatType.CV_8UC3);
            for (int i = 0; i < 10; i++)
            {
                frame.SetTo(Scalar.All(20 * i));
                writer.Write(frame);
            }
        }

        using IPictureSource source = PictureSource.Open(folder["video.mp4"]);
        source.Fps.ShouldBe(25, tolerance: 0.01);
        source.Count.ShouldBe(10);
        source.Description.ShouldContain("64x48");
        for (int round = 0; round < 2; round++)
        {
            List<(double Time, int Grey)> frames = ReadAll(source);
            frames.Count.ShouldBe(10);
            for (int i = 0; i < 10; i++)
            {
                frames[i].Time.ShouldBe(i / 25.0, tolerance: 0.001);
                ((double)frames[i].Grey).ShouldBe(20 * i, tolerance: 6);
            }

            source.Rewind();
        }
    }

    [Fact]
    public void A_single_picture_is_one_frame()
    {
        using TestFolder folder = new();
        using IPictureSource source = PictureSource.Open(folder.Grey("one.jpg", 77));
        ReadAll(source).ShouldBe([(0.0, 77)]);
        ReadAll(source).ShouldBeEmpty();
        source.Rewind();
        ReadAll(source).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("missing.mp4", "no such file")]
    [InlineData("/dev/video77", "no such camera")]
    [InlineData("77", "no such camera")]
    [InlineData("/", "holds no pictures")]
    public void What_is_not_there_is_named(string source, string reason) =>
        Should.Throw<SourceException>(() => PictureSource.Open(source)).Message.ShouldSatisfyAllConditions(
            message => message.ShouldContain(reason),
            message => message.ShouldNotContain("\n"));

    [Theory]
    [InlineData("damaged.mp4", "not a video")]
    [InlineData("damaged.png", "not a picture")]
    [InlineData("damaged", "not a video")]
    public void A_damaged_file_is_named(string name, string reason)
    {
        using TestFolder folder = new();
        File.WriteAllText(folder[name], "neither picture nor video");
        string message = Should.Throw<SourceException>(() => PictureSource.Open(folder[name])).Message;
        message.ShouldContain(reason);
        message.ShouldContain(name);
    }

    [Fact]
    public void A_folder_of_damaged_pictures_is_an_error()
    {
        using TestFolder folder = new();
        File.WriteAllText(folder["a.png"], "no picture");
        using IPictureSource source = PictureSource.Open(folder.Name);
        using Mat picture = new();
        Should.Throw<SourceException>(() => source.TryRead(picture, out _)).Message.ShouldContain("none of its 1 pictures");
    }

    private static List<(double Time, int Grey)> ReadAll(IPictureSource source)
    {
        List<(double, int)> result = [];
        using Mat picture = new();
        while (source.TryRead(picture, out TimeSpan time))
            result.Add((Math.Round(time.TotalSeconds, 6), picture.GetRowSpan<byte>(5)[15]));
        return result;
    }
}
