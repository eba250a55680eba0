namespace FerRos.Perception;

/// <summary>
/// Arousal and valence of a distribution over expression classes: its expectation over one point a class on the
/// circumplex of affect. It is a projection, not a measurement: two faces with the same classes get the same point.
/// </summary>
/// <remarks>
/// The points are the mean pleasure and arousal ratings of emotion terms by Russell and Mehrabian (Evidence for a
/// three-factor theory of emotions, Journal of Research in Personality 11, 1977), as quoted by secondary sources.
/// That study's ratings for contempt were not found; its point is a guess near anger and disgust.
/// </remarks>
public sealed class Circumplex
{
    private readonly float[] _arousal;
    private readonly float[] _valence;

    /// <summary>Prepares the projection for classes in a given order.</summary>
    /// <param name="classes">The classes, by any name that <see cref="Expressions.TryParse"/> knows.</param>
    /// <exception cref="ArgumentException">A class has no point on the circumplex.</exception>
    public Circumplex(IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        _arousal = new float[classes.Count];
        _valence = new float[classes.Count];
        for (int i = 0; i < classes.Count; i++)
        {
            if (!Expressions.TryParse(classes[i], out string expression))
                throw new ArgumentException($"The class '{classes[i]}' has no place on the circumplex.", nameof(classes));
            (_valence[i], _arousal[i]) = PointOf(expression);
        }
    }

    /// <summary>The expectation over the classes' points.</summary>
    /// <param name="probabilities">One probability a class, summing to 1.</param>
    /// <returns>Arousal and valence, -1 to 1 each.</returns>
    public (float Arousal, float Valence) Project(ReadOnlySpan<float> probabilities)
    {
        if (probabilities.Length != _arousal.Length)
            throw new ArgumentException($"{_arousal.Length} probabilities are needed; {probabilities.Length} were given.", nameof(probabilities));
        float arousal = 0;
        float valence = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            arousal += probabilities[i] * _arousal[i];
            valence += probabilities[i] * _valence[i];
        }

        return (arousal, valence);
    }

    private static (float Valence, float Arousal) PointOf(string expression) => expression switch
    {
        "neutral" => (0f, 0f),
        "happiness" => (0.81f, 0.51f),
        "surprise" => (0.40f, 0.67f),
        "sadness" => (-0.63f, -0.27f),
        "anger" => (-0.51f, 0.59f),
        "disgust" => (-0.60f, 0.35f),
        "fear" => (-0.64f, 0.60f),
        // A guess: see the remarks of the class.
        _ => (-0.55f, 0.43f),
    };
}
