namespace FerRos.Perception.Tracking;

/// <summary>
/// The one-euro filter (Casiez, Roussel and Vogel, CHI 2012) over several values at once: steady while they rest, quick
/// when they move.
/// </summary>
internal sealed class OneEuroFilter(int values)
{
    /// <summary>Cutoff at rest in Hz.</summary>
    private const float RestCutoff = 2.5f;

    /// <summary>Hz added for a speed of one face size a second.</summary>
    private const float CutoffPerSpeed = 8f;

    /// <summary>Cutoff of the speed's own low pass in Hz.</summary>
    private const float SpeedCutoff = 2f;

    private readonly float[] _value = new float[values];
    private readonly float[] _speed = new float[values];

    public ReadOnlySpan<float> Values => _value;

    public void Start(ReadOnlySpan<float> measured)
    {
        measured.CopyTo(_value);
        Array.Clear(_speed);
    }

    /// <param name="measured">New values.</param>
    /// <param name="seconds">Time since the last ones.</param>
    /// <param name="size">Size of the face, the unit of speed.</param>
    public void Update(ReadOnlySpan<float> measured, float seconds, float size)
    {
        if (seconds <= 0)
        {
            measured.CopyTo(_value);
            return;
        }

        float speedWeight = Weight(SpeedCutoff, seconds);
        for (int i = 0; i < _value.Length; i++)
        {
            float speed = (measured[i] - _value[i]) / (seconds * size);
            _speed[i] += speedWeight * (speed - _speed[i]);
            _value[i] += Weight(RestCutoff + (CutoffPerSpeed * MathF.Abs(_speed[i])), seconds) * (measured[i] - _value[i]);
        }
    }

    private static float Weight(float cutoff, float seconds)
    {
        float r = 2 * MathF.PI * cutoff * seconds;
        return r / (r + 1);
    }
}
