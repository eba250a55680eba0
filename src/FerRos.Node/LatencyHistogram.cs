using System.Numerics;

namespace FerRos.Node;

/// <summary>
/// Distribution of durations in constant memory: 32 buckets an octave from 1 µs to over an hour, so a quantile is within
/// 2.2 % of the true one. Recording takes no lock and allocates nothing; one writer, any readers.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>Number of buckets.</summary>
    internal const int Buckets = Octaves * BucketsPerOctave;

    private const int BucketsPerOctave = 32;
    private const int Octaves = 32;

    private readonly int[] _counts = new int[Buckets];

    /// <summary>Durations recorded.</summary>
    internal long Count
    {
        get
        {
            var total = 0L;
            for (var i = 0; i < Buckets; i++) total += Volatile.Read(ref _counts[i]);
            return total;
        }
    }

    /// <summary>Records a duration; negative ones count as zero.</summary>
    internal void Record(TimeSpan duration)
    {
        var microseconds = Math.Max(1L, (long)duration.TotalMicroseconds);
        var octave = BitOperations.Log2((ulong)microseconds);
        var fraction = (microseconds / (double)(1L << octave)) - 1;
        var index = Math.Min(_counts.Length - 1, (octave * BucketsPerOctave) + (int)(fraction * BucketsPerOctave));
        _counts[index]++;
    }

    /// <summary>The duration that a part of all recorded ones do not exceed; <see cref="TimeSpan.Zero"/> when there are none.</summary>
    /// <param name="quantile">0 to 1: 0.5 is the median.</param>
    internal TimeSpan Quantile(double quantile)
    {
        Span<long> counts = stackalloc long[Buckets];
        counts.Clear();
        AddTo(counts);
        return Quantile(counts, quantile);
    }

    /// <summary>Adds the buckets' counts to others.</summary>
    /// <param name="counts"><see cref="Buckets"/> counts.</param>
    internal void AddTo(Span<long> counts)
    {
        for (var i = 0; i < Buckets; i++) counts[i] += Volatile.Read(ref _counts[i]);
    }

    /// <summary>The quantile of counts added together.</summary>
    internal static TimeSpan Quantile(ReadOnlySpan<long> counts, double quantile)
    {
        var total = 0L;
        foreach (var count in counts) total += count;
        if (total == 0) return TimeSpan.Zero;
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * total));
        for (var i = 0; i < counts.Length; i++)
        {
            rank -= counts[i];
            if (rank > 0) continue;
            // Buckets are linear within an octave; the middle halves the error of the edges.
            var microseconds = (1L << (i / BucketsPerOctave)) * (1 + (((i % BucketsPerOctave) + 0.5) / BucketsPerOctave));
            return TimeSpan.FromMicroseconds(microseconds);
        }

        return TimeSpan.MaxValue;
    }

    /// <summary>Forgets everything.</summary>
    internal void Clear() => Array.Clear(_counts);
}
