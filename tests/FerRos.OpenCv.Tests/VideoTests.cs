namespace FerRos.OpenCv.Tests;

public class VideoTests
{
    [Theory]
    [InlineData("video.mp4", "mp4v")]
    [InlineData("video.avi", "MJPG")]
    [InlineData("Wide Ünïcode 顔.avi", "XVID")]
    public void A_video_is_written_and_read_back(string name, string codec)
    {
        using TestPictures.Folder folder = new();
        Size size = new(96, 64);
        using (VideoWriter writer = new(folder[name], FourCC.FromString(codec), fps: 12.5, size))
        {
            writer.IsOpened().ShouldBeTrue();
            using Mat frame = new(size, MatType.CV_8UC3);
            for (int i = 0; i < 20; i++)
            {
                frame.SetTo(Scalar.All(10 * i));
                writer.Write(frame);
            }
        }

        using VideoCapture video = new(folder[name]);
        video.IsOpened().ShouldBeTrue();
        video.FrameWidth.ShouldBe(96);
        video.FrameHeight.ShouldBe(64);
        video.Fps.ShouldBe(12.5, tolerance: 0.01);
        video.FrameCount.ShouldBe(20);
        video.GetBackendName().ShouldNotBeEmpty();
        using Mat read = new();
        for (int i = 0; i < 20; i++)
        {
            video.Read(read).ShouldBeTrue();
            read.Size().ShouldBe(size);
            ((double)read.GetRowSpan<byte>(32)[3 * 48]).ShouldBe(10 * i, tolerance: 6);
        }

        video.Read(read).ShouldBeFalse();
        video.PosFrames = 0;
        video.Grab().ShouldBeTrue();
        video.Retrieve(read).ShouldBeTrue();
        ((double)read.GetRowSpan<byte>(32)[3 * 48]).ShouldBe(0, tolerance: 6);
        video.Release();
        video.IsOpened().ShouldBeFalse();
        video.GetBackendName().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_missing_or_no_video_does_not_open()
    {
        using TestPictures.Folder folder = new();
        File.WriteAllText(folder["text.mp4"], "this is no video");
        foreach (string name in new[] { "missing.mp4", "text.mp4" })
        {
            using VideoCapture video = new(folder[name], VideoCaptureAPIs.FFMPEG);
            video.IsOpened().ShouldBeFalse(name);
            using Mat frame = new();
            video.Read(frame).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_camera_that_is_not_there_does_not_open()
    {
        using VideoCapture camera = new("/dev/video99", VideoCaptureAPIs.V4L2);
        camera.IsOpened().ShouldBeFalse();
        camera.Open(99, VideoCaptureAPIs.V4L2).ShouldBeFalse();
    }

    [Fact]
    public void A_video_that_was_cut_short_ends_early_and_does_not_crash()
    {
        using TestPictures.Folder folder = new();
        using (VideoWriter writer = new(folder["whole.avi"], FourCC.MJPG, 10, new Size(64, 48)))
        {
            using Mat frame = TestPictures.Gradient(64, 48);
            for (int i = 0; i < 30; i++)
                writer.Write(frame);
        }

        byte[] whole = File.ReadAllBytes(folder["whole.avi"]);
        File.WriteAllBytes(folder["cut.avi"], whole[..(whole.Length / 2)]);
        using VideoCapture video = new(folder["cut.avi"], VideoCaptureAPIs.FFMPEG);
        using Mat read = new();
        int frames = 0;
        while (video.Read(read))
            frames++;
        frames.ShouldBeInRange(1, 29);
    }

    [Fact]
    public void Frames_that_OpenCV_would_drop_in_silence_are_refused()
    {
        using TestPictures.Folder folder = new();
        using VideoWriter writer = new(folder["video.avi"], FourCC.MJPG, 10, new Size(64, 48));
        using Mat other = new(48, 65, MatType.CV_8UC3, Scalar.All(0));
        using Mat grey = new(48, 64, MatType.CV_8UC1, Scalar.All(0));
        Should.Throw<ArgumentException>(() => writer.Write(other)).Message.ShouldContain("65x48");
        Should.Throw<ArgumentException>(() => writer.Write(grey)).Message.ShouldContain("CV_8UC1");
        writer.Release();
        Should.Throw<InvalidOperationException>(() => writer.Write(other));
    }

    [Fact]
    public void A_video_that_cannot_be_written_does_not_open()
    {
        using VideoWriter writer = new();
        writer.Open("/nowhere/at/all.mp4", FourCC.MP4V, 10, new Size(64, 48), apiPreference: VideoCaptureAPIs.FFMPEG).ShouldBeFalse();
        writer.IsOpened().ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => writer.Open("/tmp/a.mp4", FourCC.MP4V, 0, new Size(64, 48)));
        Should.Throw<ArgumentException>(() => FourCC.FromString("mpeg4"));
        FourCC.MP4V.ToString().ShouldBe("mp4v");
    }
}
