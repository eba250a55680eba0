using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>A named network's weights for one parameter: 32-bit values in row-major order.</summary>
public sealed class WeightTensor
{
    private readonly float[] _values;

    /// <summary>Takes the values over without a copy; do not change them afterwards.</summary>
    /// <exception cref="WeightsException">The number of values is not the shape's.</exception>
    public WeightTensor(ImmutableArray<int> shape, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var count = shape.Aggregate(1L, (product, length) => product * length);
        if (count != values.Length)
            throw new WeightsException($"a tensor of shape [{string.Join(", ", shape)}] needs {count} values, not {values.Length}");
        Shape = shape;
        _values = values;
    }

    /// <summary>The axes' lengths.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>The values, row-major.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Shape in brackets.</summary>
    public override string ToString() => $"[{string.Join(", ", Shape)}]";
}
