using System.Globalization;
using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>A video file.</summary>
internal sealed class VideoFile : IPictureSource
{
    private readonly VideoCapture _capture;
    private readonly string _path;
    private double? _firstMilliseconds;
    private TimeSpan _last = TimeSpan.MinValue;
    private int _index;

    public VideoFile(string path)
    {
        // A full path, so that FFmpeg takes no name for a protocol; FFmpeg by name, because others among OpenCV's backends
        // take a file that is missing or damaged for a camera and search the machine.
        _path = path;
        _capture = new VideoCapture(Path.GetFullPath(path), VideoCaptureAPIs.FFMPEG);
        try
        {
            if (!_capture.IsOpened())
                throw new SourceException($"{path}: not a video that FFmpeg reads, or damaged; ffprobe tells what it is");

            double fps = _capture.Fps;
            Fps = fps is > 0 and <= 1000 ? fps : PictureSource.DefaultFps; // headers hold nonsense now and then
            Count = _capture.FrameCount is > 0 and int count ? count : null;
            Description = string.Create(
                CultureInfo.InvariantCulture, $"video {Path.GetFileName(path)}, {_capture.FrameWidth}x{_capture.FrameHeight}, {Fps:0.##} fps{(Count is null ? "" : $", {Count} frames")}");
        }
        catch
        {
            _capture.Dispose();
            throw;
        }
    }

    public string Description { get; }

    public double Fps { get; }

    public int? Count { get; }

    public bool IsLive => false;

    public bool TryRead(Mat picture, out TimeSpan time)
    {
        time = default;
        if (!_capture.Read(picture) || picture.Empty())
        {
            return _index > 0
                ? false
                : throw new SourceException($"{_path}: no frame can be decoded; the file is damaged or its codec is missing");
        }

        // The time that the file gives, from its first frame on; older OpenCV counts from 1 and others give 0 for some
        // containers. Where it does not grow, frames count.
        double milliseconds = _capture.PosMsec;
        _firstMilliseconds ??= milliseconds;
        time = TimeSpan.FromMilliseconds(milliseconds - _firstMilliseconds.Value);
        if (_index == 0)
            time = TimeSpan.Zero;
        else if (time <= _last)
            time = _last + TimeSpan.FromSeconds(1 / Fps);
        _last = time;
        _index++;
        return true;
    }

    public void Rewind()
    {
        _index = 0;
        _last = TimeSpan.MinValue;
        _firstMilliseconds = null;
        if (_capture.Set(VideoCaptureProperties.PosFrames, 0) && _capture.PosFrames == 0)
            return;
        if (!_capture.Open(Path.GetFullPath(_path), VideoCaptureAPIs.FFMPEG))
            throw new SourceException($"{_path}: cannot be opened again; was it moved or replaced?");
    }

    public void Dispose() => _capture.Dispose();
}
