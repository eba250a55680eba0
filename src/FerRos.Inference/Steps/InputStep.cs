using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Copies the input row by row into its map: interleaved channels stay so, planes stay planes.</summary>
internal sealed unsafe class InputStep(FeatureMap target) : Step(target.Name)
{
    public override IReadOnlyList<FeatureMap> Reads => [];

    public override IReadOnlyList<FeatureMap> Writes { get; } = [target];

    /// <summary>The input of this run, pinned by the caller.</summary>
    public float* Source { get; set; }

    public int SourceLength { get; set; }

    /// <summary>How an image's input map is cut: planes where the input has planes, one block of all channels otherwise.</summary>
    public static int LanesFor(Shape shape, DataLayout layout) => layout == DataLayout.ChannelsFirst ? 1 : shape.Channels;

    public override void Run(int chunk, in StepContext context)
    {
        if (target.IsFlat)
        {
            new ReadOnlySpan<float>(Source, SourceLength).CopyTo(new Span<float>(target.Origin, SourceLength));
            return;
        }

        var row = target.Width * target.Lanes;
        var source = Source;
        for (var block = 0; block < target.Blocks; block++)
        {
            for (var y = 0; y < target.Height; y++, source += row)
                new ReadOnlySpan<float>(source, row).CopyTo(new Span<float>(target.Origin + (block * target.Block) + (y * target.Row), row));
        }
    }
}
