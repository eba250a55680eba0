using FerRos.Perception;

namespace FerRos.Node;

/// <summary>What the node counts and times. Written by the perception thread, read by diagnostics.</summary>
internal sealed class NodeStatistics
{
    private long _published;
    private long _undecodable;
    private long _lastStamp;
    private int _faces;

    /// <summary>From a picture's arrival to the publication of its estimates.</summary>
    internal LatencyHistogram Latency { get; } = new();

    /// <summary>Decoding of compressed pictures.</summary>
    internal LatencyHistogram Decoding { get; } = new();

    /// <summary>Face detection.</summary>
    internal LatencyHistogram Detection { get; } = new();

    /// <summary>Tracking.</summary>
    internal LatencyHistogram Tracking { get; } = new();

    /// <summary>Alignment of all faces of a picture.</summary>
    internal LatencyHistogram Alignment { get; } = new();

    /// <summary>Estimation of all faces of a picture.</summary>
    internal LatencyHistogram Estimation { get; } = new();

    /// <summary>Pictures whose estimates were published.</summary>
    internal long Published => Interlocked.Read(ref _published);

    /// <summary>Compressed pictures that could not be decoded.</summary>
    internal long Undecodable => Interlocked.Read(ref _undecodable);

    /// <summary>Stamp of the last picture, nanoseconds; 0: none yet.</summary>
    internal long LastStamp => Interlocked.Read(ref _lastStamp);

    /// <summary>Faces in the last picture.</summary>
    internal int Faces => Volatile.Read(ref _faces);

    internal void Record(PerceptionResult result, TimeSpan latency)
    {
        Latency.Record(latency);
        Detection.Record(result.Times.Detect);
        Tracking.Record(result.Times.Track);
        Alignment.Record(result.Times.Align);
        Estimation.Record(result.Times.Estimate);
        Interlocked.Exchange(ref _lastStamp, result.Stamp);
        Volatile.Write(ref _faces, result.Faces.Length);
        Interlocked.Increment(ref _published);
    }

    internal void RecordUndecodable() => Interlocked.Increment(ref _undecodable);
}
