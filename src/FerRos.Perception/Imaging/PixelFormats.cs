namespace FerRos.Perception.Imaging;

/// <summary>Names and sizes of the pixel formats.</summary>
internal static class PixelFormats
{
    /// <summary>
    /// The accepted encodings by their names in <c>sensor_msgs/image_encodings.hpp</c>. The untyped OpenCV names are
    /// read as OpenCV users mean them: three channels are blue, green, red.
    /// </summary>
    public const string AcceptedEncodings =
        "rgb8, bgr8, rgba8, bgra8, mono8, mono16, 8UC1, 8UC3, 8UC4, bayer_rggb8, bayer_bggr8, bayer_gbrg8, " +
        "bayer_grbg8, uyvy, yuv422, yuyv, yuv422_yuy2, nv12, nv21";

    public static bool TryParse(string encoding, out PixelFormat format)
    {
        PixelFormat? found = encoding switch
        {
            "rgb8" => PixelFormat.Rgb24,
            "bgr8" or "8UC3" => PixelFormat.Bgr24,
            "rgba8" => PixelFormat.Rgba32,
            "bgra8" or "8UC4" => PixelFormat.Bgra32,
            "mono8" or "8UC1" => PixelFormat.Gray8,
            "mono16" => PixelFormat.Gray16,
            "bayer_rggb8" => PixelFormat.BayerRggb,
            "bayer_bggr8" => PixelFormat.BayerBggr,
            "bayer_gbrg8" => PixelFormat.BayerGbrg,
            "bayer_grbg8" => PixelFormat.BayerGrbg,
            "uyvy" or "yuv422" => PixelFormat.Uyvy,
            "yuyv" or "yuv422_yuy2" => PixelFormat.Yuyv,
            "nv12" => PixelFormat.Nv12,
            "nv21" => PixelFormat.Nv21,
            _ => null,
        };
        format = found ?? default;
        return found is not null;
    }

    /// <summary>Bytes of one pixel in the first plane.</summary>
    public static int BytesPerPixel(PixelFormat format) => format switch
    {
        PixelFormat.Rgb24 or PixelFormat.Bgr24 => 3,
        PixelFormat.Rgba32 or PixelFormat.Bgra32 => 4,
        PixelFormat.Gray16 or PixelFormat.Uyvy or PixelFormat.Yuyv => 2,
        _ => 1,
    };

    public static bool IsBayer(PixelFormat format) =>
        format is PixelFormat.BayerRggb or PixelFormat.BayerBggr or PixelFormat.BayerGbrg or PixelFormat.BayerGrbg;

    public static bool IsSemiPlanar(PixelFormat format) => format is PixelFormat.Nv12 or PixelFormat.Nv21;
}
