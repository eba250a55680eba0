namespace FerRos.OpenCv;

/// <summary>How a picture is read.</summary>
[Flags]
public enum ImreadModes
{
    /// <summary>As stored, with opacity and depth, without rotation.</summary>
    Unchanged = -1,

    /// <summary>One channel of bytes.</summary>
    Grayscale = 0,

    /// <summary>Three channels of bytes, BGR.</summary>
    Color = 1,

    /// <summary>16 bits stay 16 bits.</summary>
    AnyDepth = 2,

    /// <summary>Grey stays grey, colour stays colour.</summary>
    AnyColor = 4,

    /// <summary>Grey, half the size; a JPEG is decoded at that size, which is quicker.</summary>
    ReducedGrayscale2 = 16,

    /// <summary>Colour, half the size.</summary>
    ReducedColor2 = 17,

    /// <summary>Grey, a quarter of the size.</summary>
    ReducedGrayscale4 = 32,

    /// <summary>Colour, a quarter of the size.</summary>
    ReducedColor4 = 33,

    /// <summary>Grey, an eighth of the size.</summary>
    ReducedGrayscale8 = 64,

    /// <summary>Colour, an eighth of the size.</summary>
    ReducedColor8 = 65,

    /// <summary>Not rotated as the Exif data ask; combine with another.</summary>
    IgnoreOrientation = 128,
}

/// <summary>Parameters of encoders.</summary>
public enum ImwriteFlags
{
    /// <summary>0 to 100; 95 where it is not given.</summary>
    JpegQuality = 1,

    /// <summary>0 or 1.</summary>
    JpegProgressive = 2,

    /// <summary>0 or 1: smaller, slower.</summary>
    JpegOptimize = 3,

    /// <summary>0 to 9; OpenCV's choice is 1 (quick) where it is not given.</summary>
    PngCompression = 16,
}

/// <summary>One parameter of an encoder.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential)]
public readonly record struct ImageEncodingParam(ImwriteFlags EncodingId, int Value);

/// <summary>
/// Conversions between colour spaces. OpenCV names a Bayer pattern by the pixels at (1,1) and (2,1), ROS by the first row:
/// BayerBG is ROS's rggb, BayerGB its grbg, BayerRG its bggr, BayerGR its gbrg.
/// </summary>
public enum ColorConversionCodes
{
    /// <summary>Adds opacity.</summary>
    BGR2BGRA = 0,

    /// <summary>Adds opacity.</summary>
    RGB2RGBA = 0,

    /// <summary>Drops opacity.</summary>
    BGRA2BGR = 1,

    /// <summary>Swaps red and blue, adds opacity.</summary>
    BGR2RGBA = 2,

    /// <summary>Swaps red and blue, drops opacity.</summary>
    RGBA2BGR = 3,

    /// <summary>Swaps red and blue.</summary>
    BGR2RGB = 4,

    /// <summary>Swaps red and blue.</summary>
    RGB2BGR = 4,

    /// <summary>To grey (BT.601 luma).</summary>
    BGR2GRAY = 6,

    /// <summary>To grey (BT.601 luma).</summary>
    RGB2GRAY = 7,

    /// <summary>Grey in three channels.</summary>
    GRAY2BGR = 8,

    /// <summary>Grey in three channels, with opacity.</summary>
    GRAY2BGRA = 9,

    /// <summary>To grey (BT.601 luma).</summary>
    BGRA2GRAY = 10,

    /// <summary>To grey (BT.601 luma).</summary>
    RGBA2GRAY = 11,

    /// <summary>ROS's bayer_rggb8.</summary>
    BayerBG2BGR = 46,

    /// <summary>ROS's bayer_grbg8.</summary>
    BayerGB2BGR = 47,

    /// <summary>ROS's bayer_bggr8.</summary>
    BayerRG2BGR = 48,

    /// <summary>ROS's bayer_gbrg8.</summary>
    BayerGR2BGR = 49,

    /// <summary>From NV12 (one channel, 3/2 of the height), BT.601 limited range.</summary>
    YUV2BGR_NV12 = 91,

    /// <summary>From NV21 (one channel, 3/2 of the height), BT.601 limited range.</summary>
    YUV2BGR_NV21 = 93,

