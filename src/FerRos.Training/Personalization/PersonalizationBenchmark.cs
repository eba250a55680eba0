using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using FerRos.Inference;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>What a benchmark of personalisation is to do.</summary>
internal sealed record BenchmarkPlan
{
    /// <summary>Labelled pictures per class.</summary>
    public ImmutableArray<int> Counts { get; init; } = [1, 2, 5, 10];

    /// <summary>Draws a person and count.</summary>
    public int Draws { get; init; } = 10;

    /// <summary>Draws for all but the defaults.</summary>
    public int VariantDraws { get; init; } = 10;

    /// <summary>Whether other ways to adapt are measured beside the defaults.</summary>
    public bool Variants { get; init; } = true;

    /// <summary>Whether defaults are chosen on one half of the people and measured on the other, both ways round.</summary>
    public bool LeaveOut { get; init; } = true;

    /// <summary>Threads.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>Adapts to k labelled pictures per class of a person and tests on the person's other pictures (<see cref="EnrolledPerson"/>).</summary>
internal sealed class PersonalizationBenchmark
{
    private const int BootstrapDraws = 2000;

    // Whose pictures show how far more of them lead.
    private const int MostK = 5;

    private readonly LastLayer _layer;
    private readonly NetworkIdentity _network;
    private readonly FaceFeatures[] _people;
    private readonly FaceFeatures[] _general;
    private readonly RehearsalSet? _rehearsal;
    private readonly Adaptation _adaptation;
    private readonly string _model;

    /// <summary>Prepares the benchmark of one model.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="layer">Its general last layer.</param>
    /// <param name="network">Its identity.</param>
    /// <param name="people">What the last layer reads of the people's pictures.</param>
    /// <param name="general">That of faces of FER+ valid; empty: what adaptation costs on other faces is not measured.</param>
    /// <param name="rehearsal">General faces to rehearse; null: none.</param>
    internal PersonalizationBenchmark(
        string model, LastLayer layer, NetworkIdentity network, FaceFeatures[] people, FaceFeatures[] general, RehearsalSet? rehearsal) =>
        (_model, _layer, _network, _people, _general, _rehearsal, _adaptation) =
            (model, layer, network, people, general, rehearsal, new Adaptation(layer, network, rehearsal));

    /// <summary>The defaults, and what they are compared with.</summary>
    internal static ImmutableArray<(string Name, AdaptationOptions Options)> Variants { get; } =
    [
        ("default", new AdaptationOptions()),
        ("without class prior", new AdaptationOptions { PriorFloor = 1 }),
        ("full share", new AdaptationOptions { ShareSamples = 0 }),
        ("dense and head", new AdaptationOptions { TrainHidden = true, Rate = 0.3 }),
        ("without rehearsal", new AdaptationOptions { Rehearsal = 0, MaxRehearsalLoss = 1 }),
        ("without pull", new AdaptationOptions { Pull = 0 }),
        ("without rehearsal and pull", new AdaptationOptions { Rehearsal = 0, Pull = 0, MaxRehearsalLoss = 1 }),
        ("dense and head, without rehearsal and pull", new AdaptationOptions { TrainHidden = true, Rate = 0.3, Rehearsal = 0, Pull = 0, MaxRehearsalLoss = 1 }),
    ];

    /// <summary>What the defaults are chosen from.</summary>
    internal static ImmutableArray<(string Name, AdaptationOptions Options)> Candidates { get; } =
    [
        .. from pull in new[] { 0.003, 0.01, 0.03 }
           from rehearsal in new[] { 1.0, 3.0 }
           from looks in new[] { 0.0, 1.0, 3.0 }
           select (FormattableString.Invariant($"pull {pull}, rehearsal {rehearsal}, share samples {looks}"),
               new AdaptationOptions { Pull = pull, Rehearsal = rehearsal, ShareSamples = looks }),
    ];

