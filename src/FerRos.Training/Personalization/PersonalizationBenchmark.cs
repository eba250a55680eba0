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

/// <summary>
/// Adapts to k labelled pictures per class of a person and tests on the person's other pictures. Classes with fewer than
/// k + 5 pictures are not enrolled; pictures of one shot are on one side; a person needs two classes.
/// </summary>
internal sealed class PersonalizationBenchmark
{
    // A class is enrolled where so many pictures are left to test on.
    private const int LeastTest = 5;
    private const int BootstrapDraws = 2000;

    private readonly LastLayer _layer;
    private readonly NetworkIdentity _network;
    private readonly FaceFeatures[] _people;
    private readonly FaceFeatures[] _general;
    private readonly RehearsalSet? _rehearsal;
    private readonly string _model;

    internal PersonalizationBenchmark(SummaryNetwork network, FaceFeatures[] people, FaceFeatures[] general, RehearsalSet? rehearsal)
    {
        (_layer, _network, _people, _general, _rehearsal) = (network.LastLayer, NetworkIdentity.Of(network.Model), people, general, rehearsal);
        _model = network.Model.Name;
    }

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

    internal PersonalizationReport Run(BenchmarkPlan plan, int pictures, Action<string>? progress, CancellationToken cancellation)
    {
        string[] people = [.. _people.Select(f => f.Person).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var variants = ImmutableArray.CreateBuilder<VariantScore>();
        foreach (var (name, options) in plan.Variants ? Variants : Variants[..1])
        {
            variants.Add(new VariantScore(name, Measure(people, options, plan, name == "default" ? plan.Draws : plan.VariantDraws, cancellation)));
            progress?.Invoke($"{_model}: {name} done");
        }

        var halves = ImmutableArray.CreateBuilder<HalfScore>();
        if (plan.LeaveOut && people.Length >= 4)
        {
            string[][] sides = [[.. people.Where((_, i) => i % 2 == 0)], [.. people.Where((_, i) => i % 2 == 1)]];
            for (var side = 0; side < 2; side++)
            {
                var (best, options) = Choose(sides[side], plan, cancellation);
                halves.Add(new HalfScore(side == 0 ? "first" : "second", best, Measure(sides[1 - side], options, plan, plan.Draws, cancellation)));
                progress?.Invoke($"{_model}: chosen on the {(side == 0 ? "first" : "second")} half: {best}");
            }
        }

        return new PersonalizationReport(
            _model, _network.Network, pictures, people.Length, _general.Length, _rehearsal?.Count ?? 0, variants.ToImmutable(), halves.ToImmutable());
    }

    /// <summary>
    /// The candidate with the largest mean gain, restricted gain counting alike, among those that lose at most a point on
    /// general faces; every person that gets worse costs half a point.
    /// </summary>
    private (string Name, AdaptationOptions Options) Choose(string[] people, BenchmarkPlan plan, CancellationToken cancellation)
    {
        var best = Candidates[0];
        var most = double.NegativeInfinity;
        foreach (var candidate in Candidates)
        {
            var scores = Measure(people, candidate.Options, plan, Math.Min(3, plan.VariantDraws), cancellation);
            var value = scores.Average(s => s.Change + s.RestrictedChange - (0.005 * s.Worse) - Math.Max(0, s.GeneralBefore - s.GeneralAfter - 0.01));
            if (value <= most)
                continue;
            (best, most) = (candidate, value);
        }

        return best;
    }

    private ImmutableArray<KScore> Measure(string[] people, AdaptationOptions options, BenchmarkPlan plan, int draws, CancellationToken cancellation)
    {
        var adaptation = new Adaptation(_layer, _network, _rehearsal);
        var scores = ImmutableArray.CreateBuilder<KScore>();
        foreach (var k in plan.Counts)
        {
            var cases = people.Select(p => Case.Of(p, _people, k)).OfType<Case>().ToArray();
            if (cases.Length == 0)
                continue;
            var results = new ConcurrentDictionary<(int Case, int Draw), DrawScore>();
            var work = from c in Enumerable.Range(0, cases.Length) from d in Enumerable.Range(0, draws) select (c, d);
            Parallel.ForEach(work, new ParallelOptions { MaxDegreeOfParallelism = plan.Threads, CancellationToken = cancellation }, item =>
                results[item] = Draw(adaptation, cases[item.c], k, item.d, draws, options));
            scores.Add(Summarize(k, draws, cases, results));
        }

        return scores.ToImmutable();
    }

    private DrawScore Draw(Adaptation adaptation, Case person, int k, int draw, int draws, AdaptationOptions options)
    {
        var (train, test, others) = person.Split(k, draw);
        var profile = Profile.Create("benchmark", _network, DateTimeOffset.UnixEpoch).Add(
            train.Select((f, i) => new ProfileSample { Features = f.Features, Episode = $"{i}", Stamp = i, Expression = f.Expression }), DateTimeOffset.UnixEpoch);
        var clock = Stopwatch.StartNew();
        var result = adaptation.Train(profile, options, DateTimeOffset.UnixEpoch);
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

    private static KScore Summarize(int k, int draws, Case[] cases, ConcurrentDictionary<(int Case, int Draw), DrawScore> results)
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

    private static (double Low, double High) Bootstrap(double[] values)
    {
        var random = new Random(1);
        double[] means = [.. Enumerable.Range(0, BootstrapDraws).Select(_ => values.Select(_ => values[random.Next(values.Length)]).Average()).Order()];
        return (means[(int)(0.025 * BootstrapDraws)], means[(int)(0.975 * BootstrapDraws)]);
    }

    /// <summary>The predicted class: of the general layer where there is no other, among the given classes where they are given.</summary>
    private static int Predict(FaceFeatures face, PersonLayer? layer, int[]? among)
    {
        Span<float> probabilities = stackalloc float[face.General.Length];
        face.General.CopyTo(probabilities);
        float arousal = 0, valence = 0;
        layer?.Estimate(face.Features.AsSpan(), probabilities, ref arousal, ref valence);
        var best = -1;
        for (var c = 0; c < probabilities.Length; c++)
        {
            if ((among is null || among.Contains(c)) && (best < 0 || probabilities[c] > probabilities[best]))
                best = c;
        }

        return best;
    }

    private static double Balanced(FaceFeatures[] faces, PersonLayer? layer, int[]? among) =>
        faces.GroupBy(f => f.Expression).Average(g => g.Average(f => Predict(f, layer, among) == f.Expression ? 1.0 : 0));

    private static double Accuracy(FaceFeatures[] faces, PersonLayer? layer) =>
        faces.Length == 0 ? double.NaN : faces.Average(f => Predict(f, layer, null) == f.Expression ? 1.0 : 0);

    private sealed record DrawScore(
        double Before, double After, double Prior, double RestrictedBefore, double RestrictedAfter, double OthersBefore, double OthersAfter,
        double GeneralBefore, double GeneralAfter, double GeneralWithPrior, bool Activated, double Milliseconds);

    /// <summary>A person with the classes that are enrolled at some k.</summary>
    private sealed record Case(string Person, int[] Classes, FaceFeatures[] Faces)
    {
        public static Case? Of(string person, FaceFeatures[] all, int k)
        {
            FaceFeatures[] faces = [.. all.Where(f => f.Person == person)];
            int[] classes = [.. faces.GroupBy(f => f.Expression).Where(g => g.Count() >= k + LeastTest).Select(g => g.Key).Order()];
            var found = new Case(person, classes, faces);
            if (classes.Length < 2)
                return null;
            // Pictures of few shots may not suffice for both sides.
            var (train, test, _) = found.Split(k, 0);
            return train.Length == k * classes.Length && classes.All(c => test.Any(f => f.Expression == c)) ? found : null;
        }

        /// <summary>k pictures of different shots per class; the others to test on, without those of the same shots.</summary>
        public (FaceFeatures[] Train, FaceFeatures[] Test, FaceFeatures[] Others) Split(int k, int draw)
        {
            var random = new Random(HashCode(Person, k, draw));
            var train = new List<FaceFeatures>();
            var shots = new HashSet<int>();
            foreach (var c in Classes)
            {
                FaceFeatures[] ofClass = [.. Faces.Where(f => f.Expression == c)];
                random.Shuffle(ofClass);
                var taken = 0;
                foreach (var face in ofClass)
                {
                    if (taken < k && shots.Add(face.Shot))
                    {
                        train.Add(face);
                        taken++;
                    }
                }
            }

            FaceFeatures[] rest = [.. Faces.Where(f => !shots.Contains(f.Shot))];
            return ([.. train], [.. rest.Where(f => Classes.Contains(f.Expression))], [.. rest.Where(f => !Classes.Contains(f.Expression))]);
        }

        private static int HashCode(string person, int k, int draw) => (int)FaceDataset.Hash(FormattableString.Invariant($"{person}/{k}/{draw}"));
    }
}
