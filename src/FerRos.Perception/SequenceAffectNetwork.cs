using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>
/// A network of sequences (FaceChannelS): every new frame goes through the encoder once, the recurrent part runs over the
/// features of the last frames, and its last states are the summary. The result is that of running all frames anew.
/// </summary>
public sealed class SequenceAffectNetwork : IAffectNetwork
{
    private readonly INetworkRunner _encoder;
    private readonly CpuRunner _recurrent;
    private readonly CropInput _input;
    private readonly string _features;
    private readonly ImmutableArray<string> _states;

    private SequenceAffectNetwork(Model model, INetworkRunner encoder, CpuRunner recurrent, CropInput input, LastLayer lastLayer)
    {
        (Name, _encoder, _recurrent, _input, LastLayer) = (model.Name, encoder, recurrent, input, lastLayer);
        Classes = AffectNetworks.ClassesOf(model);
        _features = encoder.Network.Outputs[0];
        _states = recurrent.Network.Outputs;
        FeatureLength = encoder.Network[_features].Shape.Count;
        SequenceLength = model.Network.SequenceLength;
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
    public int SequenceLength { get; }

    /// <inheritdoc/>
    public int SummaryLength => LastLayer.InputLength;

    /// <summary>The general last layer, which reads the summary.</summary>
    public LastLayer LastLayer { get; }

    /// <inheritdoc/>
    LastLayer? IAffectNetwork.LastLayer => LastLayer;

    /// <summary>Makes the network of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="createRunner">
    /// Makes a runner; called once, for the encoder. The recurrent part runs on the processor: it is a hundredth of the
    /// work, in small steps.
    /// </param>
    /// <exception cref="NetworkException">The model is no affect network of sequences, or has no last layers.</exception>
    public static SequenceAffectNetwork Create(Model model, Func<Model, INetworkRunner> createRunner)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(createRunner);
        AffectNetworks.Check(model);
        var input = new CropInput(model.Network, model.Card);
        LastLayer lastLayer = LastLayer.Create(model.Network, model.Weights);
        NetworkGraph recurrent = model.Network.SequenceTail().Trunk();
        CpuRunner tail = CpuRunner.Create(recurrent, model.Weights.Of(recurrent));
        try
        {
            return new SequenceAffectNetwork(model, createRunner(AffectNetworks.Part(model, model.Network.FrameEncoder())), tail, input, lastLayer);
        }
        catch
        {
            tail.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> crop, Span<float> features)
    {
        _encoder.Run(_input.Of(crop));
        _encoder.Output(_features).CopyTo(features);
    }

    /// <inheritdoc/>
    public void Summarise(ReadOnlySpan<float> features, int frames, Span<float> summary)
    {
        _recurrent.Run(features[..(frames * FeatureLength)], frames);
        AffectNetworks.Gather(_recurrent, _states, summary);
    }

    /// <inheritdoc/>
    public (float Arousal, float Valence) Estimate(ReadOnlySpan<float> summary, Span<float> probabilities)
    {
        LastLayer.Forward(summary, probabilities, out float arousal, out float valence);
        return (arousal, valence);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoder.Dispose();
        _recurrent.Dispose();
    }
}
