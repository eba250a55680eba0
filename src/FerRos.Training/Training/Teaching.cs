using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>
/// Targets mixed with what trained networks see in the pictures (Hinton, Vinyals, Dean 2015, "Distilling the knowledge in
/// a neural network", with temperature 1: the votes of ten people are soft already). A teacher sees each picture as it is
/// and mirrored, once, before training.
/// </summary>
public static class Teaching
{
    /// <summary>The same dataset with mixed targets; the class that counts in evaluation stays.</summary>
    /// <param name="dataset">Samples with targets.</param>
    /// <param name="teachers">Networks with an output <c>expression</c> of the dataset's classes, and their weights; their outputs are averaged.</param>
    /// <param name="share">The teachers' share of the target, 0 to 1.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <exception cref="DatasetException">A teacher has other classes, or takes sequences.</exception>
    /// <exception cref="ArgumentException">There is no teacher, or the share is out of range.</exception>
    public static FaceDataset Mix(
        FaceDataset dataset, IReadOnlyList<(NetworkGraph Network, WeightSet Weights)> teachers, double share, int threads,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(teachers);
        if (teachers.Count == 0)
            throw new ArgumentException("there is no teacher", nameof(teachers));
        if (!(share is >= 0 and <= 1))
            throw new ArgumentException(FormattableString.Invariant($"the teachers' share is {share}; it must be 0 to 1"), nameof(share));
        var sums = new float[dataset.Samples.Length * dataset.Classes.Length];
        foreach (var (network, weights) in teachers)
        {
            if (!network.Outputs.Contains("expression"))
                throw new DatasetException($"'{network.Name}' has no expression to teach");
            var seen = Evaluator.Predict(dataset, () => CpuRunner.Create(network, weights), threads, mirrored: true, cancellation);
            for (var i = 0; i < sums.Length; i++)
                sums[i] += seen.Probabilities[i] / teachers.Count;
        }

        var (own, taught) = ((float)(1 - share), (float)share);
        var circumplex = dataset.Classes.All(c => Expressions.TryParse(c, out _)) ? new Circumplex(dataset.Classes) : null;
        return dataset.With(dataset.Samples.Select((sample, index) =>
        {
            if (sample.Target.IsEmpty)
                return sample;
            var target = sample.Target.Select((t, c) => (own * t) + (taught * sums[(index * dataset.Classes.Length) + c])).ToImmutableArray();
            if (circumplex is null || float.IsNaN(sample.Arousal))
                return sample with { Target = target };
            var (arousal, valence) = circumplex.Project(target.AsSpan());
            return sample with { Target = target, Arousal = arousal, Valence = valence };
        }));
    }
}
