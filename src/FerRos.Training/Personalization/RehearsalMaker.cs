using FerRos.Networks;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>Chooses general faces for rehearsal, and computes what the last layer reads of them.</summary>
internal static class RehearsalMaker
{
    /// <summary>Turn (degrees), size and shift (share of the side) between the frames that a sequence network is given of one picture.</summary>
    internal static readonly (double Roll, double Scale, double Shift) FrameJitter = (1, 0.01, 0.005);

    /// <summary>As many samples of each class as there are, up to the same number, in the order of a hash of their names.</summary>
    /// <param name="network">The network.</param>
    /// <param name="dataset">The training part: what is held back there, and what measures, is left out by who calls.</param>
    /// <param name="most">Most samples in all.</param>
    /// <param name="progress">Is called with the number of samples done.</param>
    /// <param name="cancellation">Stops between two samples.</param>
    internal static RehearsalSet Make(SummaryNetwork network, FaceDataset dataset, int most, Action<int, int>? progress, CancellationToken cancellation)
    {
        var fitting = Math.Min(most, RehearsalSet.MaxBytes / 2 / network.LastLayer.InputLength);
        var byClass = dataset.Samples.Where(s => s.Expression >= 0).GroupBy(s => s.Expression)
            .ToDictionary(g => g.Key, g => g.OrderBy(s => FaceDataset.Hash(s.Key)).ToArray());
        var perClass = 1;
        while (byClass.Values.Sum(s => Math.Min(s.Length, perClass + 1)) <= fitting && byClass.Values.Any(s => s.Length > perClass))
            perClass++;
        var chosen = byClass.OrderBy(g => g.Key).SelectMany(g => g.Value.Take(perClass)).ToArray();
        var total = byClass.Values.Sum(s => s.Length);
        var length = network.LastLayer.InputLength;
        var features = new float[chosen.Length * length];
        var weights = new float[chosen.Length];
        for (var i = 0; i < chosen.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Summarize(network, dataset, chosen[i]).CopyTo(features, i * length);
            // The choice is balanced; a weight gives every class the share that it has among all faces.
            var ofClass = byClass[chosen[i].Expression].Length;
            weights[i] = (float)ofClass / total * chosen.Length / Math.Min(ofClass, perClass);
            progress?.Invoke(i + 1, chosen.Length);
        }

        return new RehearsalSet(
            NetworkIdentity.Of(network.Model).Encoder, length, features, [.. chosen.Select(s => s.Expression)], weights);
    }

    /// <summary>What the last layer reads of one picture of a dataset.</summary>
    internal static float[] Summarize(SummaryNetwork network, FaceDataset dataset, FaceSample sample)
    {
        var preparation = new Preparation(Shape.Image(network.Size, network.Size, 1), DataLayout.ChannelsLast);
        var random = new Random((int)FaceDataset.Hash(sample.Key));
        return network.Summarize((_, crop) =>
        {
            var placement = network.Frames == 1
                ? Placement.Whole
                : new Placement(
                    random.NextNormal() * FrameJitter.Roll * Math.PI / 180, Math.Exp(random.NextNormal() * FrameJitter.Scale), random.NextNormal() * FrameJitter.Shift, random.NextNormal() * FrameJitter.Shift, false);
            preparation.Prepare(dataset.Pictures[sample.Picture], dataset.Pictures.Size, placement, crop);
        });
    }
}
