using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Cli.Analysis;

/// <summary>A video of the pictures with boxes, labels and bars drawn in. All frames get the first one's size.</summary>
internal sealed class AnnotatedVideo : IAnalysisOutput
{
    /// <summary>Endings that can be written.</summary>
    public static readonly string[] Extensions = [".mp4", ".avi", ".mkv", ".mov"];

    private readonly string _path;
    private readonly double _fps;
    private readonly VideoWriter _writer = new();
    private readonly Mat _frame = new();

    /// <summary>Creates the output; the file appears with the first frame.</summary>
    /// <param name="path">Path with one of <see cref="Extensions"/>.</param>
    /// <param name="fps">Frames a second.</param>
    public AnnotatedVideo(string path, double fps)
    {
        _path = path;
        _fps = fps;
    }

    public void Write(int frame, TimeSpan time, PerceptionResult result, Mat picture)
    {
        Annotator.Draw(result, picture.AsSpan<byte>(), bgr: true);
        if (!_writer.IsOpened())
            Open(picture.Size());

        // Codecs halve the colours' resolution and want even sizes: an odd column or row is left out.
        Size size = _writer.FrameSize;
        if (picture.Width == size.Width && picture.Height == size.Height)
        {
            _writer.Write(picture);
            return;
        }

        if (picture.Width - size.Width is 0 or 1 && picture.Height - size.Height is 0 or 1)
        {
            using Mat even = picture[new Rect(0, 0, size.Width, size.Height)];
            even.CopyTo(_frame);
        }
        else
        {
            Cv2.Resize(picture, _frame, size, interpolation: InterpolationFlags.Area);
        }

        _writer.Write(_frame);
    }

    public void Dispose()
    {
        _writer.Release();
        _writer.Dispose();
        _frame.Dispose();
    }

    private void Open(Size size)
    {
        Size even = new(Math.Max(2, size.Width & ~1), Math.Max(2, size.Height & ~1));
        FourCC codec = Path.GetExtension(_path).Equals(".avi", StringComparison.OrdinalIgnoreCase) ? FourCC.MJPG : FourCC.MP4V;
        if (!_writer.Open(Path.GetFullPath(_path), codec, _fps, even, apiPreference: VideoCaptureAPIs.FFMPEG))
            throw new CommandException($"{_path}: a video of {even} at {_fps:0.##} fps cannot be written here; check the folder's permissions and free space");
    }
}
