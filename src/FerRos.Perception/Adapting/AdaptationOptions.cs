namespace FerRos.Perception;

/// <summary>
/// How a person's samples are collected and learnt from. Names in messages are those of the node's parameters; defaults
/// were chosen by the benchmark in <c>docs/personalization.md</c>.
/// </summary>
public sealed record AdaptationOptions
{
    /// <summary>Steps of training where nothing can be held back, and the most otherwise (<c>adaptation.steps</c>), 1 to 10,000.</summary>
    public int Steps { get; init; } = 40;

    /// <summary>
    /// The step of gradient descent (<c>adaptation.rate</c>), above 0 to 100, in units of the largest that is surely stable: the
    /// inverse of the mean squared length of what the heads read.
    /// </summary>
    public double Rate { get; init; } = 1;

    /// <summary>Share of the last step that is made again, with Nesterov's look ahead (<c>adaptation.momentum</c>), 0 to below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>
    /// Pull toward the general layer (<c>adaptation.pull</c>), 0 to 1000, in units of the mean squared length of what the heads
    /// read; the biases are pulled as if they read a value of that length.
    /// </summary>
    public double Pull { get; init; } = 0.01;

    /// <summary>Weight of the rehearsal set against the person's samples (<c>adaptation.rehearsal</c>), 0 to 100; 0: without.</summary>
    public double Rehearsal { get; init; } = 3;

    /// <summary>Whether the dense layers before the heads train, too (<c>adaptation.hidden</c>).</summary>
    public bool TrainHidden { get; init; }

    /// <summary>
    /// Weight of a class that the person has not shown, against 1 for one that was (<c>adaptation.prior</c>), above 0 to 1; 1: no
    /// class prior. It is never 0, so that no class is excluded.
    /// </summary>
    public double PriorFloor { get; init; } = 0.1;

    /// <summary>
    /// With n independent looks at the class that has fewest, the adapted layer has the share n / (n + this)
    /// (<c>adaptation.share_samples</c>), 0 to 1000.
    /// </summary>
    public double ShareSamples { get; init; } = 1;

    /// <summary>How many looks of one episode count as independent at most (<c>adaptation.episode_looks</c>), 1 to 1000.</summary>
    public int EpisodeLooks { get; init; } = 3;

    /// <summary>Share of the samples that is held back for the decision (<c>adaptation.held_back</c>), above 0 to 0.5; no more than a third is, or one episode of two.</summary>
    public double HeldBack { get; init; } = 0.25;

    /// <summary>Frames left out between the two sides where an episode is split (<c>adaptation.gap</c>), 0 to 1000.</summary>
    public int Gap { get; init; } = 3;

    /// <summary>How many held-back samples a class must have for accuracies to be told (<c>adaptation.min_held_back</c>), 1 to 1000.</summary>
    public int MinHeldBack { get; init; } = 5;

    /// <summary>How much accuracy on the rehearsal set a person's layer may lose (<c>adaptation.max_loss</c>), 0 to 1: 0.01 is a point.</summary>
    public double MaxRehearsalLoss { get; init; } = 0.01;

    /// <summary>Weight of arousal and valence against the expression (<c>adaptation.affect_weight</c>), 0 to 100.</summary>
    public double AffectWeight { get; init; } = 0.5;

    /// <summary>Most samples of a person that are kept (<c>adaptation.max_samples</c>), 10 to 100,000; of the oldest episodes fewer are kept.</summary>
    public int MaxSamples { get; init; } = 1000;

    /// <summary>Nice value of the training thread (<c>adaptation.nice</c>), 0 to 19.</summary>
    public int Nice { get; init; } = 19;

    /// <summary>Least sharpness of a frame that is collected (<c>adaptation.min_sharpness</c>), 0 to 1; <see cref="CropQuality"/>.</summary>
    public double MinSharpness { get; init; } = 0.03;

