namespace FerRos.Inference;

/// <summary>
/// The inner loop of every convolution: a tile of neighbouring output pixels by one, two or four blocks of output
/// channels, held in registers. Per input channel one weight vector per block is loaded, and one input value per pixel
/// goes to all lanes. The methods are in the generated part.
/// </summary>
/// <typeparam name="S">The width of vectors.</typeparam>
/// <typeparam name="V">The register.</typeparam>
internal static unsafe partial class TileKernels<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    /// <summary>The kernels of 0, 1, 2, ... pixels for so many blocks.</summary>
    /// <param name="blocks">Blocks of output channels: 1, 2 or 4.</param>
    /// <param name="stepFloats">Floats between the inputs of neighbouring output pixels.</param>
    public static delegate*<TileArguments*, float*, float*, float*, void>[] Select(int blocks, int stepFloats)
    {
        // One pixel at a time needs no distance.
        var largest = stepFloats is 1 or 2 or 3 or 6 || stepFloats == S.Count || stepFloats == 2 * S.Count ? LargestTile(blocks) : 1;
        var kernels = new delegate*<TileArguments*, float*, float*, float*, void>[largest + 1];
        for (var pixels = 1; pixels <= largest; pixels++)
        {
            kernels[pixels] = stepFloats switch
            {
                1 => Find<PlanarStep>(pixels, blocks),
                2 => Find<PlanarStep2>(pixels, blocks),
                3 => Find<ColorStep>(pixels, blocks),
                6 => Find<ColorStep2>(pixels, blocks),
                _ when stepFloats == 2 * S.Count => Find<BlockedStep2<S, V>>(pixels, blocks),
                _ => Find<BlockedStep<S, V>>(pixels, blocks),
            };
        }

        return kernels;
    }

    /// <summary>Most pixels of a tile: its sums, the weights and one input fill the registers.</summary>
    public static int LargestTile(int blocks) => (S.Registers >= 32, blocks) switch
    {
        (true, 1) => 15,
        (true, 2) => 12,
        (true, _) => 6,
        (false, 1) => 12,
        (false, 2) => 6,
        (false, _) => 3,
    };
}
