using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>
/// The shape of one example's tensor: a vector, rows of columns, or an image. The batch and the time axis are not
/// part of it. A shape says nothing of the order of an image's axes; that is the network's <see cref="DataLayout"/>.
/// </summary>
public readonly record struct Shape
{
    private Shape(int rank, int height, int width, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        Rank = rank;
        Height = height;
        Width = width;
        Channels = channels;
    }

    /// <summary>Number of axes: 1 (vector), 2 (rows), 3 (image).</summary>
    public int Rank { get; }

    /// <summary>Rows of an image or of a table; 1 for a vector.</summary>
    public int Height { get; }

    /// <summary>Columns of an image; 1 otherwise.</summary>
    public int Width { get; }

    /// <summary>Channels of an image, columns of a table, length of a vector.</summary>
    public int Channels { get; }

    /// <summary>Number of values.</summary>
    public int Count => checked(Height * Width * Channels);

    /// <summary>A vector.</summary>
    public static Shape Vector(int length) => new(1, 1, 1, length);

    /// <summary>A table: so many rows of so many columns.</summary>
    public static Shape Table(int rows, int columns) => new(2, rows, 1, columns);

    /// <summary>An image.</summary>
    public static Shape Image(int height, int width, int channels) => new(3, height, width, channels);

    /// <summary>The axes' lengths in the order of <paramref name="layout"/>.</summary>
    public ImmutableArray<int> Dimensions(DataLayout layout) => Rank switch
    {
        1 => [Channels],
        2 => [Height, Channels],
        _ when layout == DataLayout.ChannelsFirst => [Channels, Height, Width],
        _ => [Height, Width, Channels],
    };

    /// <summary>The axes' lengths, channels last: <c>112x112x3</c>.</summary>
    public override string ToString() => string.Join('x', Dimensions(DataLayout.ChannelsLast));
}
