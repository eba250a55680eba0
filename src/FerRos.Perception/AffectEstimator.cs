using System.Collections.Immutable;
using FerRos.Inference;

namespace FerRos.Perception;

/// <summary>
/// Estimates the affect of tracked faces with one network, keeping each face's sequence and a steady distribution.
/// One thread at a time; no allocation per picture.
/// </summary>
public sealed class AffectEstimator : IDisposable
{
    private readonly IAffectNetwork _network;
    private readonly Circumplex? _circumplex;
    private float _smoothing;
    private readonly float[] _crop;
    private readonly float[] _current;
    private readonly float[] _summary;
    private readonly FaceState[] _states = new FaceState[FaceTracker.Capacity];
    private readonly FaceAligner _aligner;

    /// <summary>Creates an estimator.</summary>
    /// <param name="network">The network; disposed with the estimator.</param>
    /// <param name="aligner">Cuts the crops.</param>
    /// <param name="sequenceGap">A gap between two frames of a face longer than this starts its sequence afresh.</param>
    /// <param name="smoothing">Time constant of the exponential average over the distributions; zero for none.</param>
    public AffectEstimator(IAffectNetwork network, FaceAligner aligner, TimeSpan sequenceGap, TimeSpan smoothing)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(aligner);
        _network = network;
        _aligner = aligner;
        _smoothing = (float)smoothing.TotalSeconds;
        _crop = new float[network.CropSize * network.CropSize * network.CropChannels];
        _current = new float[network.Classes.Length];
        _summary = new float[network.SummaryLength];
        for (int slot = 0; slot < _states.Length; slot++)
            _states[slot] = new FaceState(network, sequenceGap);
        bool placed = network.Classes.Length > 0 && network.Classes.All(c => Expressions.TryParse(c, out _));
        _circumplex = placed ? new Circumplex(network.Classes) : null;
    }

    /// <summary>The classes in the order of the probabilities.</summary>
    public ImmutableArray<string> Classes => _network.Classes;

    /// <summary>The network's name.</summary>
    public string Model => _network.Name;

    /// <summary>The network's general last layer; null where it cannot adapt.</summary>
    public LastLayer? LastLayer => _network.LastLayer;

    /// <summary>Whose layer is used for which face; null: the general one for all. It may be set at any time between two pictures.</summary>
    public IPersonLayers? Persons { get; set; }

    /// <summary>The crop of the last <see cref="Align"/>: size x size x channels values, 0 to 1.</summary>
    public ReadOnlySpan<float> Crop => _crop;

    /// <summary>Changes times between two pictures; what is known of the faces stays.</summary>
    /// <param name="sequenceGap">A gap between two frames of a face longer than this starts its sequence afresh.</param>
    /// <param name="smoothing">Time constant of the exponential average over the distributions; zero for none.</param>
    public void Apply(TimeSpan sequenceGap, TimeSpan smoothing)
    {
        _smoothing = (float)smoothing.TotalSeconds;
        foreach (FaceState state in _states)
            state.Apply(sequenceGap);
    }

    /// <summary>Takes a picture that shows one aligned face and nothing else, as another detector cut it out. <see cref="Estimate"/> comes next.</summary>
    /// <param name="crop">The crop, of any size; a square one fits best.</param>
    public void Scale(ImageFrame crop)
    {
        ArgumentNullException.ThrowIfNull(crop);
        if (_network.CropChannels == 1)
            _aligner.ScaleGray(crop, _network.CropSize, _crop);
        else
            _aligner.ScaleRgb(crop, _network.CropSize, _crop);
    }

    /// <summary>Cuts a face out of its picture. <see cref="Estimate"/> comes next.</summary>
    public void Align(ImageFrame frame, in TrackedFace face)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (_network.CropChannels == 1)
            _aligner.AlignGray(frame, face.Keypoints, _network.CropSize, _crop);
        else
            _aligner.AlignRgb(frame, face.Keypoints, _network.CropSize, _crop);
    }

    /// <summary>Estimates the face that was aligned last.</summary>
    /// <param name="stamp">The picture's stamp in nanoseconds.</param>
    /// <param name="face">The face.</param>
    /// <param name="estimate">Receives the estimate.</param>
    public void Estimate(long stamp, in TrackedFace face, AffectEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        FaceState state = _states[face.Slot];
        // Slots are used again for other faces; ids are not.
        if (state.FaceId != face.Id)
            state.Restart(face.Id);

        FaceSequence sequence = state.Sequence;
        _network.Encode(_crop, sequence.Append(stamp));
        _network.Summarise(sequence.Values, sequence.Count, _summary);
        (float arousal, float valence) = _network.Estimate(_summary, _current);
        PersonLayer? person = LastLayer is null ? null : Persons?.LayerOf(face.Id);
        person?.Estimate(_summary, _current, ref arousal, ref valence);
        if (float.IsNaN(arousal) && _circumplex is not null)
            (arousal, valence) = _circumplex.Project(_current);
        state.Smooth(stamp, _smoothing, person, _current, arousal, valence);
        estimate.Fill(
            face,
            _network.Classes,
            state.Probabilities,
            state.Arousal,
            state.Valence,
            sequence.Count,
            CropQuality.Measure(_crop, _network.CropSize, _network.CropChannels, face.Keypoints),
            LastLayer is null ? [] : _summary,
            person);
    }

    /// <summary>Estimates an empty crop, so that the first face finds code compiled and weights in memory. Forgets all sequences.</summary>
    internal void WarmUp(AffectEstimate scratch)
    {
        Array.Clear(_crop);
        Estimate(0, new TrackedFace("warm-up", 0, default, default, 0, 0), scratch);
        Reset();
    }

    /// <summary>Forgets all sequences.</summary>
    public void Reset()
    {
        foreach (FaceState state in _states)
            state.Restart(string.Empty);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private sealed class FaceState(IAffectNetwork network, TimeSpan gap)
    {
        private readonly float[] _probabilities = new float[network.Classes.Length];
        private long _gap = gap.Ticks * 100;
        private long _last;
        private bool _started;
        private PersonLayer? _layer;

        public string FaceId { get; private set; } = string.Empty;

        public FaceSequence Sequence { get; } = new(network.FeatureLength, network.SequenceLength, gap);

        public ReadOnlySpan<float> Probabilities => _probabilities;

        public float Arousal { get; private set; }

        public float Valence { get; private set; }

        public void Apply(TimeSpan newGap)
        {
            _gap = newGap.Ticks * 100;
            Sequence.Gap = newGap;
        }

        public void Restart(string faceId)
        {
            FaceId = faceId;
            Sequence.Clear();
            _layer = null;
            _started = false;
        }

        public void Smooth(long stamp, float timeConstant, PersonLayer? layer, ReadOnlySpan<float> probabilities, float arousal, float valence)
        {
            // What one layer said is no part of what another one says: a person's layer leaves no trace when it is taken off.
            bool afresh = !_started || !ReferenceEquals(layer, _layer) || timeConstant <= 0 || stamp < _last || stamp - _last > _gap;
            float weight = afresh ? 1 : 1 - MathF.Exp(-(stamp - _last) / 1e9f / timeConstant);
            for (int i = 0; i < _probabilities.Length; i++)
                _probabilities[i] = afresh ? probabilities[i] : _probabilities[i] + (weight * (probabilities[i] - _probabilities[i]));
            Arousal = afresh ? arousal : Arousal + (weight * (arousal - Arousal));
            Valence = afresh ? valence : Valence + (weight * (valence - Valence));
            _last = stamp;
            _layer = layer;
            _started = true;
        }
    }
}
