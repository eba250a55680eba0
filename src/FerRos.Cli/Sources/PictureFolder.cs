using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>The pictures of a folder in natural order, evenly spaced in time. Damaged ones are left out with a warning.</summary>
internal sealed class PictureFolder : IPictureSource
{
    private readonly string[] _files;
    private readonly Action<string>? _warn;
    private readonly string _path;
    private int _next;
    private int _good;

    public PictureFolder(string path, PictureSourceOptions options)
    {
        try
        {
            _files = Directory.GetFiles(path).Where(PictureSource.IsPicture).ToArray();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SourceException($"{path}: may not be read by this user", exception);
        }

        if (_files.Length == 0)
            throw new SourceException($"{path}: holds no pictures ({string.Join(", ", PictureSource.PictureExtensions)})");
        Array.Sort(_files, NaturalOrder.Instance);
        _path = path;
        _warn = options.Warn;
        Fps = options.Fps ?? PictureSource.DefaultFps;
        Description = $"folder {path}, {_files.Length} pictures";
    }

    public string Description { get; }

    public double Fps { get; }

    public int? Count => _files.Length;

    public bool IsLive => false;

    /// <summary>The file that was read last.</summary>
    public string? Current { get; private set; }

    public bool TryRead(Mat picture, out TimeSpan time)
    {
        while (_next < _files.Length)
        {
            // A picture that is left out leaves its time free.
            time = TimeSpan.FromSeconds(_next / Fps);
            string file = _files[_next++];
            if (TryReadFile(file, picture))
            {
                Current = file;
                _good++;
                return true;
            }
        }

        time = default;
        return _good > 0 ? false : throw new SourceException($"{_path}: none of its {_files.Length} pictures can be read; check that an image viewer opens them");
    }

    public void Rewind() => _next = 0;

    public void Dispose()
    {
    }

    private bool TryReadFile(string file, Mat picture)
    {
        try
        {
            if (PictureSource.TryReadPicture(file, picture))
                return true;
            _warn?.Invoke($"{file}: not a picture, or damaged; left out");
        }
        catch (Exception exception) when (exception is PictureTooLargeException or OpenCVException or IOException or UnauthorizedAccessException)
        {
            _warn?.Invoke($"{file}: left out: {exception.Message}");
        }

        return false;
    }
}
