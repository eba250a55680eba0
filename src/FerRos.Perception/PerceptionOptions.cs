namespace FerRos.Perception;

/// <summary>How pictures are processed. Names in messages are those of the node's parameters.</summary>
public sealed record PerceptionOptions
{
    /// <summary>Which detector runs (<c>detector</c>).</summary>
    public DetectorRange Detector { get; init; } = DetectorRange.ShortRange;

    /// <summary>The least score of a face (<c>detection_threshold</c>), above 0 and below 1.</summary>
    public double DetectionThreshold { get; init; } = 0.5;

    /// <summary>The least width of a face in pixels (<c>min_face_size</c>), 0 to 4096; smaller ones are left out.</summary>
    public int MinFaceSize { get; init; } = 20;

    /// <summary>How many faces are reported at most, the largest first (<c>max_faces</c>).</summary>
    public int MaxFaces { get; init; } = 8;

    /// <summary>How many pictures a second are processed at most (<c>max_rate</c>), above 0 to 1000 Hz.</summary>
    public double MaxRate { get; init; } = 30;

    /// <summary>A gap between two frames of a face longer than this starts its sequence afresh (<c>sequence_gap</c>), above 0 to 60 s.</summary>
    public TimeSpan SequenceGap { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long a face must have been in view before it gets an id (<c>confirmation_time</c>), 0 to 10 s.</summary>
    public TimeSpan ConfirmationTime { get; init; } = TimeSpan.FromSeconds(0.06);

    /// <summary>How long a face may be out of sight before its id is given up (<c>track_timeout</c>), above 0 to 60 s.</summary>
    public TimeSpan TrackTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time constant of the average over the estimates of one face (<c>smoothing</c>), 0 to 5 s; 0 for none. A change of
    /// expression has passed to 95 % after three time constants.
    /// </summary>
    public TimeSpan Smoothing { get; init; } = TimeSpan.FromSeconds(0.15);

    /// <summary>Checks all values.</summary>
    /// <exception cref="InvalidOptionException">A value is not allowed; the message names the parameter, the value and what is.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Detector))
            throw new InvalidOptionException("detector", Detector, "short_range or full_range");
        // Written so that NaN fails, too.
        if (!(DetectionThreshold > 0 && DetectionThreshold < 1))
            throw new InvalidOptionException("detection_threshold", DetectionThreshold, "above 0 and below 1");
        if (MinFaceSize is < 0 or > 4096)
            throw new InvalidOptionException("min_face_size", MinFaceSize, "0 to 4096 pixels");
        if (!(MaxRate > 0 && MaxRate <= 1000))
            throw new InvalidOptionException("max_rate", MaxRate, "above 0 to 1000 Hz");
        if (SequenceGap <= TimeSpan.Zero || SequenceGap > TimeSpan.FromSeconds(60))
            throw new InvalidOptionException("sequence_gap", SequenceGap.TotalSeconds, "above 0 to 60 seconds");
        if (Smoothing < TimeSpan.Zero || Smoothing > TimeSpan.FromSeconds(5))
            throw new InvalidOptionException("smoothing", Smoothing.TotalSeconds, "0 to 5 seconds");
        ToTrackerOptions().Validate();
    }

    /// <summary>A detector by the value of its parameter.</summary>
    /// <param name="value"><c>short_range</c> or <c>full_range</c>.</param>
    /// <exception cref="InvalidOptionException">It is neither.</exception>
    public static DetectorRange ParseDetector(string value) => value switch
    {
        "short_range" => DetectorRange.ShortRange,
        "full_range" => DetectorRange.FullRange,
        _ => throw new InvalidOptionException("detector", $"'{value}'", "short_range or full_range"),
    };

    internal TrackerOptions ToTrackerOptions() =>
        new() { ConfirmationTime = ConfirmationTime, Timeout = TrackTimeout, MaxFaces = MaxFaces };
}
