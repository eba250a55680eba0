namespace FerRos.Node;

/// <summary>What a caller of <c>~/adapt</c> wants.</summary>
/// <param name="Person">The person.</param>
/// <param name="Face">The person's face; empty: the largest in view.</param>
/// <param name="Expression">What the person shows, in any of its names; empty: no label.</param>
/// <param name="Affect">Arousal and valence, -1 to 1; null: no label.</param>
/// <param name="Frames">Frames to collect; 0: none, train on what is stored.</param>
/// <param name="Timeout">How long to collect; zero: the default.</param>
internal sealed record AdaptationOrder(string Person, string Face, string Expression, (float Arousal, float Valence)? Affect, uint Frames, TimeSpan Timeout);

/// <summary>What has become of it.</summary>
/// <param name="Success">It was carried out: stored, and trained where possible.</param>
/// <param name="Message">What was done, or why not.</param>
internal sealed record AdaptationAnswer(bool Success, string Message)
{
    /// <summary>Whether a new layer is in use.</summary>
    internal bool Activated { get; init; }

    /// <summary>Labelled frames in the profile.</summary>
    internal int Samples { get; init; }

    /// <summary>On what was held back, with the layer of before.</summary>
    internal (float Loss, float Accuracy) Before { get; init; } = (float.NaN, float.NaN);

    /// <summary>On what was held back, with the new layer.</summary>
    internal (float Loss, float Accuracy) After { get; init; } = (float.NaN, float.NaN);

    /// <summary>How long training took.</summary>
    internal TimeSpan Duration { get; init; }

    internal static AdaptationAnswer Refused(string reason) => new(false, reason);
}

/// <summary>How far an adaptation is.</summary>
internal sealed record LearningProgress(LearningState State, string Person)
{
    internal static LearningProgress Idle { get; } = new(LearningState.Idle, "");

    internal int Collected { get; init; }

    internal int Requested { get; init; }

    internal int Step { get; init; }

    internal int Steps { get; init; }

    internal float Loss { get; init; } = float.NaN;

    internal string Message { get; init; } = "";
}

/// <summary>The constants of AdaptationStatus.msg.</summary>
internal enum LearningState : byte
{
    Idle = 0,
    Collecting = 1,
    Training = 2,
    Done = 3,
    Failed = 4,
}
