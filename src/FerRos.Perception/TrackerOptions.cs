namespace FerRos.Perception;

/// <summary>How faces are followed. All times are in the stamps of the pictures.</summary>
public sealed record TrackerOptions
{
    /// <summary>How long a face must have been in view before it gets an id. At frame intervals longer than this it gets one at once.</summary>
    public TimeSpan ConfirmationTime { get; init; } = TimeSpan.FromSeconds(0.06);

    /// <summary>How long a face may be out of sight before its id is given up.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many faces are reported at most, the largest first; 1 to <see cref="FaceTracker.Capacity"/>.</summary>
    public int MaxFaces { get; init; } = 8;

    internal void Validate()
    {
        if (ConfirmationTime < TimeSpan.Zero || ConfirmationTime > TimeSpan.FromSeconds(10))
            throw new InvalidOptionException("confirmation_time", ConfirmationTime.TotalSeconds, "0 to 10 seconds");
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromSeconds(60))
            throw new InvalidOptionException("track_timeout", Timeout.TotalSeconds, "above 0 to 60 seconds");
        if (MaxFaces is < 1 or > FaceTracker.Capacity)
            throw new InvalidOptionException("max_faces", MaxFaces, $"1 to {FaceTracker.Capacity}");
    }
}
