using System.Collections.Immutable;
using FerRos.Inference;

namespace FerRos.Perception;

/// <summary>
/// A network that estimates affect, cut in two places: where the sequence of a face is kept, and before the last layers,
/// which adapt to a person. <see cref="Encode"/> turns one crop into features, <see cref="Summarise"/> the features of the
/// last frames into one summary, the same for all persons, and <see cref="Estimate"/> the summary into the general
/// estimate; a <see cref="PersonLayer"/> makes the person's of it. Networks of single frames keep one frame. One thread at
/// a time; no allocation once warm.
/// </summary>
public interface IAffectNetwork : IDisposable
{
    /// <summary>The model's name, for messages and logs.</summary>
    string Name { get; }

    /// <summary>Names of the expression classes in the order of the probabilities; empty where the network has none.</summary>
    ImmutableArray<string> Classes { get; }

    /// <summary>Side of the crop in pixels.</summary>
    int CropSize { get; }

    /// <summary>Channels of the crop: 1 for gray, 3 for red, green, blue interleaved.</summary>
    int CropChannels { get; }

    /// <summary>How many values <see cref="Encode"/> gives.</summary>
    int FeatureLength { get; }

    /// <summary>How many frames <see cref="Summarise"/> looks at: 1 for networks of single frames.</summary>
    int SequenceLength { get; }

    /// <summary>How many values <see cref="Summarise"/> gives: what a profile stores of one sample.</summary>
    int SummaryLength { get; }

    /// <summary>The general last layer, which reads the summary; null where the network has none that adapts.</summary>
    LastLayer? LastLayer { get; }

    /// <summary>Turns one crop into features.</summary>
    /// <param name="crop">Size x size x channels values from 0 to 1, rows from the top.</param>
    /// <param name="features">Receives <see cref="FeatureLength"/> values.</param>
    void Encode(ReadOnlySpan<float> crop, Span<float> features);

    /// <summary>Turns the features of one or more frames into what the last layer reads.</summary>
    /// <param name="features">Frames x <see cref="FeatureLength"/> values, oldest frame first.</param>
    /// <param name="frames">1 to <see cref="SequenceLength"/>.</param>
    /// <param name="summary">Receives <see cref="SummaryLength"/> values.</param>
    void Summarise(ReadOnlySpan<float> features, int frames, Span<float> summary);

    /// <summary>Turns a summary into the general estimate.</summary>
    /// <param name="summary"><see cref="SummaryLength"/> values.</param>
    /// <param name="probabilities">Receives one probability a class.</param>
    /// <returns>Arousal and valence, -1 to 1; NaN where the network has no such output.</returns>
    (float Arousal, float Valence) Estimate(ReadOnlySpan<float> summary, Span<float> probabilities);
}
