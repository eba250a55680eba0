namespace FerRos.Training;

/// <summary>Gray pictures of one size, packed one after the other.</summary>
public sealed class PictureStore
{
    private readonly byte[][] _pictures;

    /// <summary>Takes over pictures.</summary>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="pictures">size x size values each, row by row.</param>
    public PictureStore(int size, IEnumerable<byte[]> pictures)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Size = size;
        _pictures = [.. pictures];
        if (_pictures.Any(p => p.Length != size * size))
            throw new ArgumentException($"a picture does not have {size}x{size} values", nameof(pictures));
    }

    /// <summary>Width and height in pixels.</summary>
    public int Size { get; }

    /// <summary>Number of pictures.</summary>
    public int Count => _pictures.Length;

    /// <summary>The values of one picture, row by row.</summary>
    public ReadOnlySpan<byte> this[int picture] => _pictures[picture];
}