    /// <summary>From UYVY (two channels), BT.601 limited range.</summary>
    YUV2BGR_UYVY = 108,

    /// <summary>From YUY2 (two channels), BT.601 limited range.</summary>
    YUV2BGR_YUY2 = 116,
}

/// <summary>How values between pixels are found.</summary>
[Flags]
public enum InterpolationFlags
{
    /// <summary>The nearest pixel.</summary>
    Nearest = 0,

    /// <summary>Bilinear.</summary>
    Linear = 1,

    /// <summary>Bicubic, 4x4.</summary>
    Cubic = 2,

    /// <summary>Mean over the pixel's area; for shrinking.</summary>
    Area = 3,

    /// <summary>Lanczos, 8x8.</summary>
    Lanczos4 = 4,

    /// <summary>The matrix of a warp goes from destination to source; combine with another.</summary>
    WarpInverseMap = 16,
}

/// <summary>What is seen beyond a picture's edge.</summary>
public enum BorderTypes
{
    /// <summary>One colour.</summary>
    Constant = 0,

    /// <summary>The outermost pixel.</summary>
    Replicate = 1,

    /// <summary>The picture mirrored, the outermost pixel twice.</summary>
    Reflect = 2,

    /// <summary>The picture mirrored about its outermost pixel.</summary>
    Reflect101 = 4,

    /// <summary>The destination stays as it was.</summary>
    Transparent = 5,
}

/// <summary>Axis of a reflection.</summary>
public enum FlipMode
{
    /// <summary>Both: turned by 180 degrees.</summary>
    XY = -1,

    /// <summary>Upside down.</summary>
    X = 0,

    /// <summary>Left to right.</summary>
    Y = 1,
}

/// <summary>How lines are drawn.</summary>
public enum LineTypes
{
    /// <summary>Steps along the axes.</summary>
    Link4 = 4,

    /// <summary>Steps along axes and diagonals.</summary>
    Link8 = 8,

    /// <summary>Smooth edges.</summary>
    AntiAlias = 16,
}

/// <summary>OpenCV's vector fonts.</summary>
[Flags]
public enum HersheyFonts
{
    /// <summary>Sans serif.</summary>
    HersheySimplex = 0,

    /// <summary>Small sans serif.</summary>
    HersheyPlain = 1,

    /// <summary>Sans serif of double strokes.</summary>
    HersheyDuplex = 2,

    /// <summary>Serif.</summary>
    HersheyComplex = 3,

    /// <summary>Serif of triple strokes.</summary>
    HersheyTriplex = 4,

    /// <summary>Slanted; combine with another.</summary>
    Italic = 16,
}

/// <summary>Libraries that read and write video.</summary>
public enum VideoCaptureAPIs
{
    /// <summary>The first that can.</summary>
    ANY = 0,

    /// <summary>Video4Linux: cameras.</summary>
    V4L2 = 200,

    /// <summary>GStreamer: pipelines, most of a Jetson's cameras.</summary>
    GSTREAMER = 1800,

    /// <summary>FFmpeg: files and network streams.</summary>
    FFMPEG = 1900,

    /// <summary>Pictures numbered by a pattern.</summary>
    IMAGES = 2000,
}

/// <summary>Properties of a video or camera.</summary>
public enum VideoCaptureProperties
{
    /// <summary>Place in the file, milliseconds.</summary>
    PosMsec = 0,

    /// <summary>Index of the frame that is read next.</summary>
    PosFrames = 1,

    /// <summary>Width in pixels.</summary>
    FrameWidth = 3,

    /// <summary>Height in pixels.</summary>
    FrameHeight = 4,

    /// <summary>Frames a second.</summary>
    Fps = 5,

    /// <summary>Code of the codec or pixel format, see <see cref="FourCC"/>.</summary>
    FourCC = 6,

    /// <summary>Frames in the file, as its header tells.</summary>
    FrameCount = 7,

    /// <summary>Whether a camera's pictures are converted to BGR.</summary>
    ConvertRgb = 16,

    /// <summary>Pictures that the driver keeps.</summary>
    BufferSize = 38,
}
