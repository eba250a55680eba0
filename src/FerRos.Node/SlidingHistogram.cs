using System.Diagnostics;

namespace FerRos.Node;

/// <summary>
/// Distribution of the durations of the last while: a ring of histograms, each for a tenth of the window. Recording takes
/// no lock and allocates nothing; one writer, any readers.
/// </summary>
internal sealed class SlidingHistogram
{
    private const int Slices = 10;

    private readonly LatencyHistogram[] _histograms = new LatencyHistogram[Slices];
    private readonly long[] _numbers = new long[Slices];
    private readonly TimeProvider _time;
    private readonly long _sliceTicks;
    private readonly long _start;

    /// <summary>Creates an empty distribution.</summary>
    /// <param name="window">How far back it looks.</param>
    /// <param name="time">Where the time comes from; null: the system's.</param>
    internal SlidingHistogram(TimeSpan window, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _sliceTicks = Math.Max(1, (long)(window.TotalSeconds * _time.TimestampFrequency / Slices));
        _start = _time.GetTimestamp();
        for (var i = 0; i < Slices; i++)
        {
            _histograms[i] = new LatencyHistogram();
            _numbers[i] = -1;
        }
    }

    /// <summary>Number of the slice that is being filled; grows without end.</summary>
    private long Current => (_time.GetTimestamp() - _start) / _sliceTicks;

    /// <summary>Records a duration; negative ones count as zero.</summary>
    internal void Record(TimeSpan duration)
    {
        var current = Current;
        var slot = (int)(current % Slices);
        if (_numbers[slot] != current)
        {
            _histograms[slot].Clear();
            Volatile.Write(ref _numbers[slot], current);
        }

        _histograms[slot].Record(duration);
    }

    /// <summary>Durations that parts of those in the window do not exceed; <see cref="TimeSpan.Zero"/> when there are none.</summary>
    /// <param name="quantiles">0 to 1 each: 0.5 is the median.</param>
    /// <param name="durations">Receives as many durations.</param>
    /// <returns>How many durations the window holds.</returns>
    internal long Quantiles(ReadOnlySpan<double> quantiles, Span<TimeSpan> durations)
    {
        Span<long> counts = stackalloc long[LatencyHistogram.Buckets];
        counts.Clear();
        var oldest = Current - Slices + 1;
        for (var i = 0; i < Slices; i++)
        {
            if (Volatile.Read(ref _numbers[i]) >= Math.Max(0, oldest)) _histograms[i].AddTo(counts);
        }

        var total = 0L;
        foreach (var count in counts) total += count;
        for (var i = 0; i < quantiles.Length; i++) durations[i] = LatencyHistogram.Quantile(counts, quantiles[i]);
        return total;
    }
}
