using FerRos.Perception;

namespace FerRos.Node;

/// <summary>
/// Where faces come from while the node is active: it listens, has what it hears processed on a thread of its own, and
/// publishes. Disposing it stops listening, has what was received processed and published, and ends the thread.
/// </summary>
internal interface IAffectSource : IAsyncDisposable
{
    /// <summary>Raised when publishers come and go: how many there are.</summary>
    event Action<int>? PublisherCountChanged;

    /// <summary>Fully qualified topic that is listened to.</summary>
    string Topic { get; }

    /// <summary>Publishers on it now.</summary>
    int PublisherCount { get; }

    /// <summary>Pictures received, bad ones included.</summary>
    long Received { get; }

    /// <summary>Messages that could not be read or whose picture made no sense.</summary>
    long Bad { get; }

    /// <summary>Messages that the middleware knows to be lost on the way.</summary>
    long Lost { get; }

    /// <summary>What became of the pictures.</summary>
    FrameHandover.Counts Pictures { get; }

    /// <summary>Ends when the thread has ended; faulted when it broke.</summary>
    Task Completion { get; }

    /// <summary>Starts the thread.</summary>
    void Start();

    /// <summary>Has tracks and sequences started afresh before the next picture.</summary>
    void RequestReset();

    /// <summary>Has changed options applied between two pictures.</summary>
    void Apply(NodeOptions options);
}