    /// <summary>Measures.</summary>
    /// <param name="plan">What is to be done.</param>
    /// <param name="pictures">Number of pictures, for the report.</param>
    /// <param name="progress">Is told what is done.</param>
    /// <param name="cancellation">Stops between two adaptations.</param>
    /// <exception cref="DatasetException">Nobody has enough pictures.</exception>
    internal PersonalizationReport Run(BenchmarkPlan plan, int pictures, Action<string>? progress, CancellationToken cancellation)
    {
        string[] people = [.. _people.Select(f => f.Person).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var variants = ImmutableArray.CreateBuilder<VariantScore>();
        foreach (var (name, options) in plan.Variants ? Variants : Variants[..1])
        {
            variants.Add(new VariantScore(name, Measure(people, options, plan, name == "default" ? plan.Draws : plan.VariantDraws, cancellation)));
            progress?.Invoke($"{_model}: {name} done");
            if (variants[0].Scores.IsEmpty)
                throw new DatasetException($"nobody has two expressions with at least {plan.Counts.Min() + EnrolledPerson.LeastTest} pictures each, of {plan.Counts.Min() + 1} shots: there is nothing to measure");
        }

        var most = Measure([.. people.Select(p => EnrolledPerson.WithMost(p, _people, MostK, plan.Draws)).OfType<EnrolledPerson>()], 0, Variants[0].Options, plan, plan.Draws, cancellation);
        var halves = ImmutableArray.CreateBuilder<HalfScore>();
        if (plan.LeaveOut && people.Length >= 4)
        {
            string[][] sides = [[.. people.Where((_, i) => i % 2 == 0)], [.. people.Where((_, i) => i % 2 == 1)]];
            for (var side = 0; side < 2; side++)
            {
                var name = side == 0 ? "first" : "second";
                if (Choose(sides[side], plan, cancellation) is not var (best, options)
                    || Measure(sides[1 - side], options, plan, plan.Draws, cancellation) is not { IsEmpty: false } scores)
                {
                    progress?.Invoke($"{_model}: a half of the people has nobody with enough pictures: nothing is chosen on the {name} half");
                    continue;
                }

                halves.Add(new HalfScore(name, best, scores));
                progress?.Invoke($"{_model}: chosen on the {name} half: {best}");
            }
        }

        return new PersonalizationReport(
            _model, _network.Network, pictures, people.Length, _general.Length, _rehearsal?.Count ?? 0, variants.ToImmutable(), most, halves.ToImmutable());
    }

    /// <summary>
    /// What some k speaks for a way to adapt: the mean gain, and the restricted gain alike; every person that gets worse
    /// costs half a point, and what is lost beyond a point on general faces, where there are such, is lost here, too.
    /// </summary>
    internal static double Worth(KScore score)
    {
        var lost = score.GeneralBefore - score.GeneralAfter - 0.01;
        return score.Change + score.RestrictedChange - (0.005 * score.Worse) - (lost > 0 ? lost : 0);
    }

    /// <summary>The candidate that is worth most to some people; null: none of them has enough pictures.</summary>
    private (string Name, AdaptationOptions Options)? Choose(string[] people, BenchmarkPlan plan, CancellationToken cancellation)
    {
        (string Name, AdaptationOptions Options)? best = null;
        var most = double.NegativeInfinity;
        foreach (var candidate in Candidates)
        {
            var scores = Measure(people, candidate.Options, plan, Math.Min(3, plan.VariantDraws), cancellation);
            if (scores.IsEmpty)
                return null;
            var value = scores.Average(Worth);
            if (value <= most)
                continue;
            (best, most) = (candidate, value);
        }

        return best;
    }

    private ImmutableArray<KScore> Measure(string[] people, AdaptationOptions options, BenchmarkPlan plan, int draws, CancellationToken cancellation)
    {
        var scores = ImmutableArray.CreateBuilder<KScore>();
        foreach (var k in plan.Counts)
        {
            if (Measure([.. people.Select(p => EnrolledPerson.Of(p, _people, k, draws)).OfType<EnrolledPerson>()], k, options, plan, draws, cancellation) is { } score)
                scores.Add(score);
        }

        return scores.ToImmutable();
    }

    private KScore? Measure(EnrolledPerson[] cases, int k, AdaptationOptions options, BenchmarkPlan plan, int draws, CancellationToken cancellation)
    {
        if (cases.Length == 0)
            return null;
        var results = new ConcurrentDictionary<(int Case, int Draw), DrawScore>();
        var work = from c in Enumerable.Range(0, cases.Length) from d in Enumerable.Range(0, draws) select (c, d);
        Parallel.ForEach(work, new ParallelOptions { MaxDegreeOfParallelism = plan.Threads, CancellationToken = cancellation }, item =>
            results[item] = Draw(cases[item.c], item.d, draws, options));
        return Summarize(k, draws, cases, results);
    }

    private DrawScore Draw(EnrolledPerson person, int draw, int draws, AdaptationOptions options)
    {
        var (train, test, others) = person.Splits[draw];
        var profile = Profile.Create("benchmark", _network, DateTimeOffset.UnixEpoch).Add(
            train.Select((f, i) => new ProfileSample { Features = f.Features, Episode = $"{i}", Stamp = i, Expression = f.Expression }), DateTimeOffset.UnixEpoch);
        var clock = Stopwatch.StartNew();
        var result = _adaptation.Train(profile, options, DateTimeOffset.UnixEpoch);
        var milliseconds = clock.Elapsed.TotalMilliseconds;
        var layer = result.Profile.ToPersonLayer(_layer);
        var withoutPrior = layer is null ? null : new PersonLayer("benchmark", layer.Layer, layer.Share);
        var prior = layer is null ? null : new PersonLayer("benchmark", _layer, 0, layer.ClassWeights);

        // The draws share the general faces: together they have seen them all.
        var general = _general.Where((_, i) => i % draws == draw).ToArray();
        return new DrawScore(
            Balanced(test, null, null), Balanced(test, layer, null), Balanced(test, prior, null),
            Balanced(test, null, person.Classes), Balanced(test, layer, person.Classes),
            Accuracy(others, null), Accuracy(others, layer),
            Accuracy(general, null), Accuracy(general, withoutPrior), Accuracy(general, layer),
            result.Outcome == AdaptationOutcome.Activated, milliseconds);
    }

    private static KScore Summarize(int k, int draws, EnrolledPerson[] cases, ConcurrentDictionary<(int Case, int Draw), DrawScore> results)
    {
        DrawScore[][] byPerson = [.. cases.Select((_, c) => Enumerable.Range(0, draws).Select(d => results[(c, d)]).ToArray())];
        double[] Of(Func<DrawScore, double> value) => [.. byPerson.Select(p => p.Select(value).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average())];
        double Mean(Func<DrawScore, double> value) => Of(value).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
        var change = Of(d => d.After - d.Before);
        var restricted = Of(d => d.RestrictedAfter - d.RestrictedBefore);
        var (low, high) = Bootstrap(change);
        var (restrictedLow, restrictedHigh) = Bootstrap(restricted);
        var persons = cases.Select((person, c) =>
        {
            double Value(Func<DrawScore, double> value) => byPerson[c].Select(value).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
            return new PersonScore(
                person.Person, person.Classes.Length, Value(d => d.Before), Value(d => d.After), Value(d => d.Prior), Value(d => d.RestrictedBefore),
                Value(d => d.RestrictedAfter), Value(d => d.OthersBefore), Value(d => d.OthersAfter), Value(d => d.Activated ? 1 : 0), Value(d => d.Milliseconds));
        }).ToImmutableArray();
        return new KScore(
            k, cases.Length, draws, Mean(d => d.Before), Mean(d => d.After), change.Average(), low, high, Mean(d => d.Prior),
            Mean(d => d.RestrictedBefore), Mean(d => d.RestrictedAfter), restricted.Average(), restrictedLow, restrictedHigh,
            change.Count(v => v < -0.01), change.Min(), Mean(d => d.OthersBefore), Mean(d => d.OthersAfter),
            Mean(d => d.GeneralBefore), Mean(d => d.GeneralAfter), Mean(d => d.GeneralWithPrior), Mean(d => d.Milliseconds), persons);
    }

    /// <summary>The interval that holds the mean of 95 % of the samples that are drawn from some values with replacement.</summary>
    internal static (double Low, double High) Bootstrap(double[] values)
    {
        var random = new Random(1);
        double[] means = [.. Enumerable.Range(0, BootstrapDraws).Select(_ => values.Select(_ => values[random.Next(values.Length)]).Average()).Order()];
        return (means[(int)(0.025 * BootstrapDraws)], means[(int)(0.975 * BootstrapDraws)]);
    }

    /// <summary>The predicted class: of the general layer where there is no other, among the given classes where they are given.</summary>
    private static int Predict(FaceFeatures face, PersonLayer? layer, ImmutableArray<int>? among)
    {
        Span<float> probabilities = stackalloc float[face.General.Length];
        face.General.CopyTo(probabilities);
        float arousal = 0, valence = 0;
        layer?.Estimate(face.Features.AsSpan(), probabilities, ref arousal, ref valence);
        var best = -1;
        for (var c = 0; c < probabilities.Length; c++)
        {
            if ((among is not { } enrolled || enrolled.Contains(c)) && (best < 0 || probabilities[c] > probabilities[best]))
                best = c;
        }

        return best;
    }

    private static double Balanced(ImmutableArray<FaceFeatures> faces, PersonLayer? layer, ImmutableArray<int>? among) =>
        faces.GroupBy(f => f.Expression).Average(g => g.Average(f => Predict(f, layer, among) == f.Expression ? 1.0 : 0));

    private static double Accuracy(IReadOnlyCollection<FaceFeatures> faces, PersonLayer? layer) =>
        faces.Count == 0 ? double.NaN : faces.Average(f => Predict(f, layer, null) == f.Expression ? 1.0 : 0);

    private sealed record DrawScore(
        double Before, double After, double Prior, double RestrictedBefore, double RestrictedAfter, double OthersBefore, double OthersAfter,
        double GeneralBefore, double GeneralAfter, double GeneralWithPrior, bool Activated, double Milliseconds);
}
