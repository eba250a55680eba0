using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>
/// A camera before which a portrait moves: sideways, up and down, nearer and farther; it rolls, turns and dims. A picture
/// depends on its time alone. Not thread-safe.
/// </summary>
internal sealed class SyntheticCamera : IDisposable
{
    // Middle of the face in assets/astronaut.png, pixels.
    private const double FaceX = 224;
    private const double FaceY = 118;

    // Focal length in pixels of a 640-pixel-wide picture: 48 degrees across, a common webcam.
    private const double FocalLength = 720;

    private readonly Mat _portrait;
    private readonly Mat _background = new();
    private readonly Mat _homography = new(3, 3, MatType.CV_64FC1);
    private readonly Mat _bright = new();
    private readonly Size _size;

    /// <summary>Creates the camera.</summary>
    /// <param name="portrait">BGR, 512x512; the camera owns it from now on.</param>
    /// <param name="size">Size of the pictures.</param>
    public SyntheticCamera(Mat portrait, Size size)
    {
        _portrait = portrait;
        _size = size;
        Cv2.Resize(portrait, _background, size);
        Cv2.GaussianBlur(_background, _background, default, sigmaX: size.Width / 16.0);
        _background.ConvertTo(_background, MatType.CV_8UC3, alpha: 0.6);
    }

    /// <summary>Size of the pictures.</summary>
    public Size Size => _size;

    /// <summary>The camera with the portrait that ships with the program, 640x480.</summary>
    /// <exception cref="SourceException">The portrait is missing.</exception>
    public static SyntheticCamera Load(Size? size = null)
    {
        string file = PortraitPath();
        Mat portrait = Cv2.ImRead(file);
        return portrait.Empty() ? throw new SourceException($"{file}: damaged; get the file anew") : new SyntheticCamera(portrait, size ?? new Size(640, 480));
    }

    /// <summary>Takes the picture of a moment.</summary>
    /// <param name="time">Since the start.</param>
    /// <param name="picture">Filled with BGR.</param>
    public void Render(TimeSpan time, Mat picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        View view = View.At(time.TotalSeconds);
        FillHomography(view);
        _background.CopyTo(_bright);
        Cv2.WarpPerspective(_portrait, _bright, _homography, _size, InterpolationFlags.Linear, BorderTypes.Transparent);
        _bright.ConvertTo(picture, MatType.CV_8UC3, alpha: view.Brightness);
    }

    /// <summary>Where a point of the portrait appears in the picture of a moment.</summary>
    internal (double X, double Y) Project(TimeSpan time, double x, double y)
    {
        FillHomography(View.At(time.TotalSeconds));
        ReadOnlySpan<double> h = _homography.AsSpan<double>();
        double w = (h[6] * x) + (h[7] * y) + h[8];
        return (((h[0] * x) + (h[1] * y) + h[2]) / w, ((h[3] * x) + (h[4] * y) + h[5]) / w);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _portrait.Dispose();
        _background.Dispose();
        _homography.Dispose();
        _bright.Dispose();
    }

    private static string PortraitPath()
    {
        const string Name = "assets/astronaut.png";
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, Name);
            if (File.Exists(file))
                return file;
        }

        throw new SourceException($"{Name} is neither beside the program ({AppContext.BaseDirectory}) nor above it; get the file anew");
    }

    /// <summary>
    /// The portrait is a plane that turns about the middle of the face: H = K [r1 r2 t], with the columns of
    /// R = Rz(roll) Ry(yaw) Rx(pitch), and the face at distance f / scale from the camera.
    /// </summary>
    private void FillHomography(in View view)
    {
        double unit = _size.Width / 640.0;
        double f = FocalLength * unit;
        (double sz, double cz) = Math.SinCos(view.Roll);
        (double sy, double cy) = Math.SinCos(view.Yaw);
        (double sx, double cx) = Math.SinCos(view.Pitch);

        // Columns r1 and r2.
        double r11 = cz * cy, r21 = sz * cy, r31 = -sy;
        double r12 = (cz * sy * sx) - (sz * cx), r22 = (sz * sy * sx) + (cz * cx), r32 = cy * sx;

        double size = unit * view.Scale;
        double middleX = (_size.Width / 2.0) + (view.X * unit);
        double middleY = (_size.Height / 2.0) + (view.Y * unit);

        Span<double> h = _homography.AsSpan<double>();
        for (int column = 0; column < 2; column++)
        {
            double x = column == 0 ? r11 : r12;
            double y = column == 0 ? r21 : r22;
            double z = column == 0 ? r31 : r32;
            h[column] = size * ((f * x) + (middleX * z));
            h[3 + column] = size * ((f * y) + (middleY * z));
            h[6 + column] = size * z;
        }

        h[2] = (f * middleX) - (h[0] * FaceX) - (h[1] * FaceY);
        h[5] = (f * middleY) - (h[3] * FaceX) - (h[4] * FaceY);
        h[8] = f - (h[6] * FaceX) - (h[7] * FaceY);
    }

    /// <summary>Where the face is: offset from the middle in pixels of a 640-wide picture, angles in radians.</summary>
    private readonly record struct View(double X, double Y, double Scale, double Roll, double Yaw, double Pitch, double Brightness)
    {
        // Periods that share no small multiple: the movement does not repeat within minutes.
        internal static View At(double seconds) => new(
            X: 110 * Wave(seconds, 11),
            Y: -20 + (45 * Wave(seconds, 7)),
            Scale: 1.25 + (0.35 * Wave(seconds, 13)),
            Roll: Degrees(12 * Wave(seconds, 9)),
            Yaw: Degrees(22 * Wave(seconds, 8)),
            Pitch: Degrees(8 * Wave(seconds, 10)),
            Brightness: 0.75 + (0.25 * Math.Cos(Math.Tau * seconds / 15)));

        private static double Wave(double seconds, double period) => Math.Sin(Math.Tau * seconds / period);

        private static double Degrees(double value) => value * Math.PI / 180;
    }
}
