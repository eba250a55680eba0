using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>A single picture.</summary>
internal sealed class PictureFile : IPictureSource
{
    private readonly Mat _picture = new();
    private bool _read;

    public PictureFile(string path)
    {
        try
        {
            if (!PictureSource.TryReadPicture(path, _picture))
                throw new SourceException($"{path}: not a picture, or damaged; check that an image viewer opens it");
        }
        catch (Exception exception) when (exception is PictureTooLargeException or OpenCVException)
        {
            throw new SourceException($"{path}: {exception.Message}", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SourceException($"{path}: may not be read by this user", exception);
        }

        Description = $"picture {Path.GetFileName(path)}, {_picture.Size()}";
    }

    public string Description { get; }

    public double Fps => PictureSource.DefaultFps;

    public int? Count => 1;

    public bool IsLive => false;

    public bool TryRead(Mat picture, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        if (_read)
            return false;
        _read = true;
        _picture.CopyTo(picture);
        return true;
    }

    public void Rewind() => _read = false;

    public void Dispose() => _picture.Dispose();
}
