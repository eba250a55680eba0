using System.Collections.Immutable;

namespace FerRos.Training;

/// <summary>One labelled picture of a face.</summary>
public sealed record FaceSample
{
    /// <summary>Where it comes from, within the dataset: <c>train/fer0000012.png</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Index of the picture in the dataset's <see cref="PictureStore"/>.</summary>
    public required int Picture { get; init; }

    /// <summary>The class that counts in evaluation, an index into the dataset's classes; -1: none.</summary>
    public int Expression { get; init; } = -1;

    /// <summary>What training aims at: a distribution over the classes, summing to 1. Empty: no expression is known.</summary>
    public ImmutableArray<float> Target { get; init; } = [];

    /// <summary>-1 to 1; NaN: unknown.</summary>
    public float Arousal { get; init; } = float.NaN;

    /// <summary>-1 to 1; NaN: unknown.</summary>
    public float Valence { get; init; } = float.NaN;

    /// <summary>The person; empty: unknown. Folds split by it.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The video or sequence that the picture is from; empty: a still.</summary>
    public string Sequence { get; init; } = "";

    /// <summary>Position in the sequence.</summary>
    public int Frame { get; init; }
}
