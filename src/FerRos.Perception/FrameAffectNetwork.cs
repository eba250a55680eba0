using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>
/// A network of single frames: outputs <c>expression</c> (probabilities) and, where it has them, <c>arousal</c> and
/// <c>valence</c>. Its features are its outputs and, where it can adapt to persons, what its last layer reads.
/// </summary>
public sealed class FrameAffectNetwork : IAdaptableNetwork
{
    private readonly INetworkRunner _runner;
    private readonly bool _channelsFirst;
    private readonly float[] _planar;
    private readonly bool _hasExpression;
    private readonly bool _hasAffect;
    private readonly int _outputs;

    /// <summary>Wraps a runner.</summary>
    /// <param name="runner">Runs the network; disposed with this object.</param>
    /// <param name="classes">The network's classes in the order of its output <c>expression</c>; empty where it has none.</param>
    /// <param name="lastLayer">
    /// The network's last layer; null where it is not to adapt. With it the runner must give the layer's inputs, too
    /// (<see cref="NetworkGraph.WithOutputs"/>).
    /// </param>
    /// <exception cref="ArgumentException">The network's input or outputs are not what is described here.</exception>
    public FrameAffectNetwork(INetworkRunner runner, ImmutableArray<string> classes, LastLayer? lastLayer = null)
    {
        ArgumentNullException.ThrowIfNull(runner);
        _runner = runner;
        NetworkGraph network = runner.Network;
        Shape input = network.InputShape;
        if (network.SequenceLength != 0 || input.Height != input.Width || input.Channels is not (1 or 3))
            throw new ArgumentException($"{network.Name} takes {input}, not one square picture in gray or colour.", nameof(runner));
        _hasExpression = network.Outputs.Contains("expression");
        _hasAffect = network.Outputs.Contains("arousal") && network.Outputs.Contains("valence");
        Classes = _hasExpression ? classes : [];
        if (_hasExpression && (classes.IsDefault || network["expression"].Shape.Count != classes.Length))
            throw new ArgumentException($"{network.Name} has {network["expression"].Shape.Count} classes; {(classes.IsDefault ? 0 : classes.Length)} names were given.", nameof(classes));
        if (!_hasExpression && !_hasAffect)
            throw new ArgumentException($"{network.Name} has neither an output 'expression' nor 'arousal' and 'valence'.", nameof(runner));
        CropSize = input.Height;
        CropChannels = input.Channels;
        if (lastLayer?.Inputs.FirstOrDefault(name => !network.Outputs.Contains(name)) is { } missing)
            throw new ArgumentException($"the runner of {network.Name} does not give '{missing}', which the last layer reads.", nameof(runner));
        LastLayer = lastLayer;
        _outputs = Classes.Length + (_hasAffect ? 2 : 0);
        FeatureLength = _outputs + (lastLayer?.InputLength ?? 0);
        _channelsFirst = network.Layout == DataLayout.ChannelsFirst && input.Channels > 1;
        _planar = _channelsFirst ? new float[input.Count] : [];
    }

    /// <summary>Makes the network of a model, able to adapt where the network has a last layer.</summary>
    /// <param name="model">Graph, weights and card.</param>
    /// <param name="createRunner">Makes a runner for a model; it is given the model with more outputs than its own.</param>
    /// <exception cref="ArgumentException">The network's input or outputs are not what is described here.</exception>
    public static FrameAffectNetwork Create(Model model, Func<Model, INetworkRunner> createRunner)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(createRunner);
        LastLayer? lastLayer = model.Network.LastLayers.Layers.IsEmpty ? null : LastLayer.Create(model.Network, model.Weights);
        INetworkRunner runner = createRunner(model with { Network = model.Network.WithOutputs(model.Network.LastLayers.Inputs) });
        try
        {
            return new FrameAffectNetwork(runner, model.Card.Classes, lastLayer);
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public LastLayer? LastLayer { get; }

    /// <inheritdoc/>
    public string Name => _runner.Network.Name;

    /// <inheritdoc/>
    public ImmutableArray<string> Classes { get; }

    /// <inheritdoc/>
    public int CropSize { get; }

    /// <inheritdoc/>
    public int CropChannels { get; }

    /// <inheritdoc/>
    public int FeatureLength { get; }

    /// <inheritdoc/>
    public int SequenceLength => 1;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> crop, Span<float> features)
    {
        if (_channelsFirst)
        {
            ToPlanes(crop);
            crop = _planar;
        }

        _runner.Run(crop);
        if (_hasExpression)
            _runner.Output("expression").CopyTo(features);
        if (_hasAffect)
        {
            features[Classes.Length] = _runner.Output("arousal")[0];
            features[Classes.Length + 1] = _runner.Output("valence")[0];
        }

        if (LastLayer is null)
            return;
        int next = _outputs;
        foreach (string name in LastLayer.Inputs)
        {
            ReadOnlySpan<float> part = _runner.Output(name);
            part.CopyTo(features[next..]);
            next += part.Length;
        }
    }

    /// <inheritdoc/>
    public (float Arousal, float Valence) Estimate(ReadOnlySpan<float> features, int frames, Span<float> probabilities)
    {
        ReadOnlySpan<float> last = features.Slice((frames - 1) * FeatureLength, FeatureLength);
        last[..Classes.Length].CopyTo(probabilities);
        return _hasAffect
            ? (Math.Clamp(last[Classes.Length], -1, 1), Math.Clamp(last[Classes.Length + 1], -1, 1))
            : (float.NaN, float.NaN);
    }

    /// <inheritdoc/>
    public (float Arousal, float Valence) Estimate(ReadOnlySpan<float> features, int frames, Span<float> probabilities, Span<float> summary)
    {
        features.Slice(((frames - 1) * FeatureLength) + _outputs, FeatureLength - _outputs).CopyTo(summary);
        return Estimate(features, frames, probabilities);
    }

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();

    private void ToPlanes(ReadOnlySpan<float> crop)
    {
        int plane = CropSize * CropSize;
        for (int i = 0; i < plane; i++)
        {
            for (int c = 0; c < CropChannels; c++)
                _planar[(c * plane) + i] = crop[(i * CropChannels) + c];
        }
    }
}
