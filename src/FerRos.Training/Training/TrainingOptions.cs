using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FerRos.Training;

/// <summary>How weights change.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,

    /// <summary>Adam.</summary>
    Adam,

    /// <summary>Adamax.</summary>
    Adamax,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,
}

/// <summary>How the learning rate changes.</summary>
public enum ScheduleKind
{
    /// <summary>Up and down once.</summary>
    OneCycle,

    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>rate / (1 + decay * step).</summary>
    InverseDecay,

    /// <summary>EmotionNet Nano's stages.</summary>
    Nano,

    /// <summary>Down when the held-back loss stays.</summary>
    Plateau,
}

/// <summary>
/// A run of training. Two runs with the same options, data and libtorch on the same machine give the same weights.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>Name of the network in the zoo.</summary>
    public required string Network { get; init; }

    /// <summary>Height and width of the input; null: the network's own.</summary>
    public int? InputSize { get; init; }

    /// <summary>Rate of all dropout layers; null: the network's own.</summary>
    public double? Dropout { get; init; }

    /// <summary>Adds a batch normalisation behind every convolution without one, and folds it away at the end.</summary>
    public bool BatchNormalization { get; init; }

    /// <summary>He-uniform first weights instead of Glorot's.</summary>
    public bool HeInitialization { get; init; }

    /// <summary>Number of epochs.</summary>
    public int Epochs { get; init; } = 12;

    /// <summary>Samples per step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>How weights change.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>The (largest) learning rate.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Weight decay of AdamW, on kernels alone.</summary>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Nesterov's momentum in SGD.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>How the learning rate changes.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.OneCycle;

    /// <summary>Decay of <see cref="ScheduleKind.InverseDecay"/>.</summary>
    public double Decay { get; init; } = 0.01;

    /// <summary>Factor of <see cref="ScheduleKind.Plateau"/>.</summary>
    public double PlateauFactor { get; init; } = 0.5;

    /// <summary>Epochs that <see cref="ScheduleKind.Plateau"/> waits.</summary>
    public int PlateauPatience { get; init; } = 2;

    /// <summary>The smallest rate of <see cref="ScheduleKind.Plateau"/>.</summary>
    public double PlateauSmallest { get; init; } = 1e-5;

    /// <summary>Ends the run when the held-back loss has not fallen for so many epochs; null: never.</summary>
    public int? EarlyStop { get; init; }

    /// <summary>
    /// Decay of the exponential average of the weights; null: none. It starts in the second half of the run: begun
    /// earlier, it carries weights that were bad for long. What is better on the held-back samples is kept.
    /// </summary>
    public double? Average { get; init; } = 0.999;

    /// <summary>Aims at the votes (true) or at the winning class (false).</summary>
    public bool SoftLabels { get; init; } = true;

    /// <summary>Share of the target that is spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How pictures are varied.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>
    /// Layers that train: names, or beginnings with a star (<c>dense*</c>); <c>last</c> stands for the last dense layer
    /// and the heads. Empty: all.
    /// </summary>
    public ImmutableArray<string> TrainLayers { get; init; } = [];

    /// <summary>Weights to start from; layers that they lack start anew. Null: all anew.</summary>
    public string? InitialWeights { get; init; }

    /// <summary>Weights of trained networks whose outputs are mixed into the targets; see <see cref="Teaching"/>.</summary>
    public ImmutableArray<string> Teachers { get; init; } = [];

    /// <summary>The teachers' share of the targets.</summary>
    public double TeacherShare { get; init; } = 0.5;

    /// <summary>
    /// Mixup (Zhang et al. 2018): every picture of a batch is blended with another one, and so are their labels, by a
    /// share drawn from Beta(a, a). 0: none.
    /// </summary>
    public double Mixup { get; init; }

    /// <summary>
    /// How sequence networks train: their recurrent part on films made from stills, over the encoder of
    /// <see cref="InitialWeights"/>, which stays as it is.
    /// </summary>
    public FilmOptions Films { get; init; } = new();

    /// <summary>Computes convolutions and products in 16 bits.</summary>
    public bool BFloat16 { get; init; }

    /// <summary>Seed of first weights, order, augmentation and dropout.</summary>
    public int Seed { get; init; }

    /// <summary>Threads of libtorch. Another number may change the last digits.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Threads that prepare pictures.</summary>
    [JsonIgnore]
    public int LoaderThreads { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>How often a checkpoint is written, beside the one after each epoch.</summary>
    [JsonIgnore]
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Checks that all is in range.</summary>
    /// <exception cref="ArgumentException">A value is not; the message names it.</exception>
    public void Validate()
    {
        static void Require(bool holds, string name, object? value, string allowed)
        {
            if (!holds)
                throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it must be {allowed}"));
        }

        Require(Epochs is >= 1 and <= 100_000, nameof(Epochs), Epochs, "1 to 100000");
        Require(BatchSize is >= 1 and <= 65_536, nameof(BatchSize), BatchSize, "1 to 65536");
        Require(LearningRate is > 0 and <= 10, nameof(LearningRate), LearningRate, "above 0, at most 10");
        Require(WeightDecay is >= 0 and <= 1, nameof(WeightDecay), WeightDecay, "0 to 1");
        Require(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "0 to below 1");
        Require(Decay is >= 0 and <= 1, nameof(Decay), Decay, "0 to 1");
        Require(PlateauFactor is > 0 and < 1, nameof(PlateauFactor), PlateauFactor, "between 0 and 1");
        Require(PlateauPatience >= 1, nameof(PlateauPatience), PlateauPatience, "at least 1");
        Require(EarlyStop is null or >= 1, nameof(EarlyStop), EarlyStop, "at least 1");
        Require(Average is null or (> 0 and < 1), nameof(Average), Average, "between 0 and 1");
        Require(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "0 to below 1");
        Require(TeacherShare is >= 0 and <= 1, nameof(TeacherShare), TeacherShare, "0 to 1");
        Require(Mixup is >= 0 and <= 10, nameof(Mixup), Mixup, "0 to 10");
        Require(Threads is >= 1 and <= 1024, nameof(Threads), Threads, "1 to 1024");
        Require(LoaderThreads is >= 1 and <= 256, nameof(LoaderThreads), LoaderThreads, "1 to 256");
        Augmentation.Validate();
        Films.Validate();
    }

    internal Schedule CreateSchedule() => Schedule switch
    {
        ScheduleKind.OneCycle => new OneCycle(LearningRate),
        ScheduleKind.Constant => new ConstantRate(LearningRate),
        ScheduleKind.InverseDecay => new InverseDecay(LearningRate, Decay),
        ScheduleKind.Nano => new StepDecay(LearningRate, StepDecay.Nano),
        ScheduleKind.Plateau => new ReduceOnPlateau(LearningRate, PlateauFactor, PlateauPatience, PlateauSmallest),
        _ => throw new ArgumentException($"there is no schedule {Schedule}"),
    };
}
