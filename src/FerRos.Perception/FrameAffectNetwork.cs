using System.Collections.Immutable;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>
/// A network of single frames: outputs <c>expression</c> (probabilities) and, where it has them, <c>arousal</c> and
/// <c>valence</c>. Its features are its outputs.
/// </summary>
public sealed class FrameAffectNetwork : IAffectNetwork
{
    private readonly INetworkRunner _runner;
    private readonly bool _channelsFirst;
    private readonly float[] _planar;
    private readonly bool _hasExpression;
    private readonly bool _hasAffect;

    /// <summary>Wraps a runner.</summary>
    /// <param name="runner">Runs the network; disposed with this object.</param>
    /// <param name="classes">The network's classes in the order of its output <c>expression</c>; empty where it has none.</param>
    /// <exception cref="ArgumentException">The network's input or outputs are not what is described here.</exception>
    public FrameAffectNetwork(INetworkRunner runner, ImmutableArray<string> classes)
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
        FeatureLength = Classes.Length + (_hasAffect ? 2 : 0);
        _channelsFirst = network.Layout == DataLayout.ChannelsFirst && input.Channels > 1;
        _planar = _channelsFirst ? new float[input.Count] : [];
    }

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
    }

    /// <inheritdoc/>
    public (float Arousal, float Valence) Estimate(ReadOnlySpan<float> features, int frames, Span<float> probabilities)
    {
        ReadOnlySpan<float> last = features.Slice((frames - 1) * FeatureLength, FeatureLength);
        last[..Classes.Length].CopyTo(probabilities);
        return _hasAffect
            ? (Math.Clamp(last[^2], -1, 1), Math.Clamp(last[^1], -1, 1))
            : (float.NaN, float.NaN);
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
