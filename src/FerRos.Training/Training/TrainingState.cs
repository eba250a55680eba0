using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerRos.Training;

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Rate">Learning rate of its last step.</param>
/// <param name="TrainLoss">Mean loss of its steps, on varied pictures.</param>
/// <param name="TrainAccuracy">Share of varied pictures classified right; NaN without expression.</param>
/// <param name="HeldLoss">Loss on the held-back samples.</param>
/// <param name="HeldScore">Accuracy, or mean concordance, on the held-back samples.</param>
/// <param name="AverageScore">The same with the averaged weights; NaN while there are none.</param>
/// <param name="Seconds">Of training until then.</param>
public sealed record EpochResult(
    int Epoch, double Rate, double TrainLoss, double TrainAccuracy, double HeldLoss, double HeldScore, double AverageScore, double Seconds);

/// <summary>Where a run stands, but for its tensors.</summary>
internal sealed record TrainingState
{
    /// <summary>The options and data that it belongs to.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Epochs finished.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps made in the current epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Steps of the optimiser.</summary>
    public long Steps { get; set; }

    /// <summary>Sum of the losses in the current epoch.</summary>
    public double LossSum { get; set; }

    /// <summary>Samples classified right in the current epoch.</summary>
    public long Right { get; set; }

    /// <summary>Samples seen in the current epoch.</summary>
    public long Seen { get; set; }

    /// <summary>Whether the average has begun.</summary>
    public bool Averaging { get; set; }

    /// <summary>The best score on the held-back samples.</summary>
    public double BestScore { get; set; } = double.NegativeInfinity;

    /// <summary>Its epoch.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Whether it was the average's.</summary>
    public bool BestIsAverage { get; set; }

    /// <summary>The lowest held-back loss, for early stopping.</summary>
    public double LowestLoss { get; set; } = double.PositiveInfinity;

    /// <summary>Its epoch.</summary>
    public int LowestLossEpoch { get; set; }

    /// <summary>Seconds of training.</summary>
    public double Seconds { get; set; }

    /// <summary>What the schedule remembers.</summary>
    public double[] Schedule { get; set; } = [];

    /// <summary>State of libtorch's random numbers.</summary>
    public string Random { get; set; } = "";

    /// <summary>All finished epochs.</summary>
    public List<EpochResult> History { get; init; } = [];
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TrainingState))]
[JsonSerializable(typeof(TrainingOptions))]
internal sealed partial class TrainingJson : JsonSerializerContext;
