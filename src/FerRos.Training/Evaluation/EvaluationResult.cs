using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerRos.Training;

/// <summary>A measure with its 95 % bootstrap interval. NaN becomes null in JSON.</summary>
public sealed record Measure(double Value, double Low, double High)
{
    /// <summary>In words: <c>0.8445 (0.8317 to 0.8571)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:0.0000} ({Low:0.0000} to {High:0.0000})");
}

/// <summary>One class in the table.</summary>
public sealed record ClassResult(string Class, int Samples, double Precision, double Recall, double F1);

/// <summary>How good a network is on a dataset.</summary>
public sealed record EvaluationResult
{
    /// <summary>The network or the file of weights.</summary>
    public required string Model { get; init; }

    /// <summary>Dataset, part and protocol.</summary>
    public required string Dataset { get; init; }

    /// <summary>Number of samples.</summary>
    public required int Samples { get; init; }

    /// <summary>Whether outputs were averaged with those of the mirrored picture.</summary>
    public bool Mirrored { get; init; }

    /// <summary>Number of weights; null where it was not counted.</summary>
    public long? Parameters { get; init; }

    /// <summary>Multiply-accumulates of one new frame; null where they were not counted.</summary>
    public long? MultiplyAccumulates { get; init; }

    /// <summary>Share of samples classified right.</summary>
    public Measure? Accuracy { get; init; }

    /// <summary>Mean F1 of the classes.</summary>
    public Measure? MacroF1 { get; init; }

    /// <summary>Expected calibration error, 15 bins.</summary>
    public Measure? CalibrationError { get; init; }

    /// <summary>Mean cross-entropy with the target distributions, in nats.</summary>
    public double? CrossEntropy { get; init; }

    /// <summary>Concordance of arousal.</summary>
    public Measure? ArousalCcc { get; init; }

    /// <summary>Concordance of valence.</summary>
    public Measure? ValenceCcc { get; init; }

    /// <summary>The classes' figures.</summary>
    public ImmutableArray<ClassResult> Classes { get; init; } = [];

    /// <summary>Counts: a row per label, a column per prediction, in the order of <see cref="Classes"/>.</summary>
    public ImmutableArray<ImmutableArray<int>> Confusion { get; init; } = [];

    /// <summary>As JSON; NaN becomes null.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationResult);

    /// <summary>As a table for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Model} on {Dataset}: {Samples} samples{(Mirrored ? ", averaged with the mirrored picture" : "")}");
        foreach (var (name, measure) in new[]
        {
            ("accuracy", Accuracy), ("macro F1", MacroF1), ("calibration error", CalibrationError), ("arousal CCC", ArousalCcc), ("valence CCC", ValenceCcc),
        })
        {
            if (measure is not null)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {name,-18} {measure}");
        }

        if (CrossEntropy is { } entropy)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {"cross-entropy",-18} {entropy:0.0000}");
        if (Classes.IsEmpty)
            return text.ToString();

        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"  {"class",-12} {"samples",8} {"precision",10} {"recall",8} {"F1",8}");
        foreach (var c in Classes)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {c.Class,-12} {c.Samples,8} {c.Precision,10:0.000} {c.Recall,8:0.000} {c.F1,8:0.000}");
        text.AppendLine().AppendLine("  confusion (rows: labels, columns: predictions)");
        text.Append(' ', 15);
        foreach (var c in Classes)
            text.Append(CultureInfo.InvariantCulture, $" {c.Class[..Math.Min(6, c.Class.Length)],6}");
        text.AppendLine();
        for (var i = 0; i < Confusion.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Classes[i].Class,-12} ");
            foreach (var count in Confusion[i])
                text.Append(CultureInfo.InvariantCulture, $" {count,6}");
            text.AppendLine();
        }

        return text.ToString();
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(NanAsNull)])]
[JsonSerializable(typeof(EvaluationResult))]
internal sealed partial class EvaluationJson : JsonSerializerContext;

/// <summary>JSON knows no NaN.</summary>
internal sealed class NanAsNull : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}
