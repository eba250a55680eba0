using FerRos.OpenCv.Native;

namespace FerRos.OpenCv;

public static partial class Cv2
{
    /// <summary>Version of the OpenCV that is loaded.</summary>
    public static string GetVersionString() => NativeError.Text(NativeMethods.Version());

    /// <summary>Threads that OpenCV's functions may use; 0 or 1: the caller's alone.</summary>
    public static void SetNumThreads(int threads) => NativeError.Check(NativeMethods.SetNumThreads(threads));

    /// <summary>Converts between colour spaces.</summary>
    /// <param name="src">Read.</param>
    /// <param name="dst">Written; may be <paramref name="src"/>.</param>
    /// <param name="code">From what to what.</param>
    /// <param name="dstCn">Channels of the result; 0: as the code implies.</param>
    /// <exception cref="OpenCVException">The type does not fit the code.</exception>
    public static void CvtColor(Mat src, Mat dst, ColorConversionCodes code, int dstCn = 0)
    {
        Check(src, dst);
        NativeError.Check(NativeMethods.CvtColor(src.Handle, dst.Handle, (int)code, dstCn));
    }

    /// <summary>Resizes.</summary>
    /// <param name="src">Read.</param>
    /// <param name="dst">Written.</param>
    /// <param name="dsize">Size of the result; 0x0: by the factors.</param>
    /// <param name="fx">Horizontal factor.</param>
    /// <param name="fy">Vertical factor.</param>
    /// <param name="interpolation">How values between pixels are found; Area for shrinking.</param>
    /// <exception cref="OpenCVException">Empty source, or neither size nor factors.</exception>
    public static void Resize(Mat src, Mat dst, Size dsize, double fx = 0, double fy = 0, InterpolationFlags interpolation = InterpolationFlags.Linear)
    {
        Check(src, dst);
        NativeError.Check(NativeMethods.Resize(src.Handle, dst.Handle, dsize.Width, dsize.Height, fx, fy, (int)interpolation));
    }

    /// <summary>Mirrors.</summary>
    /// <exception cref="OpenCVException">Empty source.</exception>
    public static void Flip(Mat src, Mat dst, FlipMode flipCode)
    {
        Check(src, dst);
        NativeError.Check(NativeMethods.Flip(src.Handle, dst.Handle, (int)flipCode));
    }

    /// <summary>Blurs with a Gaussian.</summary>
    /// <param name="src">Read.</param>
    /// <param name="dst">Written; may be <paramref name="src"/>.</param>
    /// <param name="ksize">Odd size of the kernel; 0x0: by the deviations.</param>
    /// <param name="sigmaX">Standard deviation in pixels.</param>
    /// <param name="sigmaY">Standard deviation in pixels; 0: as <paramref name="sigmaX"/>.</param>
    /// <exception cref="OpenCVException">An even size, or neither size nor deviation.</exception>
    public static void GaussianBlur(Mat src, Mat dst, Size ksize, double sigmaX, double sigmaY = 0)
    {
        Check(src, dst);
        NativeError.Check(NativeMethods.GaussianBlur(src.Handle, dst.Handle, ksize.Width, ksize.Height, sigmaX, sigmaY));
    }

    /// <summary>Applies an affine transformation.</summary>
    /// <param name="src">Read.</param>
    /// <param name="dst">Written; not <paramref name="src"/>.</param>
    /// <param name="m">2x3, floating point: from source to destination, or back with <see cref="InterpolationFlags.WarpInverseMap"/>.</param>
    /// <param name="dsize">Size of the result.</param>
    /// <param name="flags">Interpolation.</param>
    /// <param name="borderMode">What is seen beyond the source.</param>
    /// <param name="borderValue">Colour for <see cref="BorderTypes.Constant"/>.</param>
    /// <exception cref="OpenCVException">A matrix of another shape, an empty source.</exception>
    public static void WarpAffine(
        Mat src, Mat dst, Mat m, Size dsize, InterpolationFlags flags = InterpolationFlags.Linear, BorderTypes borderMode = BorderTypes.Constant, Scalar borderValue = default)
    {
        Check(src, dst);
        ArgumentNullException.ThrowIfNull(m);
        NativeError.Check(NativeMethods.WarpAffine(src.Handle, dst.Handle, m.Handle, dsize.Width, dsize.Height, (int)flags, (int)borderMode, borderValue));
    }

