namespace FerRos.Training;

/// <summary>The learning rate over a run.</summary>
public abstract class Schedule
{
    /// <summary>The rate of one step.</summary>
    /// <param name="step">Steps made before it.</param>
    /// <param name="steps">Steps of the whole run.</param>
    /// <param name="epoch">Epochs finished before it.</param>
    public abstract double Rate(long step, long steps, int epoch);

    /// <summary>Hears the loss on the held-back samples after each epoch.</summary>
    public virtual void Observe(double loss)
    {
    }

    /// <summary>What it remembers, for a checkpoint.</summary>
    internal virtual double[] State
    {
        get => [];
        set => _ = value;
    }
}

/// <summary>The same rate always.</summary>
public sealed class ConstantRate(double rate) : Schedule
{
    /// <inheritdoc/>
    public override double Rate(long step, long steps, int epoch) => rate;
}

/// <summary>
/// One cycle (Smith and Topin 2019): from peak / 25 up to the peak over the first part of the run, then down to
/// peak / 10,000, both along half a cosine.
/// </summary>
public sealed class OneCycle(double peak, double rise = 0.3) : Schedule
{
    private const double StartDivisor = 25;
    private const double EndDivisor = 10_000;

    /// <inheritdoc/>
    public override double Rate(long step, long steps, int epoch)
    {
        var position = steps <= 1 ? 0 : (double)step / (steps - 1);
        return position < rise
            ? Cosine(peak / StartDivisor, peak, position / rise)
            : Cosine(peak, peak / EndDivisor, (position - rise) / (1 - rise));
    }

    private static double Cosine(double from, double to, double share) => to + ((from - to) * (1 + Math.Cos(Math.PI * Math.Clamp(share, 0, 1))) / 2);
}

/// <summary>rate / (1 + decay * step): Keras's old <c>decay</c>, which FaceChannelS's single networks train with.</summary>
public sealed class InverseDecay(double rate, double decay) : Schedule
{
    /// <inheritdoc/>
    public override double Rate(long step, long steps, int epoch) => rate / (1 + (decay * step));
}

/// <summary>
/// A factor from an epoch on. EmotionNet Nano: 0.1, 0.01, 0.001, 0.0005 from epochs 81, 121, 161, 181 (counted from 1).
/// </summary>
public sealed class StepDecay(double rate, IReadOnlyList<(int Epoch, double Factor)> stages) : Schedule
{
    /// <summary>The stages of EmotionNet Nano.</summary>
    public static IReadOnlyList<(int Epoch, double Factor)> Nano { get; } = [(80, 0.1), (120, 0.01), (160, 0.001), (180, 0.0005)];

    /// <inheritdoc/>
    public override double Rate(long step, long steps, int epoch)
    {
        var factor = 1.0;
        foreach (var stage in stages)
            factor = epoch >= stage.Epoch ? stage.Factor : factor;
        return rate * factor;
    }
}

/// <summary>Keras's ReduceLROnPlateau: times a factor when the loss has not fallen by 0.0001 for so many epochs.</summary>
public sealed class ReduceOnPlateau(double rate, double factor, int patience, double smallest) : Schedule
{
    private const double Improvement = 1e-4;
    private double _rate = rate;
    private double _best = double.MaxValue;
    private int _waited;

    internal override double[] State
    {
        get => [_rate, _best, _waited];
        set => (_rate, _best, _waited) = (value[0], value[1], (int)value[2]);
    }

    /// <inheritdoc/>
    public override double Rate(long step, long steps, int epoch) => _rate;

    /// <inheritdoc/>
    public override void Observe(double loss)
    {
        if (loss < _best - Improvement)
        {
            (_best, _waited) = (loss, 0);
            return;
        }

        if (++_waited < patience)
            return;
        _rate = Math.Max(_rate * factor, smallest);
        _waited = 0;
    }
}
