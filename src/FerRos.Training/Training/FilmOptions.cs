namespace FerRos.Training;

/// <summary>How the recurrent part of a sequence network is trained on short films that are made from stills.</summary>
public sealed record FilmOptions
{
    /// <summary>What happens in the films.</summary>
    public StillSequenceOptions Film { get; init; } = new();

    /// <summary>
    /// Different films of each still. They are encoded once, before training: the encoder does not train, so its
    /// features can be used in every epoch.
    /// </summary>
    public int Renditions { get; init; } = 4;

    /// <summary>
    /// Share of the renditions without spoilt frames, so that good pictures are not given up for bad ones.
    /// </summary>
    public double CleanShare { get; init; } = 0.25;

    /// <summary>Share of the batches whose sequences are shorter than the network's: from one frame on.</summary>
    public double ShortShare { get; init; } = 0.4;

    /// <summary>
    /// Share of the sequences that begin with frames of another still: what counts is the later one, so that the network
    /// learns to follow a change.
    /// </summary>
    public double SwitchShare { get; init; } = 0.15;

    /// <summary>Checks that all is in range.</summary>
    /// <exception cref="ArgumentException">A value is not; the message names it.</exception>
    public void Validate()
    {
        static void Within(double value, double low, double high, string name)
        {
            if (!(value >= low && value <= high))
                throw new ArgumentException(FormattableString.Invariant($"{name} of the films is {value}; it may be {low} to {high}"));
        }

        Film.Validate();
        Within(Renditions, 1, 100, nameof(Renditions));
        Within(CleanShare, 0, 1, nameof(CleanShare));
        Within(ShortShare, 0, 1, nameof(ShortShare));
        Within(SwitchShare, 0, 1, nameof(SwitchShare));
    }
}
