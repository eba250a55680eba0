using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>
/// A network of single frames: outputs <c>expression</c> (probabilities) and, where it has them, <c>arousal</c> and
/// <c>valence</c>. Its features are what feeds its last layers; of a network without such layers, its outputs.
/// </summary>
public sealed class FrameAffectNetwork : IAffectNetwork
{
    private readonly INetworkRunner _runner;
    private readonly CropInput _input;
    private readonly ImmutableArray<string> _outputs;

    private FrameAffectNetwork(Model model, INetworkRunner runner, CropInput input, LastLayer? lastLayer)
    {
        (Name, _runner, _input, LastLayer) = (model.Name, runner, input, lastLayer);
        Classes = AffectNetworks.ClassesOf(model);
        _outputs = runner.Network.Outputs;
        FeatureLength = _outputs.Sum(o => runner.Network[o].Shape.Count);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ImmutableArray<string> Classes { get; }

    /// <inheritdoc/>
    public int CropSize => _input.Size;

    /// <inheritdoc/>
    public int CropChannels => _input.Channels;

    /// <inheritdoc/>
    public int FeatureLength { get; }

    /// <inheritdoc/>
    public int SequenceLength => 1;

    /// <inheritdoc/>
    public int SummaryLength => FeatureLength;

    /// <inheritdoc/>
    public LastLayer? LastLayer { get; }

    /// <summary>Makes the network of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="createRunner">Makes a runner; called once, for the part before the last layers where there are such.</param>
    /// <exception cref="NetworkException">The model is no affect network of single frames.</exception>
    public static FrameAffectNetwork Create(Model model, Func<Model, INetworkRunner> createRunner)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(createRunner);
        AffectNetworks.Check(model);
        if (model.Network.SequenceLength > 0)
            throw new NetworkException($"'{model.Name}' takes sequences, not single frames");
        var input = new CropInput(model.Network, model.Card);
        if (model.Network.LastLayers.Inputs.IsEmpty)
            return new FrameAffectNetwork(model, createRunner(model), input, null);
        LastLayer lastLayer = LastLayer.Create(model.Network, model.Weights);
        return new FrameAffectNetwork(model, createRunner(AffectNetworks.Part(model, model.Network.Trunk())), input, lastLayer);
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> crop, Span<float> features)
    {
        _runner.Run(_input.Of(crop));
        AffectNetworks.Gather(_runner, _outputs, features);
    }

    /// <inheritdoc/>
    public void Summarise(ReadOnlySpan<float> features, int frames, Span<float> summary) =>
        features.Slice((frames - 1) * FeatureLength, FeatureLength).CopyTo(summary);

    /// <inheritdoc/>
    public (float Arousal, float Valence) Estimate(ReadOnlySpan<float> summary, Span<float> probabilities)
    {
        (float arousal, float valence) = (float.NaN, float.NaN);
        if (LastLayer is not null)
        {
            LastLayer.Forward(summary, probabilities, out arousal, out valence);
            return (arousal, valence);
        }

        foreach (string output in _outputs)
        {
            int length = _runner.Network[output].Shape.Count;
            if (output == "expression")
                summary[..length].CopyTo(probabilities);
            else if (output == "arousal")
                arousal = Math.Clamp(summary[0], -1, 1);
            else
                valence = Math.Clamp(summary[0], -1, 1);
            summary = summary[length..];
        }

        return (arousal, valence);
    }

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();
}
