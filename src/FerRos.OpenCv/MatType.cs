namespace FerRos.OpenCv;

/// <summary>Depth and number of channels of a matrix; the value is OpenCV's <c>CV_8UC3</c> and the like.</summary>
/// <param name="Value">OpenCV's number: depth in the lowest 3 bits, channels - 1 above them.</param>
public readonly record struct MatType(int Value)
{
    /// <summary>Depth: 8-bit unsigned.</summary>
    public const int CV_8U = 0;

    /// <summary>Depth: 8-bit signed.</summary>
    public const int CV_8S = 1;

    /// <summary>Depth: 16-bit unsigned.</summary>
    public const int CV_16U = 2;

    /// <summary>Depth: 16-bit signed.</summary>
    public const int CV_16S = 3;

    /// <summary>Depth: 32-bit signed.</summary>
    public const int CV_32S = 4;

    /// <summary>Depth: 32-bit floating point.</summary>
    public const int CV_32F = 5;

    /// <summary>Depth: 64-bit floating point.</summary>
    public const int CV_64F = 6;

    /// <summary>One channel of bytes: grey.</summary>
    public static readonly MatType CV_8UC1 = MakeType(CV_8U, 1);

    /// <summary>Two channels of bytes.</summary>
    public static readonly MatType CV_8UC2 = MakeType(CV_8U, 2);

    /// <summary>Three channels of bytes: colour, as BGR where OpenCV made it.</summary>
    public static readonly MatType CV_8UC3 = MakeType(CV_8U, 3);

    /// <summary>Four channels of bytes: colour and opacity.</summary>
    public static readonly MatType CV_8UC4 = MakeType(CV_8U, 4);

    /// <summary>One channel of 16 bits: grey or depth.</summary>
    public static readonly MatType CV_16UC1 = MakeType(CV_16U, 1);

    /// <summary>Three channels of 16 bits.</summary>
    public static readonly MatType CV_16UC3 = MakeType(CV_16U, 3);

    /// <summary>One channel of 32-bit floating point.</summary>
    public static readonly MatType CV_32FC1 = MakeType(CV_32F, 1);

    /// <summary>One channel of 64-bit floating point.</summary>
    public static readonly MatType CV_64FC1 = MakeType(CV_64F, 1);

    /// <summary>Depth, one of the constants.</summary>
    public int Depth => Value & 7;

    /// <summary>Channels, 1 to 512.</summary>
    public int Channels => ((Value >> 3) & 511) + 1;

    /// <summary>Bytes of one pixel.</summary>
    public int ElemSize => Channels * Depth switch
    {
        CV_8U or CV_8S => 1,
        CV_16U or CV_16S or 7 => 2,
        CV_32S or CV_32F => 4,
        _ => 8,
    };

    /// <summary>The type with a depth and a number of channels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Depth outside 0 to 6, or channels outside 1 to 512.</exception>
    public static MatType MakeType(int depth, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, CV_64F);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 512);
        return new MatType(depth | ((channels - 1) << 3));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        ReadOnlySpan<string> depths = ["CV_8U", "CV_8S", "CV_16U", "CV_16S", "CV_32S", "CV_32F", "CV_64F", "CV_16F"];
        return $"{depths[Depth]}C{Channels}";
    }
}
