using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>
/// Where a tensor lies. An image is cut into blocks of as many channels as a vector has lanes, [block][row][column][lane],
/// with a frame of zeros so that windows may reach over the edge. Lanes beyond the last channel hold zeros. A vector or
/// a table lies as it is.
/// </summary>
internal sealed unsafe class FeatureMap
{
    private FeatureMap(string name, Shape shape, int height, int width, int lanes, int blocks)
    {
        Name = name;
        Shape = shape;
        Height = height;
        Width = width;
        Lanes = lanes;
        Blocks = blocks;
    }

    public string Name { get; }

    public Shape Shape { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Channels that lie side by side.</summary>
    public int Lanes { get; }

    public int Blocks { get; }

    /// <summary>Rows and columns of zeros around the image.</summary>
    public Halo Halo { get; private set; }

    /// <summary>Floats from a row to the next.</summary>
    public nint Row => (nint)(Width + Halo.Left + Halo.Right) * Lanes;

    /// <summary>Floats from a block to the next.</summary>
    public nint Block => (Height + Halo.Top + Halo.Bottom) * Row;

    /// <summary>Floats in all.</summary>
    public nint Size => Blocks * Block;

    /// <summary>The first float of the first pixel; set once all maps have their place.</summary>
    public float* Origin { get; private set; }

    /// <summary>Whether it is a vector or a table.</summary>
    public bool IsFlat => Shape.Rank < 3;

    /// <summary>Number of values, without padding.</summary>
    public int Count => Shape.Count;

    /// <summary>An image in blocks of <paramref name="lanes"/> channels.</summary>
    public static FeatureMap Image(string name, Shape shape, int lanes) =>
        new(name, shape, shape.Height, shape.Width, lanes, (shape.Channels + lanes - 1) / lanes);

    /// <summary>A vector or table, its memory rounded up to whole vectors.</summary>
    public static FeatureMap Flat(string name, Shape shape, int lanes) =>
        new(name, shape, 1, 1, (shape.Count + lanes - 1) / lanes * lanes, 1);

    /// <summary>Valid channels of a block.</summary>
    public int ChannelsOf(int block) => Math.Min(Lanes, Shape.Channels - (block * Lanes));

    /// <summary>Widens the frame of zeros to at least this.</summary>
    public void Require(Halo halo)
    {
        if (Origin != null)
            throw new InvalidOperationException("the map has its place already");
        Halo = new Halo(
            Math.Max(Halo.Top, halo.Top), Math.Max(Halo.Bottom, halo.Bottom),
            Math.Max(Halo.Left, halo.Left), Math.Max(Halo.Right, halo.Right));
    }

    /// <summary>Gives it its place.</summary>
    public void Place(float* start) => Origin = start + (Halo.Top * Row) + (Halo.Left * Lanes);

    /// <summary>The memory's division; maps that share it may share memory one after the other, as their zeros stay in place.</summary>
    public (int Height, int Width, int Lanes, int Blocks, Halo Halo) Geometry => (Height, Width, Lanes, Blocks, Halo);
}

/// <summary>Rows and columns of zeros around an image.</summary>
internal readonly record struct Halo(int Top, int Bottom, int Left, int Right);
