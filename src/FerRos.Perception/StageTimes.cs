namespace FerRos.Perception;

/// <summary>How long the stages of one picture took.</summary>
/// <param name="Detect">Scaling the picture and finding faces.</param>
/// <param name="Track">Giving the faces their ids.</param>
/// <param name="Align">Cutting out all faces.</param>
/// <param name="Estimate">Running the network over all faces.</param>
public readonly record struct StageTimes(TimeSpan Detect, TimeSpan Track, TimeSpan Align, TimeSpan Estimate)
{
    /// <summary>All stages together.</summary>
    public TimeSpan Total => Detect + Track + Align + Estimate;
}
