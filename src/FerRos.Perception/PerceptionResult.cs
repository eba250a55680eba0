using System.Collections.Immutable;

namespace FerRos.Perception;

/// <summary>What one picture shows. The object and the estimates in it belong to the pipeline and are refilled with the next picture.</summary>
public sealed class PerceptionResult
{
    private readonly AffectEstimate[] _faces;
    private readonly string[] _trackedIds = new string[FaceTracker.Capacity];
    private int _trackedCount;

    internal PerceptionResult(int maxFaces, ImmutableArray<string> classes, string model)
    {
        _faces = new AffectEstimate[maxFaces];
        for (int i = 0; i < maxFaces; i++)
            _faces[i] = new AffectEstimate();
        Classes = classes;
        Model = model;
    }

    /// <summary>Stamp of the picture in nanoseconds.</summary>
    public long Stamp { get; internal set; }

    /// <summary>When the picture arrived, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Arrival { get; internal set; }

    /// <summary>Name of the camera's coordinate frame.</summary>
    public string FrameId { get; internal set; } = string.Empty;

    /// <summary>Width of the picture.</summary>
    public int Width { get; internal set; }

    /// <summary>Height of the picture.</summary>
    public int Height { get; internal set; }

    /// <summary>Name of the network.</summary>
    public string Model { get; }

    /// <summary>The expression classes in the order of the probabilities.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>The faces that the picture shows, the largest first.</summary>
    public ReadOnlySpan<AffectEstimate> Faces => _faces.AsSpan(0, Count);

    /// <summary>How many faces there are.</summary>
    public int Count { get; internal set; }

    /// <summary>
    /// Ids of the faces that are being followed, including those that were seen a moment ago and not in this picture
    /// (ROS4HRI's list of tracked faces, which should not flicker).
    /// </summary>
    public ReadOnlySpan<string> TrackedIds => _trackedIds.AsSpan(0, _trackedCount);

    /// <summary>How many faces the detector found, before tracking.</summary>
    public int DetectionCount { get; internal set; }

    /// <summary>How long each stage took.</summary>
    public StageTimes Times { get; internal set; }

    internal AffectEstimate this[int index] => _faces[index];

    internal void SetTrackedIds(ReadOnlySpan<string> ids)
    {
        ids.CopyTo(_trackedIds);
        _trackedCount = ids.Length;
    }
}
