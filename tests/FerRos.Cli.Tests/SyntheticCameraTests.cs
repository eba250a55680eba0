using FerRos.Cli.Sources;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Cli.Tests;

public class SyntheticCameraTests
{
    [Fact]
    public void A_picture_depends_on_its_time_alone()
    {
        using SyntheticCamera camera = SyntheticCamera.Load();
        using SyntheticCamera other = SyntheticCamera.Load();
        using Mat first = new();
        using Mat second = new();
        camera.Render(TimeSpan.FromSeconds(3.5), first);
        other.Render(TimeSpan.FromSeconds(1), second);
        other.Render(TimeSpan.FromSeconds(3.5), second);
        first.Size().ShouldBe(new Size(640, 480));
        first.AsSpan<byte>().SequenceEqual(second.AsSpan<byte>()).ShouldBeTrue();
        other.Render(TimeSpan.FromSeconds(3.6), second);
        first.AsSpan<byte>().SequenceEqual(second.AsSpan<byte>()).ShouldBeFalse();
    }

    [Fact]
    public void The_face_moves_smoothly_stays_in_view_turns_and_dims()
    {
        using SyntheticCamera camera = SyntheticCamera.Load();
        using Mat picture = new();
        (double X, double Y) before = default;
        double darkest = 255, brightest = 0, left = 640, right = 0;
        for (int i = 0; i < 30 * 60; i++)
        {
            TimeSpan time = TimeSpan.FromSeconds(i / 30.0);
            (double x, double y) = camera.Project(time, 224, 118);
            x.ShouldBeInRange(120, 520);
            y.ShouldBeInRange(100, 380);
            if (i > 0)
                Math.Max(Math.Abs(x - before.X), Math.Abs(y - before.Y)).ShouldBeLessThan(5);
            before = (x, y);
            left = Math.Min(left, x);
            right = Math.Max(right, x);
            if (i % 60 != 0)
                continue;
            camera.Render(time, picture);
            double mean = 0;
            foreach (byte value in picture.AsSpan<byte>())
                mean += value;
            mean /= 640 * 480 * 3;
            darkest = Math.Min(darkest, mean);
            brightest = Math.Max(brightest, mean);
        }

        (right - left).ShouldBeGreaterThan(150);
        (brightest / darkest).ShouldBeGreaterThan(1.5);
    }

    [Fact]
    public void Detector_and_camera_agree_where_the_face_is()
    {
        using SyntheticCamera camera = SyntheticCamera.Load();
        using FaceDetector detector = new(CreateRunner("blazeface-short-range"));
        using Mat picture = new();
        ImageFrame frame = new();
        for (int i = 0; i < 20; i++)
        {
            TimeSpan time = TimeSpan.FromSeconds(i * 1.7);
            camera.Render(time, picture);
            frame.Load(PixelFormat.Bgr24, 640, 480, 640 * 3, false, picture.AsSpan<byte>());
            ReadOnlySpan<FaceDetection> faces = detector.Detect(frame);
            faces.Length.ShouldBe(1, $"at {time.TotalSeconds} s");
            (double x, double y) = camera.Project(time, 226, 115); // middle of the box that is found in the portrait itself
            ((double)faces[0].Box.CenterX).ShouldBe(x, tolerance: 25);
            ((double)faces[0].Box.CenterY).ShouldBe(y, tolerance: 25);
        }

        static INetworkRunner CreateRunner(string name)
        {
            Model model = ModelDirectory.Default().Load(name);
            return CpuRunner.Create(model.Network, model.Weights);
        }
    }
}
