namespace FerRos.Inference;

/// <summary>How a convolution is cut into Winograd tiles.</summary>
/// <param name="Rows">Rows of tiles.</param>
/// <param name="Columns">Columns of tiles.</param>
/// <param name="TilesPerChunk">Tiles that are worked on together.</param>
/// <param name="SplitOutputs">Whether chunks are groups of output channels over all tiles, instead of tiles.</param>
internal sealed record WinogradPlan(int Rows, int Columns, int TilesPerChunk, bool SplitOutputs)
{
    /// <summary>Tiles in all.</summary>
    public int Tiles => Rows * Columns;
}

/// <summary>Chooses between a direct convolution and Winograd's method with tiles of 2, 4 or 6 outputs.</summary>
internal static class ConvolutionChoice
{
    /// <summary>Tiles of a chunk: their transforms stay in the first-level cache, and fill whole register tiles.</summary>
    private const int TilesPerChunk = 16;

    /// <summary>Bytes of weights that stay near, in the second-level cache or little beyond, from chunk to chunk.</summary>
    private const int CachedWeights = 1280 * 1024;

    /// <summary>
    /// The plan that an estimate in processor cycles finds fastest; null: direct. The constants were fitted to
    /// measurements of FaceChannel V1 and S with AVX-512 and 1 MiB of second-level cache; only their proportions matter.
    /// </summary>
    /// <param name="height">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="sourceBlocks">Blocks of input channels.</param>
    /// <param name="targetBlocks">Blocks of output channels.</param>
    /// <param name="lanes">Floats in a vector.</param>
    public static (int Outputs, WinogradPlan Plan)? Choose(int height, int width, int channels, int sourceBlocks, int targetBlocks, int lanes)
    {
        // Two multiply-adds per cycle; a single block of outputs cannot reuse the inputs that it loads.
        var perCycle = targetBlocks == 1 ? 1.2 : 1.7;
        var best = (double)height * width * 9 * channels * targetBlocks / perCycle
            + WeightCycles(9L * channels * targetBlocks * lanes * sizeof(float), 1);
        (int, WinogradPlan)? choice = null;
        foreach (var outputs in (ReadOnlySpan<int>)[2, 4, 6])
        {
            var rows = (height + outputs - 1) / outputs;
            var columns = (width + outputs - 1) / outputs;
            var tiles = rows * columns;
            var positions = (outputs + 2) * (outputs + 2);
            var split = tiles <= 20;
            var chunks = split ? 1 : (tiles + TilesPerChunk - 1) / TilesPerChunk;
            var products = (double)tiles * positions * channels * targetBlocks / perCycle;
            var transforms = tiles * 2.5 * positions * (sourceBlocks + targetBlocks);
            var weights = WeightCycles((long)positions * channels * targetBlocks * lanes * sizeof(float), chunks);
            var cycles = products + transforms + weights;
            if (cycles < best)
            {
                best = cycles;
                choice = (outputs, new WinogradPlan(rows, columns, split ? tiles : (tiles + chunks - 1) / chunks, split));
            }
        }

        return choice;
    }

    private static double WeightCycles(long bytes, int times) => (double)bytes * times / (bytes > CachedWeights ? 12 : 64);
}