    /// <summary>Least frontalness of a frame that is collected (<c>adaptation.min_frontalness</c>), 0 to 1.</summary>
    public double MinFrontalness { get; init; } = 0.4;

    /// <summary>Least width of a face that is collected (<c>adaptation.min_face_size</c>), 0 to 4096 pixels.</summary>
    public int MinFaceSize { get; init; } = 40;

    /// <summary>How long collecting lasts where a call does not say (<c>adaptation.timeout</c>), above 0 to 3600 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Most frames that one call collects (<c>adaptation.max_frames</c>), 1 to 100,000.</summary>
    public int MaxFrames { get; init; } = 300;

    /// <summary>Least time between two frames that are collected (<c>adaptation.min_interval</c>), 0 to 10 s: neighbours are much alike.</summary>
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromSeconds(0.05);

    /// <summary>Checks all values.</summary>
    /// <exception cref="InvalidOptionException">A value is not allowed; the message names the parameter, the value and what is.</exception>
    public void Validate()
    {
        Check(Steps is >= 1 and <= 10_000, "adaptation.steps", Steps, "1 to 10000");
        Check(Rate > 0 && Rate <= 100, "adaptation.rate", Rate, "above 0 to 100");
        Check(Momentum >= 0 && Momentum < 1, "adaptation.momentum", Momentum, "0 to below 1");
        Check(Pull >= 0 && Pull <= 1000, "adaptation.pull", Pull, "0 to 1000");
        Check(Rehearsal >= 0 && Rehearsal <= 100, "adaptation.rehearsal", Rehearsal, "0 to 100");
        Check(PriorFloor > 0 && PriorFloor <= 1, "adaptation.prior", PriorFloor, "above 0 to 1");
        Check(ShareSamples >= 0 && ShareSamples <= 1000, "adaptation.share_samples", ShareSamples, "0 to 1000");
        Check(EpisodeLooks is >= 1 and <= 1000, "adaptation.episode_looks", EpisodeLooks, "1 to 1000");
        Check(HeldBack > 0 && HeldBack <= 0.5, "adaptation.held_back", HeldBack, "above 0 to 0.5");
        Check(Gap is >= 0 and <= 1000, "adaptation.gap", Gap, "0 to 1000");
        Check(MinHeldBack is >= 1 and <= 1000, "adaptation.min_held_back", MinHeldBack, "1 to 1000");
        Check(MaxRehearsalLoss >= 0 && MaxRehearsalLoss <= 1, "adaptation.max_loss", MaxRehearsalLoss, "0 to 1");
        Check(AffectWeight >= 0 && AffectWeight <= 100, "adaptation.affect_weight", AffectWeight, "0 to 100");
        Check(MaxSamples is >= 10 and <= 100_000, "adaptation.max_samples", MaxSamples, "10 to 100000");
        Check(Nice is >= 0 and <= 19, "adaptation.nice", Nice, "0 to 19");
        Check(MinSharpness >= 0 && MinSharpness <= 1, "adaptation.min_sharpness", MinSharpness, "0 to 1");
        Check(MinFrontalness >= 0 && MinFrontalness <= 1, "adaptation.min_frontalness", MinFrontalness, "0 to 1");
        Check(MinFaceSize is >= 0 and <= 4096, "adaptation.min_face_size", MinFaceSize, "0 to 4096 pixels");
        Check(Timeout > TimeSpan.Zero && Timeout <= TimeSpan.FromHours(1), "adaptation.timeout", Timeout.TotalSeconds, "above 0 to 3600 seconds");
        Check(MaxFrames is >= 1 and <= 100_000, "adaptation.max_frames", MaxFrames, "1 to 100000");
        Check(MinInterval >= TimeSpan.Zero && MinInterval <= TimeSpan.FromSeconds(10), "adaptation.min_interval", MinInterval.TotalSeconds, "0 to 10 seconds");
    }

    private static void Check(bool holds, string parameter, object value, string allowed)
    {
        if (!holds)
            throw new InvalidOptionException(parameter, value, allowed);
    }
}
