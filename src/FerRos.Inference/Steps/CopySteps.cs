using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Reads and writes single values of maps: for steps that move values between unlike layouts.</summary>
internal static unsafe class MapValues
{
    /// <summary>Where a value lies.</summary>
    public static nint Offset(FeatureMap map, int y, int x, int channel) => map.IsFlat
        ? (((nint)y * map.Shape.Width) + x) * map.Shape.Channels + channel
        : ((channel / map.Lanes) * map.Block) + (y * map.Row) + ((nint)x * map.Lanes) + (channel % map.Lanes);

    /// <summary>Copies an image or a flat tensor out, in the order of a layout.</summary>
    public static void CopyTo(FeatureMap map, DataLayout layout, Span<float> target)
    {
        var shape = map.Shape;
        if (map.IsFlat)
        {
            new ReadOnlySpan<float>(map.Origin, map.Count).CopyTo(target);
            return;
        }

        fixed (float* start = target)
        {
            for (var block = 0; block < map.Blocks; block++)
            {
                var channels = map.ChannelsOf(block);
                for (var y = 0; y < shape.Height; y++)
                {
                    var source = map.Origin + (block * map.Block) + (y * map.Row);
                    for (var x = 0; x < shape.Width; x++, source += map.Lanes)
                    {
                        var pixel = (y * shape.Width) + x;
                        if (layout == DataLayout.ChannelsLast)
                            new ReadOnlySpan<float>(source, channels).CopyTo(target[((pixel * shape.Channels) + (block * map.Lanes))..]);
                        else
                            Spread(source, channels, start + (block * map.Lanes * shape.Height * shape.Width) + pixel, shape.Height * shape.Width);
                    }
                }
            }
        }
    }

    private static void Spread(float* source, int count, float* target, int step)
    {
        for (; count > 0; count--, source++, target += step)
            *target = *source;
    }
}

/// <summary>An image as a vector or table, in the order of a layout.</summary>
internal sealed unsafe class FlattenStep(string name, FeatureMap target, FeatureMap source, DataLayout layout) : ElementStep(name, target, source)
{
    public override int Chunks => 1;

    public override void Run(int chunk, in StepContext context) =>
        MapValues.CopyTo(Sources[0], layout, new Span<float>(Target.Origin, Target.Count));
}

/// <summary>
/// Copies an image to another map: with other lanes, to another place in a larger image, or behind the channels of others.
/// Everything else of the target stays zero.
/// </summary>
internal sealed unsafe class PlaceStep(string name, FeatureMap target, (FeatureMap Source, int Top, int Left, int Channel)[] pieces)
    : ElementStep(name, target, [.. pieces.Select(p => p.Source)])
{
    public override int Chunks => 1;

    public override void Run(int chunk, in StepContext context)
    {
        // The memory may have been another tensor's before.
        for (var block = 0; block < Target.Blocks; block++)
        {
            for (var y = 0; y < Target.Height; y++)
                new Span<float>(RowOf(Target, block, y), (int)RowFloats).Clear();
        }

        foreach (var (source, top, left, channel) in pieces)
        {
            for (var c = 0; c < source.Shape.Channels; c++)
            {
                for (var y = 0; y < source.Height; y++)
                {
                    var from = source.Origin + MapValues.Offset(source, y, 0, c);
                    var to = Target.Origin + MapValues.Offset(Target, y + top, left, c + channel);
                    for (var x = 0; x < source.Width; x++, from += source.Lanes, to += Target.Lanes)
                        *to = *from;
                }
            }
        }
    }
}

/// <summary>Vectors or tables end to end.</summary>
internal sealed unsafe class JoinStep(string name, FeatureMap target, FeatureMap[] sources) : ElementStep(name, target, sources)
{
    public override int Chunks => 1;

    public override void Run(int chunk, in StepContext context)
    {
        var to = new Span<float>(Target.Origin, Target.Count);
        foreach (var source in Sources)
        {
            new ReadOnlySpan<float>(source.Origin, source.Count).CopyTo(to);
            to = to[source.Count..];
        }
    }
}
