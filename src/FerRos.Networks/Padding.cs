namespace FerRos.Networks;

/// <summary>What lies beyond an image's edge under a sliding window.</summary>
public enum Padding
{
    /// <summary>Nothing: the window stays inside.</summary>
    Valid,

    /// <summary>
    /// As many zeros as make the output ceil(size / stride), TensorFlow's way: where their number is odd, the odd
    /// one goes below and to the right.
    /// </summary>
    Same,
}

/// <summary>A sliding window along one axis.</summary>
/// <param name="Output">Length of the output.</param>
/// <param name="Before">Padding before the first value.</param>
/// <param name="After">Padding that the last window reaches after the last value.</param>
public readonly record struct WindowAxis(int Output, int Before, int After)
{
    /// <summary>Places a window of <paramref name="size"/> with <paramref name="stride"/> on <paramref name="input"/> values.</summary>
    /// <exception cref="NetworkException">The window is larger than the input and padding is <see cref="Padding.Valid"/>.</exception>
    public static WindowAxis Place(int input, int size, int stride, Padding padding)
    {
        if (padding == Padding.Valid)
        {
            if (size > input)
                throw new NetworkException($"a window of {size} does not fit into {input} values; use padding 'same' or a larger input");
            return new WindowAxis(((input - size) / stride) + 1, 0, 0);
        }

        var output = (input + stride - 1) / stride;
        var total = Math.Max(((output - 1) * stride) + size - input, 0);
        return new WindowAxis(output, total / 2, total - (total / 2));
    }
}