    /// <summary>Applies a perspective transformation; parameters as <see cref="WarpAffine"/>, with a 3x3 matrix.</summary>
    /// <exception cref="OpenCVException">A matrix of another shape, an empty source.</exception>
    public static void WarpPerspective(
        Mat src, Mat dst, Mat m, Size dsize, InterpolationFlags flags = InterpolationFlags.Linear, BorderTypes borderMode = BorderTypes.Constant, Scalar borderValue = default)
    {
        Check(src, dst);
        ArgumentNullException.ThrowIfNull(m);
        NativeError.Check(NativeMethods.WarpPerspective(src.Handle, dst.Handle, m.Handle, dsize.Width, dsize.Height, (int)flags, (int)borderMode, borderValue));
    }

    /// <summary>The 2x3 matrix (64-bit floating point) of a rotation and scaling about a point.</summary>
    /// <param name="center">Stays in place.</param>
    /// <param name="angle">Degrees, counter-clockwise as seen.</param>
    /// <param name="scale">Factor.</param>
    public static Mat GetRotationMatrix2D(Point2f center, double angle, double scale)
    {
        NativeError.Check(NativeMethods.GetRotationMatrix(center.X, center.Y, angle, scale, out MatHandle handle));
        return new Mat(handle);
    }

    /// <summary>Draws a line.</summary>
    public static void Line(Mat img, Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
    {
        ArgumentNullException.ThrowIfNull(img);
        NativeError.Check(NativeMethods.Line(img.Handle, pt1.X, pt1.Y, pt2.X, pt2.Y, color, thickness, (int)lineType, shift));
    }

    /// <summary>Draws a rectangle; a negative thickness fills it.</summary>
    public static void Rectangle(Mat img, Rect rect, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
    {
        ArgumentNullException.ThrowIfNull(img);
        NativeError.Check(NativeMethods.Rectangle(img.Handle, rect.X, rect.Y, rect.Width, rect.Height, color, thickness, (int)lineType, shift));
    }

    /// <summary>Draws a circle; a negative thickness fills it.</summary>
    public static void Circle(Mat img, Point center, int radius, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
    {
        ArgumentNullException.ThrowIfNull(img);
        NativeError.Check(NativeMethods.Circle(img.Handle, center.X, center.Y, radius, color, thickness, (int)lineType, shift));
    }

    /// <summary>Draws text of ASCII characters; others appear as question marks.</summary>
    /// <param name="img">Drawn into.</param>
    /// <param name="text">The text.</param>
    /// <param name="org">Left end of its base line.</param>
    /// <param name="fontFace">Font.</param>
    /// <param name="fontScale">Factor on the font's size; at 1, capitals of the simplex font are 21 pixels high.</param>
    /// <param name="color">Colour.</param>
    /// <param name="thickness">Of the strokes.</param>
    /// <param name="lineType">AntiAlias for smooth edges.</param>
    /// <param name="bottomLeftOrigin">Whether y points upwards.</param>
    public static void PutText(
        Mat img, string text, Point org, HersheyFonts fontFace, double fontScale, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, bool bottomLeftOrigin = false)
    {
        ArgumentNullException.ThrowIfNull(img);
        ArgumentNullException.ThrowIfNull(text);
        NativeError.Check(NativeMethods.PutText(img.Handle, text, org.X, org.Y, (int)fontFace, fontScale, color, thickness, (int)lineType, bottomLeftOrigin ? 1 : 0));
    }

    /// <summary>Size of the box around a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fontFace">Font.</param>
    /// <param name="fontScale">Factor on the font's size.</param>
    /// <param name="thickness">Of the strokes.</param>
    /// <param name="baseLine">Pixels from the base line down to the lowest of the text.</param>
    public static Size GetTextSize(string text, HersheyFonts fontFace, double fontScale, int thickness, out int baseLine)
    {
        ArgumentNullException.ThrowIfNull(text);
        NativeError.Check(NativeMethods.GetTextSize(text, (int)fontFace, fontScale, thickness, out int width, out int height, out baseLine));
        return new Size(width, height);
    }

    private static void Check(Mat src, Mat dst)
    {
        ArgumentNullException.ThrowIfNull(src);
        ArgumentNullException.ThrowIfNull(dst);
    }
}
