using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerRos.Training;

/// <summary>One person at one k, means over the draws. Accuracies are balanced over classes, 0 to 1.</summary>
internal sealed record PersonScore(
    string Person,
    int Classes,
    double Before,
    double After,
    double Prior,
    double RestrictedBefore,
    double RestrictedAfter,
    double UnenrolledBefore,
    double UnenrolledAfter,
    double Activated,
    double Milliseconds)
{
    /// <summary>What adaptation changed.</summary>
    [JsonIgnore]
    public double Change => After - Before;
}

/// <summary>All people at one k, with one way to adapt. Intervals are 95 % of a bootstrap over people.</summary>
internal sealed record KScore(
    int K,
    int People,
    int Draws,
    double Before,
    double After,
    double Change,
    double ChangeLow,
    double ChangeHigh,
    double Prior,
    double RestrictedBefore,
    double RestrictedAfter,
    double RestrictedChange,
    double RestrictedLow,
    double RestrictedHigh,
    int Worse,
    double WorstChange,
    double UnenrolledBefore,
    double UnenrolledAfter,
    double GeneralBefore,
    double GeneralAfter,
    double GeneralAfterWithPrior,
    double Milliseconds,
    ImmutableArray<PersonScore> Persons);

/// <summary>One way to adapt.</summary>
internal sealed record VariantScore(string Variant, ImmutableArray<KScore> Scores);

/// <summary>Defaults chosen on one half of the people, measured on the other half; both ways round.</summary>
internal sealed record HalfScore(string ChosenOn, string Variant, ImmutableArray<KScore> Scores);

/// <summary>What <c>ferros personalize --benchmark</c> measures of one model.</summary>
internal sealed record PersonalizationReport(
    string Model,
    string Network,
    int Pictures,
    int People,
    int GeneralRows,
    int RehearsalSamples,
    ImmutableArray<VariantScore> Variants,
    ImmutableArray<HalfScore> LeftOut)
{
    private static readonly string[] Colors = ["#1b6ca8", "#888888", "#2e8b57", "#c0392b"];

    internal static string ToJson(ImmutableArray<PersonalizationReport> reports) =>
        JsonSerializer.Serialize(reports, PersonalizationJson.Default.ImmutableArrayPersonalizationReport);

    internal string Table()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"### {Model}\n\n{Pictures} faces of {People} people; {GeneralRows} rows of FER+ valid; {RehearsalSamples} rehearsed faces.\n\n");
        text.Append("| variant | k | people | before | after | change (95 %) | prior alone | restricted before | restricted after | change (95 %) | worse | worst | not enrolled | FER+ | FER+ with prior | ms |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var variant in Variants)
            Rows(text, variant.Variant, variant.Scores);
        foreach (var half in LeftOut)
            Rows(text, $"chosen on the {half.ChosenOn} half ({half.Variant}), measured on the other", half.Scores);
        return text.ToString();
    }

    /// <summary>Balanced accuracy against k: a thin line per person, thick lines for the means.</summary>
    internal string Plot()
    {
        const int Width = 720, Height = 420, Left = 60, Bottom = 50, Top = 40, Right = 170;
        var scores = Variants[0].Scores;
        var svg = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        var low = Math.Floor(10 * scores.SelectMany(s => s.Persons).SelectMany(p => new[] { p.Before, p.After }).Append(0.5).Min()) / 10;
        double X(int i) => Left + ((Width - Left - Right) * (scores.Length == 1 ? 0.5 : (double)i / (scores.Length - 1)));
        double Y(double v) => Height - Bottom - ((Height - Bottom - Top) * (v - low) / (1 - low));
        void Text(double x, double y, string text, string anchor, string color = "#222") => svg.Append(
            CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" fill=\"{color}\">{System.Net.WebUtility.HtmlEncode(text)}</text>\n");
        void Line(IEnumerable<(double X, double Y)> points, string color, double width, string dash = "", double opacity = 1) => svg.Append(
            CultureInfo.InvariantCulture,
            $"<polyline points=\"{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")))}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\" stroke-dasharray=\"{dash}\" stroke-opacity=\"{opacity}\"/>\n");
        Text((Width - Right + Left) / 2.0, 20, $"{Model}: balanced accuracy after adaptation", "middle");
        Text((Width - Right + Left) / 2.0, Height - 12, "labelled pictures per class", "middle");
        for (var v = low; v <= 1.0001; v += 0.1)
        {
            Line([(Left, Y(v)), (Width - Right, Y(v))], "#dddddd", 1);
            Text(Left - 8, Y(v) + 4, v.ToString("0.0", CultureInfo.InvariantCulture), "end");
        }

        for (var i = 0; i < scores.Length; i++)
            Text(X(i), Height - Bottom + 18, scores[i].K.ToString(CultureInfo.InvariantCulture), "middle");
        foreach (var person in scores.SelectMany(s => s.Persons).Select(p => p.Person).Distinct(StringComparer.Ordinal))
        {
            var points = scores.Select((s, i) => (Index: i, Score: s.Persons.FirstOrDefault(p => p.Person == person))).Where(p => p.Score is not null).ToArray();
            Line(points.Select(p => (X(p.Index), Y(p.Score!.After))), Colors[0], 1, opacity: 0.35);
        }

        (string Name, Func<KScore, double> Of, string Dash)[] means =
        [
            ("after, mean", s => s.After, ""), ("before, mean", s => s.Before, "6 4"), ("after, restricted", s => s.RestrictedAfter, ""),
            ("before, restricted", s => s.RestrictedBefore, "6 4"),
        ];
        for (var m = 0; m < means.Length; m++)
        {
            Line(scores.Select((s, i) => (X(i), Y(means[m].Of(s)))), Colors[m], 3, means[m].Dash);
            Line([(Width - Right + 12, Top + 10 + (20 * m)), (Width - Right + 36, Top + 10 + (20 * m))], Colors[m], 3, means[m].Dash);
            Text(Width - Right + 42, Top + 14 + (20 * m), means[m].Name, "start", Colors[m]);
        }

        Line([(Width - Right + 12, Top + 90), (Width - Right + 36, Top + 90)], Colors[0], 1, opacity: 0.35);
        Text(Width - Right + 42, Top + 94, "one person, after", "start", Colors[0]);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Rows(StringBuilder text, string variant, ImmutableArray<KScore> scores)
    {
        foreach (var s in scores)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {variant} | {s.K} | {s.People} | {100 * s.Before:0.0} | {100 * s.After:0.0} | {100 * s.Change:+0.0;-0.0} ({100 * s.ChangeLow:+0.0;-0.0} to {100 * s.ChangeHigh:+0.0;-0.0}) | {100 * s.Prior:0.0} | {100 * s.RestrictedBefore:0.0} | {100 * s.RestrictedAfter:0.0} | {100 * s.RestrictedChange:+0.0;-0.0} ({100 * s.RestrictedLow:+0.0;-0.0} to {100 * s.RestrictedHigh:+0.0;-0.0}) | {s.Worse} | {100 * s.WorstChange:+0.0;-0.0} | {100 * s.UnenrolledBefore:0.0} to {100 * s.UnenrolledAfter:0.0} | {100 * s.GeneralBefore:0.0} to {100 * s.GeneralAfter:0.0} | {100 * s.GeneralAfterWithPrior:0.0} | {s.Milliseconds:0} |\n");
        }
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ImmutableArray<PersonalizationReport>))]
internal sealed partial class PersonalizationJson : JsonSerializerContext;
