namespace FerRos.Inference;

/// <summary>Some neighbouring input channels of one pixel.</summary>
/// <param name="Offset">Where the first one lies, in floats from the tile's first pixel.</param>
/// <param name="Lanes">How many there are, at least 1.</param>
internal readonly record struct Tap(int Offset, int Lanes);

/// <summary>What all tiles of a layer share; see <see cref="TileKernels{S, V}"/>.</summary>
internal unsafe struct TileArguments
{
    /// <summary>
    /// How far ahead weights are asked for, in floats: they are read once, front to back, and where they exceed the
    /// caches the processor's own prefetching stops at every page.
    /// </summary>
    public const int PrefetchDistance = 4096;

    /// <summary>The inputs whose products are summed: windows' taps times blocks of input channels.</summary>
    public Tap* Taps;

    /// <summary>How many there are.</summary>
    public int TapCount;

    /// <summary>Number of independent products one after the other (positions of a Winograd transform; 1 otherwise).</summary>
    public int Positions;

    /// <summary>Floats from a position's input to the next one's.</summary>
    public nint InputPosition;

    /// <summary>Floats from a position's output to the next one's.</summary>
    public nint OutputPosition;

    /// <summary>Floats from an output pixel to the next.</summary>
    public nint OutputPixel;

    /// <summary>Floats from a block of output channels to the next.</summary>
    public nint OutputBlock;

    /// <summary>One vector per block, from which the sums start; null: from zero.</summary>
    public float* Bias;

    /// <summary>Added before the limits, pixel by pixel; null: nothing.</summary>
    public float* Residual;

    /// <summary>Floats from a residual's pixel to the next.</summary>
    public nint ResidualPixel;

    /// <summary>Floats from a residual's block to the next.</summary>
    public nint ResidualBlock;

    /// <summary>Results are at least this: 0 for ReLU.</summary>
    public float Low;

    /// <summary>Results are at most this: 6 for ReLU6.</summary>
    public float High;
}
