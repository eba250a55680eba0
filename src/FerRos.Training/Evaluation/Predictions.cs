using System.Collections.Immutable;

namespace FerRos.Training;

/// <summary>What a network said about the samples of a dataset, in their order.</summary>
public sealed class Predictions
{
    /// <summary>Room for a dataset's predictions.</summary>
    /// <param name="samples">Number of samples.</param>
    /// <param name="classes">Number of classes; 0: no expression.</param>
    /// <param name="affect">Whether the network gives arousal and valence.</param>
    public Predictions(int samples, int classes, bool affect)
    {
        Count = samples;
        Classes = classes;
        Probabilities = new float[samples * classes];
        if (!affect)
            return;
        Arousal = new float[samples];
        Valence = new float[samples];
    }

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>Number of classes; 0: no expression.</summary>
    public int Classes { get; }

    /// <summary>A distribution over the classes per sample.</summary>
    public float[] Probabilities { get; }

    /// <summary>-1 to 1 per sample; null: the network gives none.</summary>
    public float[]? Arousal { get; }

    /// <summary>-1 to 1 per sample; null: the network gives none.</summary>
    public float[]? Valence { get; }

    /// <summary>The distribution of one sample.</summary>
    public Span<float> Of(int sample) => Probabilities.AsSpan(sample * Classes, Classes);

    /// <summary>The most probable class of one sample.</summary>
    public int Winner(int sample)
    {
        var p = Of(sample);
        var winner = 0;
        for (var c = 1; c < p.Length; c++)
            winner = p[c] > p[winner] ? c : winner;
        return winner;
    }

    /// <summary>Measures them against a dataset's labels.</summary>
    /// <param name="dataset">The dataset that they are of.</param>
    /// <param name="model">For the result.</param>
    /// <param name="mirrored">For the result.</param>
    /// <param name="draws">Draws of the bootstrap; 0: no intervals.</param>
    /// <param name="cluster">Samples with the same name are drawn together, because they are alike (a person's); null: each by itself.</param>
    /// <exception cref="ArgumentException">They are not of this dataset.</exception>
    public EvaluationResult Measure(FaceDataset dataset, string model, bool mirrored = false, int draws = 1000, Func<FaceSample, string>? cluster = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Samples.Length != Count || (Classes > 0 && Classes != dataset.Classes.Length))
            throw new ArgumentException($"{Count} predictions of {Classes} classes are not of {dataset.Name}", nameof(dataset));
        var result = new EvaluationResult { Model = model, Dataset = dataset.Name, Samples = Count, Mirrored = mirrored };
        var samples = dataset.Samples;
        int[] labelled = [.. Enumerable.Range(0, Count).Where(i => Classes > 0 && samples[i].Expression >= 0)];
        if (labelled.Length > 0)
            result = WithExpression(result, dataset, labelled, new Resampling(draws, Groups(samples, labelled, cluster)));
        if (Arousal is null || Valence is null)
            return result;
        int[] rated = [.. Enumerable.Range(0, Count).Where(i => !float.IsNaN(samples[i].Arousal) && !float.IsNaN(samples[i].Valence))];
        var resampling = new Resampling(draws, Groups(samples, rated, cluster));
        return rated.Length < 2 ? result : result with
        {
            ArousalCcc = Concordance(rated, i => samples[i].Arousal, Arousal, resampling),
            ValenceCcc = Concordance(rated, i => samples[i].Valence, Valence, resampling),
        };
    }

    /// <summary>Places within <paramref name="chosen"/> that are drawn together.</summary>
    private static int[][] Groups(ImmutableArray<FaceSample> samples, int[] chosen, Func<FaceSample, string>? cluster) => cluster is null
        ? [.. chosen.Select((_, place) => (int[])[place])]
        : [.. chosen.Select((sample, place) => (Name: cluster(samples[sample]), Place: place)).GroupBy(p => p.Name, StringComparer.Ordinal).Select(g => (int[])[.. g.Select(p => p.Place)])];

    private static Measure Concordance(int[] rated, Func<int, float> label, float[] predicted, Resampling resampling)
    {
        double Of(int[] drawn)
        {
            var x = new float[drawn.Length];
            var y = new float[drawn.Length];
            for (var i = 0; i < drawn.Length; i++)
                (x[i], y[i]) = (label(rated[drawn[i]]), predicted[rated[drawn[i]]]);
            return Metrics.Ccc(x, y);
        }

        return resampling.Interval(rated.Length, Of);
    }

    private EvaluationResult WithExpression(EvaluationResult result, FaceDataset dataset, int[] labelled, Resampling resampling)
    {
        var samples = dataset.Samples;
        int[] labels = [.. labelled.Select(i => samples[i].Expression)];
        int[] winners = [.. labelled.Select(Winner)];
        float[] confidences = [.. labelled.Select((i, n) => Of(i)[winners[n]])];

        int[,] Confuse(int[] drawn)
        {
            var counts = new int[Classes, Classes];
            foreach (var d in drawn)
                counts[labels[d], winners[d]]++;
            return counts;
        }

        double Calibration(int[] drawn) =>
            Metrics.CalibrationError([.. drawn.Select(d => confidences[d])], [.. drawn.Select(d => labels[d] == winners[d])]);

        var confusion = Confuse([.. Enumerable.Range(0, labelled.Length)]);
        var entropy = labelled.Average(i =>
        {
            double sum = 0;
            for (var c = 0; c < Classes; c++)
            {
                var target = samples[i].Target.IsEmpty ? (samples[i].Expression == c ? 1 : 0) : samples[i].Target[c];
                sum -= target == 0 ? 0 : target * Math.Log(Math.Max(Of(i)[c], 1e-7));
            }

            return sum;
        });
        return result with
        {
            Accuracy = resampling.Interval(labelled.Length, d => Metrics.Accuracy(Confuse(d))),
            MacroF1 = resampling.Interval(labelled.Length, d => Metrics.MacroF1(Confuse(d))),
            CalibrationError = resampling.Interval(labelled.Length, Calibration),
            CrossEntropy = entropy,
            Classes =
            [
                .. dataset.Classes.Select((name, c) =>
                {
                    var (precision, recall, f1) = Metrics.OfClass(confusion, c);
                    return new ClassResult(name, labels.Count(l => l == c), precision, recall, f1);
                }),
            ],
            Confusion = [.. Enumerable.Range(0, Classes).Select(i => Enumerable.Range(0, Classes).Select(j => confusion[i, j]).ToImmutableArray())],
        };
    }

    /// <summary>How intervals are drawn.</summary>
    private sealed record Resampling(int Draws, int[][] Groups)
    {
        public Measure Interval(int count, Func<int[], double> measure)
        {
            var value = measure([.. Enumerable.Range(0, count)]);
            var (low, high) = Draws > 0
                ? Metrics.Bootstrap(Groups.Length, drawn => measure([.. drawn.SelectMany(g => Groups[g])]), Draws)
                : (double.NaN, double.NaN);
            return new Measure(value, low, high);
        }
    }
}
