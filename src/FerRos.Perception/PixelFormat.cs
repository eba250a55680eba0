namespace FerRos.Perception;

/// <summary>How the bytes of a picture are laid out. Every encoding of ROS that is accepted maps onto one of these.</summary>
public enum PixelFormat
{
    /// <summary>One byte a pixel.</summary>
    Gray8,

    /// <summary>Two bytes a pixel; the byte order is the picture's.</summary>
    Gray16,

    /// <summary>Red, green, blue.</summary>
    Rgb24,

    /// <summary>Blue, green, red.</summary>
    Bgr24,

    /// <summary>Red, green, blue, alpha; alpha is ignored.</summary>
    Rgba32,

    /// <summary>Blue, green, red, alpha; alpha is ignored.</summary>
    Bgra32,

    /// <summary>Bayer mosaic whose first two rows start R G, G B.</summary>
    BayerRggb,

    /// <summary>Bayer mosaic whose first two rows start B G, G R.</summary>
    BayerBggr,

    /// <summary>Bayer mosaic whose first two rows start G B, R G.</summary>
    BayerGbrg,

    /// <summary>Bayer mosaic whose first two rows start G R, B G.</summary>
    BayerGrbg,

    /// <summary>Packed 4:2:2, bytes U Y0 V Y1.</summary>
    Uyvy,

    /// <summary>Packed 4:2:2, bytes Y0 U Y1 V.</summary>
    Yuyv,

    /// <summary>A plane of luma, then one of interleaved U and V at half the size.</summary>
    Nv12,

    /// <summary>A plane of luma, then one of interleaved V and U at half the size.</summary>
    Nv21,

    /// <summary>A compressed picture (JPEG, PNG): to be decoded into another frame before anything looks at its pixels.</summary>
    Encoded,
}
