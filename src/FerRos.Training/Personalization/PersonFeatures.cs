using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>What the last layer reads of labelled faces, and what the general layer says of them.</summary>
/// <param name="Person">Who it is; empty: unknown.</param>
/// <param name="Expression">Index of the class.</param>
/// <param name="Shot">Pictures of one person with the same number are of one shot.</param>
/// <param name="Features">What the last layer reads.</param>
/// <param name="General">Probabilities of the general layer.</param>
internal sealed record FaceFeatures(string Person, int Expression, int Shot, ImmutableArray<float> Features, float[] General);

/// <summary>Computes the features of all pictures once.</summary>
internal static class PersonFeatures
{
    /// <summary>Of pictures of people. A sequence network is given ten looks at each picture that differ a little.</summary>
    internal static FaceFeatures[] Of(SummaryNetwork network, ImmutableArray<PersonPicture> pictures, Action<int, int>? progress, CancellationToken cancellation)
    {
        var aligner = new FaceAligner();
        var features = new List<FaceFeatures>(pictures.Length);
        for (var i = 0; i < pictures.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var picture = pictures[i];
            var expression = network.Model.Card.Classes.IndexOf(picture.Expression);
            progress?.Invoke(i + 1, pictures.Length);
            if (expression < 0)
                continue;
            var random = new Random((int)FaceDataset.Hash(picture.Key));
            var (roll, scale, shift) = RehearsalMaker.FrameJitter;
            var summary = network.Summarize((_, crop) =>
            {
                var keypoints = network.Frames == 1
                    ? picture.Keypoints
                    // The shift is a share of the crop's side; the eyes are 0.37 of it apart.
                    : PersonPictures.Jitter(picture.Keypoints, roll, scale, shift / 0.37, random);
                aligner.AlignGray(picture.Frame, keypoints, network.Size, crop);
            });
            features.Add(new FaceFeatures(picture.Person, expression, picture.Shot, [.. summary], General(network.LastLayer, summary)));
        }

        return [.. features];
    }

    /// <summary>Of a dataset.</summary>
    internal static FaceFeatures[] Of(SummaryNetwork network, FaceDataset dataset, Action<int, int>? progress, CancellationToken cancellation)
    {
        var features = new List<FaceFeatures>(dataset.Samples.Length);
        for (var i = 0; i < dataset.Samples.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var summary = RehearsalMaker.Summarize(network, dataset, dataset.Samples[i]);
            features.Add(new FaceFeatures("", dataset.Samples[i].Expression, i, [.. summary], General(network.LastLayer, summary)));
            progress?.Invoke(i + 1, dataset.Samples.Length);
        }

        return [.. features];
    }

    private static float[] General(LastLayer layer, ReadOnlySpan<float> summary)
    {
        var probabilities = new float[layer.ClassCount];
        layer.Forward(summary, probabilities, out _, out _);
        return probabilities;
    }
}
