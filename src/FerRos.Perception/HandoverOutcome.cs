namespace FerRos.Perception;

/// <summary>What became of a picture that was offered.</summary>
public enum HandoverOutcome
{
    /// <summary>It waits to be processed.</summary>
    Accepted,

    /// <summary>It waits to be processed, and an older one that was still waiting was dropped for it.</summary>
    Replaced,

    /// <summary>It came sooner after the one before than the highest rate allows.</summary>
    RateLimited,

    /// <summary>It is not newer than the one before, by too little for a recording that starts over: it came late or twice.</summary>
    Late,

    /// <summary>The hand-over has been stopped.</summary>
    Stopped,
}
