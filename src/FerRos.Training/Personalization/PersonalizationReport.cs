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
/// <param name="Model">The model's name.</param>
/// <param name="Network">Its network's name.</param>
/// <param name="Pictures">Faces of people.</param>
/// <param name="People">People.</param>
/// <param name="GeneralRows">Rows of FER+ valid.</param>
/// <param name="RehearsalSamples">Rehearsed faces.</param>
/// <param name="Variants">The defaults first, then other ways to adapt.</param>
/// <param name="Most">
/// The defaults, learnt from a picture of three quarters of each person's shots (<see cref="EnrolledPerson.WithMost"/>), as far as more
/// pictures lead: the people of k = 5; its own k is 0. Null where there is nobody.
/// </param>
/// <param name="LeftOut">Options chosen on one half of the people, measured on the other.</param>
internal sealed record PersonalizationReport(
    string Model,
    string Network,
    int Pictures,
    int People,
    int GeneralRows,
    int RehearsalSamples,
    ImmutableArray<VariantScore> Variants,
    KScore? Most,
    ImmutableArray<HalfScore> LeftOut)
{
    /// <summary>As JSON; NaN becomes null.</summary>
    internal static string ToJson(ImmutableArray<PersonalizationReport> reports) =>
        JsonSerializer.Serialize(reports, PersonalizationJson.Default.ImmutableArrayPersonalizationReport);

    /// <summary>A row per way to adapt and k.</summary>
    internal string Table()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"### {Model}\n\n{Pictures} faces of {People} people; {GeneralRows} rows of FER+ valid; {RehearsalSamples} rehearsed faces.\n\n");
        text.Append("| variant | k | people | before | after | change (95 %) | prior alone | restricted before | restricted after | change (95 %) | worse | worst | not enrolled | FER+ | FER+ with prior | ms |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var variant in Variants)
            Rows(text, variant.Variant, variant.Scores);
        if (Most is not null)
            Rows(text, "default, three quarters of the shots", [Most]);
        foreach (var half in LeftOut)
            Rows(text, $"chosen on the {half.ChosenOn} half ({half.Variant}), measured on the other", half.Scores);
        return text.ToString();
    }

    /// <summary>The defaults, a row per person: balanced accuracy before and after at each k, and the change.</summary>
    internal string PersonTable()
    {
        var scores = Variants[0].Scores;
        var text = new StringBuilder("| person |").AppendJoin("", scores.Select(s => string.Create(CultureInfo.InvariantCulture, $" k = {s.K} |"))).Append('\n');
        text.Append("|---|").AppendJoin("", scores.Select(_ => "---|")).Append('\n');
        foreach (var person in Persons(scores))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {person} |");
            foreach (var score in scores)
            {
                text.Append(score.Persons.FirstOrDefault(p => p.Person == person) is { } s
                    ? string.Create(CultureInfo.InvariantCulture, $" {Pair(s.Before, s.After)} ({Points(s.Change)}) |")
                    : " |");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Balanced accuracy of the defaults against k: a line per person, and the means.</summary>
    internal string Plot()
    {
        var scores = Variants[0].Scores;
        ScoreLine Mean(string name, Func<KScore, double> of, bool isDashed) => new(name, [.. scores.Select(s => (s.K, of(s)))]) { IsDashed = isDashed };
        return ScorePlot.Draw(
            $"{Model}: balanced accuracy after adaptation",
            [.. Persons(scores).Select(person => new ScoreLine(
                person, [.. from s in scores from p in s.Persons where p.Person == person select (s.K, p.After)]))],
            [
                Mean("after, mean", s => s.After, false), Mean("before, mean", s => s.Before, true),
                Mean("after, restricted", s => s.RestrictedAfter, false), Mean("before, restricted", s => s.RestrictedBefore, true),
            ]);
    }

    private static IEnumerable<string> Persons(ImmutableArray<KScore> scores) =>
        scores.SelectMany(s => s.Persons).Select(p => p.Person).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static string Percent(double share) => double.IsFinite(share) ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}") : "-";

    /// <summary>A change of a share in points. What rounds to nothing has no sign of its own: a format alone would write "-+0.0".</summary>
    private static string Points(double share) => (Math.Round(100 * share, 1) + 0.0).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Pair(double before, double after) => double.IsFinite(before) ? $"{Percent(before)} to {Percent(after)}" : "-";

    private static void Rows(StringBuilder text, string variant, ImmutableArray<KScore> scores)
    {
        foreach (var s in scores)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {variant} | {(s.K > 0 ? s.K : "-")} | {s.People} | {100 * s.Before:0.0} | {100 * s.After:0.0} | {Points(s.Change)} ({Points(s.ChangeLow)} to {Points(s.ChangeHigh)}) | {100 * s.Prior:0.0} | {100 * s.RestrictedBefore:0.0} | {100 * s.RestrictedAfter:0.0} | {Points(s.RestrictedChange)} ({Points(s.RestrictedLow)} to {Points(s.RestrictedHigh)}) | {s.Worse} | {Points(s.WorstChange)} | {Pair(s.UnenrolledBefore, s.UnenrolledAfter)} | {Pair(s.GeneralBefore, s.GeneralAfter)} | {Percent(s.GeneralAfterWithPrior)} | {s.Milliseconds:0} |\n");
        }
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(NanAsNull)])]
[JsonSerializable(typeof(ImmutableArray<PersonalizationReport>))]
internal sealed partial class PersonalizationJson : JsonSerializerContext;
