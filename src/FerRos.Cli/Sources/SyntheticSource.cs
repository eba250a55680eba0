using System.Globalization;
using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>The synthetic camera as a source that never ends.</summary>
internal sealed class SyntheticSource : IPictureSource
{
    private readonly SyntheticCamera _camera;
    private long _index;

    /// <summary>Creates the source with the portrait that ships with the program.</summary>
    /// <param name="fps">Pictures a second.</param>
    /// <param name="size">Size of the pictures; null: 640x480.</param>
    /// <exception cref="SourceException">The portrait is missing.</exception>
    public SyntheticSource(double fps = PictureSource.DefaultFps, Size? size = null)
    {
        _camera = SyntheticCamera.Load(size);
        Fps = fps;
        Description = string.Create(CultureInfo.InvariantCulture, $"synthetic camera, {_camera.Size}, {fps:0.##} fps");
    }

    public string Description { get; }

    public double Fps { get; }

    public int? Count => null;

    // Nothing is lost while nobody asks: it is no live source.
    public bool IsLive => false;

    public bool TryRead(Mat picture, out TimeSpan time)
    {
        time = TimeSpan.FromSeconds(_index++ / Fps);
        _camera.Render(time, picture);
        return true;
    }

    public void Rewind() => _index = 0;

    public void Dispose() => _camera.Dispose();
}
