using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>
/// Labelled inputs of a last layer, laid out for training. Filled once, used for many steps. One thread at a time.
/// Disposing lets the next batch use the memory.
/// </summary>
public sealed class LastLayerBatch : IDisposable
{
    // Where one value of so many is not zero, products that leave the zeros out are the faster ones.
    private const int SparseFrom = 4;

    private readonly float[] _targets;
    private readonly float[] _affect;
    private readonly float[] _weights;
    private readonly bool[] _offset;
    private (CompressedRows ByFeature, CompressedRows BySample)? _nonZeros;
    private int _nonZerosOf = -1;

    /// <summary>Makes room for samples.</summary>
    /// <param name="layer">The layer; any layer of the same network will do.</param>
    /// <param name="capacity">How many samples there can be, at least 1.</param>
    public LastLayerBatch(LastLayer layer, int capacity)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        Plan = layer.Plan;
        // An odd number of cache lines: samples whose distance is a power of two would share a line of the first-level cache.
        RowFloats = ((LastLayerPlan.Padded(Plan.InputLength) / LastLayerPlan.Lanes) | 1) * LastLayerPlan.Lanes;
        Inputs = new AlignedFloats(checked(capacity * RowFloats));
        _targets = new float[capacity * Plan.ClassCount];
        _affect = new float[capacity * 2];
        _weights = new float[capacity];
        _offset = new bool[capacity];
    }

    /// <summary>How many samples there can be.</summary>
    public int Capacity { get; }

    /// <summary>How many samples there are.</summary>
    public int Count { get; private set; }

    internal LastLayerPlan Plan { get; }

    /// <summary>Floats from one sample to the next.</summary>
    internal int RowFloats { get; }

    internal AlignedFloats Inputs { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        ForgetNonZeros();
    }

    /// <summary>Takes all samples out.</summary>
    public void Clear()
    {
        Count = 0;
        Version++;
    }

    /// <summary>Adds a sample.</summary>
    /// <param name="input">What the last layer reads, <see cref="LastLayer.InputLength"/> finite values.</param>
    /// <param name="target">A probability per class, summing to 1; empty: no expression is known.</param>
    /// <param name="arousal">-1 to 1; NaN: unknown.</param>
    /// <param name="valence">-1 to 1; NaN: unknown.</param>
    /// <param name="weight">How much the sample counts against others, at least 0.</param>
    /// <param name="offset">Whether <see cref="LastLayerTrainingOptions.ClassOffsets"/> count for the sample.</param>
    /// <exception cref="ArgumentException">A length or a value is wrong; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public void Add(
        ReadOnlySpan<float> input, ReadOnlySpan<float> target, float arousal = float.NaN, float valence = float.NaN, float weight = 1, bool offset = false)
    {
        if (input.Length != Plan.InputLength)
            throw new ArgumentException($"the last layer of '{Plan.Network}' takes {Plan.InputLength} values, not {input.Length}", nameof(input));
        if (!target.IsEmpty && target.Length != Plan.ClassCount)
            throw new ArgumentException($"the last layer of '{Plan.Network}' has {Plan.ClassCount} classes, not {target.Length}", nameof(target));
        if (!(weight >= 0 && float.IsFinite(weight)))
            throw new ArgumentException($"a weight of {weight}: it is at least 0", nameof(weight));
        if (Count == Capacity)
            throw new InvalidOperationException($"the batch holds {Capacity} samples already");
        foreach (var value in input)
        {
            if (!float.IsFinite(value))
                throw new ArgumentException($"the input holds {value}", nameof(input));
        }

        foreach (var value in target)
        {
            if (!(value >= 0 && value <= 1.0001f))
                throw new ArgumentException($"the target holds {value}; it is made of probabilities", nameof(target));
        }

        CheckAffect(arousal, nameof(arousal));
        CheckAffect(valence, nameof(valence));
        input.CopyTo(Inputs.Span[(Count * RowFloats)..]);
        // A row of NaN stands for an unknown expression.
        var row = _targets.AsSpan(Count * Plan.ClassCount, Plan.ClassCount);
        if (target.IsEmpty)
            row.Fill(float.NaN);
        else
            target.CopyTo(row);
        _affect[2 * Count] = arousal;
        _affect[(2 * Count) + 1] = valence;
        _weights[Count] = weight;
        _offset[Count] = offset;
        Count++;
        Version++;
    }

    /// <summary>Whether the expression of a sample is known.</summary>
    public bool HasExpression(int sample) => Plan.ClassCount > 0 && !float.IsNaN(Target(sample)[0]);

    /// <summary>Changes how much a sample counts.</summary>
    public void SetWeight(int sample, float weight)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, Count);
        _weights[sample] = weight;
    }

    /// <summary>Changes with every sample.</summary>
    internal int Version { get; private set; }

    /// <summary>
    /// The inputs without their zeros, a row per feature and a row per sample; null where zeros are too few for that to be
    /// faster. Taken anew after samples were added.
    /// </summary>
    internal unsafe (CompressedRows ByFeature, CompressedRows BySample)? NonZeros
    {
        get
        {
            if (_nonZerosOf == Version)
                return _nonZeros;
            ForgetNonZeros();
            _nonZerosOf = Version;
            if (CompressedRows.Of(Inputs.Pointer, RowFloats, Count, Plan.InputLength, (int)((long)Count * Plan.InputLength / SparseFrom)) is { } bySample)
                _nonZeros = (bySample.Transposed(Plan.InputLength), bySample);
            return _nonZeros;
        }
    }

    internal bool HasOffset(int sample) => _offset[sample];

    internal ReadOnlySpan<float> Target(int sample) => _targets.AsSpan(sample * Plan.ClassCount, Plan.ClassCount);

    internal float Affect(int sample, LastLayerOutput output) => _affect[(2 * sample) + (output == LastLayerOutput.Valence ? 1 : 0)];

    internal float Weight(int sample) => _weights[sample];

    private void ForgetNonZeros()
    {
        _nonZeros?.ByFeature.Dispose();
        _nonZeros?.BySample.Dispose();
        (_nonZeros, _nonZerosOf) = (null, -1);
    }

    private static void CheckAffect(float value, string name)
    {
        if (!float.IsNaN(value) && !(value >= -1 && value <= 1))
            throw new ArgumentException($"{name} is {value}; it is -1 to 1, or NaN where it is unknown", name);
    }
}
