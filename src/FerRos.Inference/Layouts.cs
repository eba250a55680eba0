using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Moves images between the orders of their axes.</summary>
internal static class Layouts
{
    public static void ToChannelsLast(ReadOnlySpan<float> source, Span<float> target, Shape shape, DataLayout layout)
    {
        if (shape.Rank != 3 || layout == DataLayout.ChannelsLast || shape.Channels == 1)
        {
            source.CopyTo(target);
            return;
        }

        var area = shape.Height * shape.Width;
        for (var c = 0; c < shape.Channels; c++)
        {
            for (var i = 0; i < area; i++)
                target[(i * shape.Channels) + c] = source[(c * area) + i];
        }
    }

    public static void FromChannelsLast(ReadOnlySpan<float> source, Span<float> target, Shape shape, DataLayout layout)
    {
        if (shape.Rank != 3 || layout == DataLayout.ChannelsLast || shape.Channels == 1)
        {
            source.CopyTo(target);
            return;
        }

        var area = shape.Height * shape.Width;
        for (var c = 0; c < shape.Channels; c++)
        {
            for (var i = 0; i < area; i++)
                target[(c * area) + i] = source[(i * shape.Channels) + c];
        }
    }
}
