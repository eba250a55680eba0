using System.Collections.Concurrent;
using FerRos.Networks;

namespace FerRos.Training;

/// <summary>Runs a network over a dataset.</summary>
public static class Evaluator
{
    /// <summary>Predicts every sample; runners share the work, each on a thread of its own.</summary>
    /// <param name="dataset">Stills, for a network of single images, or of sequences of one.</param>
    /// <param name="createRunner">Makes a runner of the network; called once per thread.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="mirrored">Averages with the outputs for the mirrored picture.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <exception cref="DatasetException">The network takes sequences, or has another number of classes.</exception>
    public static Predictions Predict(
        FaceDataset dataset, Func<INetworkRunner> createRunner, int threads, bool mirrored = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(createRunner);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var runners = new ConcurrentBag<INetworkRunner>();
        try
        {
            var first = createRunner();
            runners.Add(first);
            var network = first.Network;
            Check(network, dataset);
            var predictions = new Predictions(
                dataset.Samples.Length, network.Outputs.Contains("expression") ? dataset.Classes.Length : 0,
                network.Outputs.Contains("arousal") && network.Outputs.Contains("valence"));
            var next = -1;
            var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
            Parallel.For(0, threads, options, worker =>
            {
                var runner = worker == 0 ? first : createRunner();
                if (worker != 0)
                    runners.Add(runner);
                var preparation = new Preparation(network.InputShape, network.Layout);
                var input = new float[network.InputLength];
                for (var i = Interlocked.Increment(ref next); i < dataset.Samples.Length; i = Interlocked.Increment(ref next))
                {
                    options.CancellationToken.ThrowIfCancellationRequested();
                    var picture = dataset.Pictures[dataset.Samples[i].Picture];
                    preparation.Prepare(picture, dataset.Pictures.Size, Placement.Whole, input);
                    runner.Run(input);
                    Take(runner, predictions, i, mirrored ? 0.5f : 1);
                    if (!mirrored)
                        continue;
                    preparation.Prepare(picture, dataset.Pictures.Size, Placement.Whole with { Flip = true }, input);
                    runner.Run(input);
                    Take(runner, predictions, i, 0.5f);
                }
            });
            return predictions;
        }
        finally
        {
            foreach (var runner in runners)
                runner.Dispose();
        }
    }

    internal static void Check(NetworkGraph network, FaceDataset dataset)
    {
        if (network.SequenceLength > 1)
            throw new DatasetException($"'{network.Name}' takes sequences of {network.SequenceLength}; this evaluates single pictures");
        if (network.Outputs.Contains("expression") && network["expression"].Shape.Channels != dataset.Classes.Length)
        {
            throw new DatasetException(
                $"'{network.Name}' has {network["expression"].Shape.Channels} classes, {dataset.Name} {dataset.Classes.Length}: {string.Join(", ", dataset.Classes)}");
        }
    }

    private static void Take(INetworkRunner runner, Predictions predictions, int sample, float weight)
    {
        if (predictions.Classes > 0)
        {
            var source = runner.Output("expression");
            var target = predictions.Of(sample);
            for (var c = 0; c < target.Length; c++)
                target[c] += weight * source[c];
        }

        if (predictions.Arousal is null)
            return;
        predictions.Arousal[sample] += weight * runner.Output("arousal")[0];
        predictions.Valence![sample] += weight * runner.Output("valence")[0];
    }
}
