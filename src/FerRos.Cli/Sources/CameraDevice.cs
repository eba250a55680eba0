using System.Diagnostics;
using System.Globalization;
using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>A camera of the machine, through Video4Linux.</summary>
internal sealed class CameraDevice : IPictureSource
{
    private readonly VideoCapture _capture;
    private readonly string _path;
    private long _start;
    private int _index;

    public CameraDevice(string path, PictureSourceOptions options)
    {
        _path = path;
        if (!File.Exists(path))
            throw new SourceException($"{path}: no such camera; {Cameras()}");

        _capture = new VideoCapture(path, VideoCaptureAPIs.V4L2);
        try
        {
            if (!_capture.IsOpened())
                throw new SourceException($"{path}: {WhyNot(path)}");

            if (options.Size is { } size)
            {
                _capture.FrameWidth = size.Width;
                _capture.FrameHeight = size.Height;
            }

            if (options.Fps is { } wanted)
                _capture.Fps = wanted;
            _capture.Set(VideoCaptureProperties.BufferSize, 2); // pictures that wait in the driver are old
            double fps = _capture.Fps;
            Fps = fps is > 0 and <= 1000 ? fps : PictureSource.DefaultFps;
            Description = string.Create(CultureInfo.InvariantCulture, $"camera {path}, {_capture.FrameWidth}x{_capture.FrameHeight}, {Fps:0.##} fps");
        }
        catch
        {
            _capture.Dispose();
            throw;
        }
    }

    public string Description { get; }

    public double Fps { get; }

    public int? Count => null;

    public bool IsLive => true;

    public bool TryRead(Mat picture, out TimeSpan time)
    {
        // V4L2 waits 10 s for a picture before it gives up.
        if (!_capture.Read(picture) || picture.Empty())
            throw new SourceException($"{_path}: the camera gives no picture after {_index} pictures; check its cable and whether another program uses it");
        long now = Stopwatch.GetTimestamp();
        if (_index++ == 0)
            _start = now;
        time = Stopwatch.GetElapsedTime(_start, now);
        return true;
    }

    public void Rewind() => throw new NotSupportedException("A camera has no beginning to go back to.");

    public void Dispose() => _capture.Dispose();

    private static string Cameras()
    {
        string[] found = Directory.GetFiles("/dev", "video*");
        Array.Sort(found, NaturalOrder.Instance);
        return found.Length == 0 ? "this machine has none (no /dev/video*)" : $"there are {string.Join(", ", found)}";
    }

    private static string WhyNot(string path)
    {
        try
        {
            using FileStream device = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            return "gives no pictures; it may be in use by another program, or be the camera's second device, which carries no pictures";
        }
        catch (UnauthorizedAccessException)
        {
            return "may not be opened by this user; add the user to the group video (sudo usermod -aG video $USER) and log in again";
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }
}
