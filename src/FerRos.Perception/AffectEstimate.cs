using System.Collections.Immutable;

namespace FerRos.Perception;

/// <summary>What one face of one picture shows. The object belongs to the pipeline and is refilled with the next picture.</summary>
public sealed class AffectEstimate
{
    private float[] _probabilities = [];
    private float[] _summary = [];

    /// <summary>The face's id, for example <c>f3k9a</c>.</summary>
    public string FaceId { get; private set; } = string.Empty;

    /// <summary>Place of the face's track, 0 to <see cref="FaceTracker.Capacity"/> - 1.</summary>
    public int Slot { get; private set; }

    /// <summary>Where the face is, in pixels of the picture; it may reach beyond the picture.</summary>
    public BoundingBox Box { get; private set; }

    /// <summary>The face's points in pixels.</summary>
    public FaceKeypoints Keypoints { get; private set; }

    /// <summary>The detector's confidence, 0 to 1.</summary>
    public float DetectionConfidence { get; private set; }

    /// <summary>The most probable class; empty where the network has no classes.</summary>
    public string Expression { get; private set; } = string.Empty;

    /// <summary>The probability of <see cref="Expression"/>; NaN where the network has no classes.</summary>
    public float Confidence { get; private set; }

    /// <summary>One probability a class, in the order of <see cref="PerceptionResult.Classes"/>.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities;

    /// <summary>Arousal, -1 to 1; NaN where it is not known.</summary>
    public float Arousal { get; private set; }

    /// <summary>Valence, -1 to 1; NaN where it is not known.</summary>
    public float Valence { get; private set; }

    /// <summary>How many frames the estimate looked at, at least 1.</summary>
    public int SequenceLength { get; private set; }

    /// <summary>How much the crop says.</summary>
    public CropQuality Quality { get; private set; }

    /// <summary>
    /// What the last layer reads of this face (<see cref="IAffectNetwork.Summarise"/>): what a person's profile stores; empty
    /// where the network cannot adapt. It is biometric data.
    /// </summary>
    public ReadOnlySpan<float> Summary => _summary;

    /// <summary>To whom this estimate is adapted, by their own layer or their class prior alone; null: the general layer made it.</summary>
    public string? AdaptedTo { get; private set; }

    /// <summary>Whether the person's own layer took part in this estimate.</summary>
    public bool IsByOwnLayer { get; private set; }

    internal void Fill(
        in TrackedFace face,
        ImmutableArray<string> classes,
        ReadOnlySpan<float> probabilities,
        float arousal,
        float valence,
        int sequenceLength,
        CropQuality quality,
        ReadOnlySpan<float> summary = default,
        PersonLayer? person = null)
    {
        if (_probabilities.Length != probabilities.Length)
            _probabilities = new float[probabilities.Length];
        probabilities.CopyTo(_probabilities);
        int best = 0;
        for (int i = 1; i < probabilities.Length; i++)
        {
            if (probabilities[i] > probabilities[best])
                best = i;
        }

        FaceId = face.Id;
        Slot = face.Slot;
        Box = face.Box;
        Keypoints = face.Keypoints;
        DetectionConfidence = face.Confidence;
        Expression = probabilities.Length > 0 ? classes[best] : string.Empty;
        Confidence = probabilities.Length > 0 ? probabilities[best] : float.NaN;
        Arousal = arousal;
        Valence = valence;
        SequenceLength = sequenceLength;
        Quality = quality;
        if (_summary.Length != summary.Length)
            _summary = new float[summary.Length];
        summary.CopyTo(_summary);
        AdaptedTo = person?.PersonId;
        IsByOwnLayer = person is { IsOwn: true };
    }
}
