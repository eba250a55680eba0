namespace FerRos.Perception;

/// <summary>
/// The features of the last processed frames of one face, oldest first, in one stretch of memory. A gap longer than
/// allowed, or a stamp that goes back, starts it afresh.
/// </summary>
public sealed class FaceSequence
{
    /// <summary>How many frames the sequence networks look at.</summary>
    public const int DefaultLength = 10;

    private readonly float[] _values;
    private long _gap;
    private long _last;

    /// <summary>Creates an empty sequence.</summary>
    /// <param name="featureLength">Values of one frame, at least 1.</param>
    /// <param name="length">How many frames are kept, at least 1.</param>
    /// <param name="gap">The longest time between two frames of one sequence.</param>
    public FaceSequence(int featureLength, int length, TimeSpan gap)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(featureLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        FeatureLength = featureLength;
        Length = length;
        _values = new float[featureLength * length];
        Gap = gap;
    }

    /// <summary>Values of one frame.</summary>
    public int FeatureLength { get; }

    /// <summary>How many frames are kept.</summary>
    public int Length { get; }

    /// <summary>The longest time between two frames of one sequence; a change holds from the next frame on.</summary>
    public TimeSpan Gap
    {
        get => TimeSpan.FromTicks(_gap / 100);
        set => _gap = value.Ticks * 100;
    }

    /// <summary>How many frames there are, 0 to <see cref="Length"/>.</summary>
    public int Count { get; private set; }

    /// <summary>The features, <see cref="Count"/> x <see cref="FeatureLength"/> values, oldest frame first.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, Count * FeatureLength);

    /// <summary>Forgets all frames.</summary>
    public void Clear() => Count = 0;

    /// <summary>
    /// Makes room for the features of the next frame, dropping the oldest where the sequence is full or all of them
    /// where it is interrupted.
    /// </summary>
    /// <param name="stamp">The frame's stamp in nanoseconds.</param>
    /// <returns>Where to write the frame's features; they count as part of the sequence from now on.</returns>
    public Span<float> Append(long stamp)
    {
        if (Count > 0 && (stamp < _last || stamp - _last > _gap))
            Count = 0;
        if (Count == Length)
        {
            _values.AsSpan(FeatureLength).CopyTo(_values);
            Count--;
        }

        _last = stamp;
        Count++;
        return _values.AsSpan((Count - 1) * FeatureLength, FeatureLength);
    }
}
