using FerRos.Cli.Sources;
using FerRos.OpenCv;

namespace FerRos.Cli.Tests;

/// <summary>A folder that is deleted when the test ends.</summary>
internal sealed class TestFolder : IDisposable
{
    internal TestFolder() => Directory.CreateDirectory(Name);

    internal string Name { get; } = Path.Combine(Path.GetTempPath(), "ferros-" + Path.GetRandomFileName());

    internal string this[string file] => Path.Combine(Name, file);

    public void Dispose() => Directory.Delete(Name, recursive: true);

    /// <summary>A picture of one grey.</summary>
    internal string Grey(string name, int value, int width = 32, int height = 24)
    {
        using Mat mat = new(height, width, MatType.CV_8UC3, Scalar.All(value));
        Cv2.ImWrite(this[name], mat).ShouldBeTrue();
        return this[name];
    }

    /// <summary>A video of the moving portrait.</summary>
    internal string Portrait(string name, int frames, double fps = 30)
    {
        using SyntheticCamera camera = SyntheticCamera.Load();
        using VideoWriter writer = new(this[name], FourCC.MJPG, fps, camera.Size);
        using Mat frame = new();
        for (int i = 0; i < frames; i++)
        {
            camera.Render(TimeSpan.FromSeconds(i / fps), frame);
            writer.Write(frame);
        }

        return this[name];
    }
}
