using System.Collections.Concurrent;

namespace FerRos.Node;

/// <summary>
/// Counts things that go wrong and says when each cause may be logged: at once when it first occurs, then once a
/// minute with the number of times it occurred in between. A camera that sends rubbish at 30 Hz gives one line a
/// minute, and the counters still tell how much of it there was.
/// </summary>
/// <param name="time">Clock; the system's when null.</param>
internal sealed class ThrottledWarnings(TimeProvider? time = null)
{
    /// <summary>Shortest time between two lines on one cause.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Bound on remembered causes: beyond it the oldest are forgotten, so that a peer that varies its mistakes cannot fill the memory.</summary>
    private const int MaximumCauses = 256;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, Cause> _causes = new(StringComparer.Ordinal);
    private long _total;

    /// <summary>Occurrences of all causes since the start.</summary>
    internal long Total => Interlocked.Read(ref _total);

    /// <summary>Counts an occurrence.</summary>
    /// <param name="cause">What distinguishes it: topic and reason.</param>
    /// <param name="occurrences">How often it occurred since it was last logged, this one included.</param>
    /// <returns>Whether to log it now.</returns>
    internal bool ShouldLog(string cause, out long occurrences)
    {
        Interlocked.Increment(ref _total);
        var now = _time.GetTimestamp();
        if (_causes.Count >= MaximumCauses && !_causes.ContainsKey(cause)) ForgetOldest();
        var entry = _causes.GetOrAdd(cause, static _ => new Cause());
        lock (entry)
        {
            entry.Pending++;
            if (entry.Logged && _time.GetElapsedTime(entry.LastLogged, now) < Interval)
            {
                occurrences = 0;
                return false;
            }

            occurrences = entry.Pending;
            entry.Pending = 0;
            entry.Logged = true;
            entry.LastLogged = now;
            return true;
        }
    }

    private void ForgetOldest()
    {
        string? oldest = null;
        var timestamp = long.MaxValue;
        foreach (var (key, cause) in _causes)
        {
            if (cause.LastLogged >= timestamp) continue;
            (oldest, timestamp) = (key, cause.LastLogged);
        }

        if (oldest is not null) _causes.TryRemove(oldest, out _);
    }

    private sealed class Cause
    {
        internal bool Logged { get; set; }

        internal long LastLogged { get; set; }

        internal long Pending { get; set; }
    }
}
