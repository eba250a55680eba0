using System.Collections.Immutable;
using FerRos.Inference;

namespace FerRos.Perception;

/// <summary>
/// What makes the estimates for one person: the person's last layer, its share against the general one, and the weights
/// of the classes. Immutable, so that it can be replaced between two pictures without a lock.
/// </summary>
/// <remarks>
/// With p_g the general probabilities, p_a those of the adapted layer, share s and class weights w:
/// p(c) = w(c) ((1 - s) p_g(c) + s p_a(c)) / sum. No weight is 0, so no class is ever excluded. Arousal and valence are
/// mixed with the same share, without weights.
/// </remarks>
public sealed class PersonLayer
{
    private readonly float[] _weights;

    /// <summary>Puts a person's layer together.</summary>
    /// <param name="personId">Whose it is.</param>
    /// <param name="layer">The adapted layer.</param>
    /// <param name="share">The adapted layer's share, 0 to 1.</param>
    /// <param name="classWeights">One weight above 0 a class; empty for none.</param>
    /// <exception cref="ArgumentException">A value is out of range, or the number of weights is not that of the classes.</exception>
    public PersonLayer(string personId, LastLayer layer, float share = 1, ImmutableArray<float> classWeights = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(personId);
        ArgumentNullException.ThrowIfNull(layer);
        if (!(share >= 0 && share <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share is 0 to 1.");
        PersonId = personId;
        Layer = layer;
        Share = share;
        ClassWeights = classWeights.IsDefault ? [] : classWeights;
        if (!ClassWeights.IsEmpty && ClassWeights.Length != layer.ClassCount)
            throw new ArgumentException($"{ClassWeights.Length} weights for {layer.ClassCount} classes.", nameof(classWeights));
        foreach (float weight in ClassWeights)
        {
            if (!(weight > 0 && float.IsFinite(weight)))
                throw new ArgumentException($"A class has the weight {weight}; weights are above 0.", nameof(classWeights));
        }

        _weights = [.. ClassWeights];
    }

    /// <summary>Whose it is.</summary>
    public string PersonId { get; }

    /// <summary>The adapted layer.</summary>
    public LastLayer Layer { get; }

    /// <summary>The adapted layer's share, 0 to 1.</summary>
    public float Share { get; }

    /// <summary>Whether the adapted layer takes part; otherwise the class weights alone make the difference.</summary>
    public bool IsOwn => Share > 0;

    /// <summary>One weight above 0 a class, from the person's class prior; empty for none.</summary>
    public ImmutableArray<float> ClassWeights { get; }

    /// <summary>Turns the general estimate into the person's. Allocates nothing.</summary>
    /// <param name="summary">What the last layer reads.</param>
    /// <param name="probabilities">The general probabilities; receives the person's.</param>
    /// <param name="arousal">The general arousal; receives the person's.</param>
    /// <param name="valence">The general valence; receives the person's.</param>
    public void Estimate(ReadOnlySpan<float> summary, Span<float> probabilities, ref float arousal, ref float valence)
    {
        Span<float> adapted = stackalloc float[Layer.ClassCount];
        Layer.Forward(summary, adapted, out float adaptedArousal, out float adaptedValence);
        for (int c = 0; c < adapted.Length; c++)
            probabilities[c] += Share * (adapted[c] - probabilities[c]);
        if (Layer.HasArousal)
            arousal += Share * (adaptedArousal - arousal);
        if (Layer.HasValence)
            valence += Share * (adaptedValence - valence);
        ApplyClassWeights(probabilities);
    }

    /// <summary>Multiplies probabilities by the class weights and lets them sum to 1 again; nothing where there are none.</summary>
    public void ApplyClassWeights(Span<float> probabilities)
    {
        if (_weights.Length == 0)
            return;
        float sum = 0;
        for (int c = 0; c < _weights.Length; c++)
            sum += probabilities[c] *= _weights[c];
        for (int c = 0; c < _weights.Length; c++)
            probabilities[c] /= sum;
    }
}
