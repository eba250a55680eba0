using FerRos.Perception;

namespace FerRos.Node;

/// <summary>What the node counts and times. Written by the perception thread, read by diagnostics.</summary>
/// <param name="window">How far back the times reach.</param>
/// <param name="time">Where the time comes from; null: the system's.</param>
internal sealed class NodeStatistics(TimeSpan window, TimeProvider? time = null)
{
    private readonly Lock _ageGate = new();
    private long _published;
    private long _undecodable;
    private long _crops;
    private long _debugImages;
    private int _faces;
    private PictureAges _ages;

    /// <summary>From a picture's arrival to the publication of its estimates.</summary>
    internal SlidingHistogram Latency { get; } = new(window, time);

    /// <summary>Decoding of compressed pictures.</summary>
    internal SlidingHistogram Decoding { get; } = new(window, time);

    /// <summary>Face detection.</summary>
    internal SlidingHistogram Detection { get; } = new(window, time);

    /// <summary>Tracking.</summary>
    internal SlidingHistogram Tracking { get; } = new(window, time);

    /// <summary>Alignment of all faces of a picture.</summary>
    internal SlidingHistogram Alignment { get; } = new(window, time);

    /// <summary>Estimation of all faces of a picture.</summary>
    internal SlidingHistogram Estimation { get; } = new(window, time);

    /// <summary>Pictures whose estimates were published.</summary>
    internal long Published => Interlocked.Read(ref _published);

    /// <summary>Compressed pictures that could not be decoded.</summary>
    internal long Undecodable => Interlocked.Read(ref _undecodable);

    /// <summary>Pictures of single faces that were cut out for listeners.</summary>
    internal long Crops => Interlocked.Read(ref _crops);

    /// <summary>Debug pictures that were drawn for listeners.</summary>
    internal long DebugImages => Interlocked.Read(ref _debugImages);

    /// <summary>Faces in the last picture.</summary>
    internal int Faces => Volatile.Read(ref _faces);

    internal void Record(PerceptionResult result, TimeSpan latency)
    {
        Latency.Record(latency);
        Detection.Record(result.Times.Detect);
        Tracking.Record(result.Times.Track);
        Alignment.Record(result.Times.Align);
        Estimation.Record(result.Times.Estimate);
        Volatile.Write(ref _faces, result.Faces.Length);
        Interlocked.Increment(ref _published);
    }

    /// <summary>Records how old a picture was by the node's clock when it was published.</summary>
    /// <param name="age">Clock minus stamp; negative for a stamp of the future.</param>
    /// <param name="unstamped">Whether the stamp is zero.</param>
    internal void RecordAge(TimeSpan age, bool unstamped)
    {
        lock (_ageGate)
        {
            _ages = _ages.Count == 0
                ? new PictureAges(1, age, age, unstamped)
                : new PictureAges(
                    _ages.Count + 1,
                    age < _ages.Youngest ? age : _ages.Youngest,
                    age > _ages.Oldest ? age : _ages.Oldest,
                    unstamped || _ages.Unstamped);
        }
    }

    /// <summary>Ages since the last call.</summary>
    internal PictureAges TakeAges()
    {
        lock (_ageGate)
        {
            var ages = _ages;
            _ages = default;
            return ages;
        }
    }

    internal void RecordCrop() => Interlocked.Increment(ref _crops);

    internal void RecordDebugImage() => Interlocked.Increment(ref _debugImages);

    internal void RecordUndecodable() => Interlocked.Increment(ref _undecodable);
}

/// <summary>How old pictures were when they were published.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Youngest">Least age; negative: a stamp of the future.</param>
/// <param name="Oldest">Greatest age.</param>
/// <param name="Unstamped">Whether one had no stamp.</param>
internal readonly record struct PictureAges(int Count, TimeSpan Youngest, TimeSpan Oldest, bool Unstamped);
