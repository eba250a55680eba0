using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerRos.Training;

/// <summary>What the network of one fold said of one of its test pictures.</summary>
/// <param name="Key">The picture within the dataset.</param>
/// <param name="Probabilities">In the order of the dataset's classes.</param>
public sealed record FoldPrediction(string Key, ImmutableArray<float> Probabilities);

/// <summary>One finished fold.</summary>
public sealed record FoldResult
{
    /// <summary>Its number, from 1.</summary>
    public required int Fold { get; init; }

    /// <summary>The people that it was tested on.</summary>
    public required ImmutableArray<string> Subjects { get; init; }

    /// <summary>The people of the other folds that chose the epoch.</summary>
    public required ImmutableArray<string> HeldBack { get; init; }

    /// <summary>Share of its test pictures classified right.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The epoch whose weights were tested.</summary>
    public required int Epoch { get; init; }

    /// <summary>Pictures a second in training.</summary>
    public required double PicturesPerSecond { get; init; }

    /// <summary>What was said of every test picture.</summary>
    public required ImmutableArray<FoldPrediction> Predictions { get; init; }
}

/// <summary>How good a network is that never saw the people it is tested on.</summary>
public sealed record CrossValidationResult
{
    /// <summary>The network.</summary>
    public required string Network { get; init; }

    /// <summary>The weights that every fold started from; empty: drawn anew.</summary>
    public required string Initial { get; init; }

    /// <summary>Number of people.</summary>
    public required int Subjects { get; init; }

    /// <summary>
    /// All test pictures of all folds together. The intervals are over people: pictures of one person are drawn together,
    /// since they are alike.
    /// </summary>
    public required EvaluationResult Pooled { get; init; }

    /// <summary>Accuracy of each fold.</summary>
    public required ImmutableArray<double> FoldAccuracies { get; init; }

    /// <summary>Mean over the folds.</summary>
    public double FoldMean => FoldAccuracies.Average();

    /// <summary>Standard deviation over the folds (of a sample: divided by their number less one).</summary>
    public double FoldDeviation => Math.Sqrt(FoldAccuracies.Sum(a => (a - FoldMean) * (a - FoldMean)) / (FoldAccuracies.Length - 1));

    /// <summary>Mean of the pictures a second in training.</summary>
    public required double PicturesPerSecond { get; init; }

    /// <summary>The command that was run.</summary>
    public required string Command { get; init; }

    /// <summary>As JSON; NaN becomes null.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, CrossValidationJson.Default.CrossValidationResult);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="DatasetException">The file is no result.</exception>
    public static CrossValidationResult Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), CrossValidationJson.Default.CrossValidationResult)
                ?? throw new DatasetException($"{path} is empty");
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{path} is no result of a cross-validation: {e.Message}", e);
        }
    }

    /// <summary>As a table for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Pooled.ToString());
        text.AppendLine(CultureInfo.InvariantCulture, $"  folds ({FoldAccuracies.Length}, split by {Subjects} subjects): {FoldMean:0.0000} +- {FoldDeviation:0.0000} ({string.Join(" ", FoldAccuracies.Select(a => a.ToString("0.000", CultureInfo.InvariantCulture)))})");
        text.AppendLine(CultureInfo.InvariantCulture, $"  {(Initial.Length > 0 ? $"each fold started from {Initial}" : "each fold started anew")}; {PicturesPerSecond:0} pictures/s in training");
        return text.ToString();
    }
}

/// <summary>The finished folds of a network, for going on.</summary>
internal sealed record CrossValidationState
{
    /// <summary>Everything that changes the course of a fold.</summary>
    public required string Fingerprint { get; init; }

    public required ImmutableArray<FoldResult> Folds { get; init; }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(NanAsNull)])]
[JsonSerializable(typeof(CrossValidationResult))]
[JsonSerializable(typeof(CrossValidationState))]
internal sealed partial class CrossValidationJson : JsonSerializerContext;
