using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>How a source is opened.</summary>
/// <param name="Fps">Pictures a second: of a folder, and asked of a camera; null: 30, or the camera's own.</param>
/// <param name="Size">Size asked of a camera; null: its own.</param>
/// <param name="Warn">Told, in one line, of what was left out; null: nobody.</param>
internal sealed record PictureSourceOptions(double? Fps = null, Size? Size = null, Action<string>? Warn = null);

/// <summary>Opens what a user names: a video, a picture, a folder of pictures, or a camera.</summary>
internal static class PictureSource
{
    /// <summary>Pictures a second where nothing tells.</summary>
    public const double DefaultFps = 30;

    /// <summary>Endings of the pictures that are looked for in a folder.</summary>
    public static readonly string[] PictureExtensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"];

    /// <summary>Opens a source.</summary>
    /// <param name="source">Path of a file, a folder or a device (<c>/dev/video0</c>), or a camera's number (<c>0</c>).</param>
    /// <param name="options">How.</param>
    /// <exception cref="SourceException">It is not there, or is nothing that can be read.</exception>
    public static IPictureSource Open(string source, PictureSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        options ??= new PictureSourceOptions();
        if (Directory.Exists(source))
            return new PictureFolder(source, options);
        if (source.StartsWith("/dev/", StringComparison.Ordinal))
            return new CameraDevice(source, options);
        if (File.Exists(source))
            return IsPicture(source) ? new PictureFile(source) : new VideoFile(source);
        if (int.TryParse(source, out int number) && number >= 0)
            return new CameraDevice($"/dev/video{number}", options);
        throw new SourceException($"{source}: no such file, folder or camera");
    }

    public static bool IsPicture(string file) => PictureExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads one picture; false when it is damaged or none at all.</summary>
    public static bool TryReadPicture(string file, Mat picture)
    {
        byte[] data = File.ReadAllBytes(file);
        if (ImageHeader.TryRead(data, out _))
            return Cv2.ImDecode(data, ImreadModes.Color, picture);

        using Mat read = Cv2.ImRead(file);
        if (read.Empty())
            return false;
        read.CopyTo(picture);
        return true;
    }
}
