using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>
/// A network as adaptation sees it: crops go in, what the last layer reads comes out. A sequence network is given all
/// crops of a sequence, a frame network one.
/// </summary>
internal sealed class SummaryNetwork : IDisposable
{
    private readonly CpuRunner? _frames;
    private readonly SequenceRunner? _sequences;
    private readonly float[] _features;
    private readonly float[] _input;

    internal SummaryNetwork(Model model)
    {
        Model = model;
        LastLayer = LastLayer.Create(model.Network, model.Weights);
        Size = model.Network.InputShape.Height;
        Channels = model.Network.InputShape.Channels;
        if (Size != model.Network.InputShape.Width || Channels is not (1 or 3))
            throw new DatasetException($"'{model.Name}' takes {model.Network.InputShape}, not one square face in gray or colour");
        _input = new float[Size * Size * Channels];
        var options = new CpuRunnerOptions { KeepTensors = LastLayer.Inputs };
        if (model.Network.SequenceLength > 0)
        {
            _sequences = SequenceRunner.Create(model.Network, model.Weights, options);
            _features = new float[_sequences.FeatureLength * _sequences.SequenceLength];
        }
        else
        {
            _frames = CpuRunner.Create(model.Network, model.Weights, options);
            _features = [];
        }
    }

    /// <summary>Graph, weights and card.</summary>
    internal Model Model { get; }

    /// <summary>The general last layer.</summary>
    internal LastLayer LastLayer { get; }

    /// <summary>Side of a crop.</summary>
    internal int Size { get; }

    /// <summary>Channels of a crop.</summary>
    internal int Channels { get; }

    /// <summary>Number of frames that make one summary.</summary>
    internal int Frames => Math.Max(1, Model.Network.SequenceLength);

    /// <summary>Names of the classes.</summary>
    internal ImmutableArray<string> Classes => Model.Card.Classes;

    /// <summary>What the last layer reads.</summary>
    /// <param name="crop">Fills the gray crop of a frame, size x size values of 0 to 1; called <see cref="Frames"/> times with the frame's number.</param>
    internal float[] Summarize(Action<int, Span<float>> crop)
    {
        for (var frame = 0; frame < Frames; frame++)
        {
            var gray = _input.AsSpan(0, Size * Size);
            crop(frame, gray);
            Spread();
            if (_sequences is null)
                _frames!.Run(_input);
            else
                _sequences.Encode(_input, _features.AsSpan(frame * _sequences.FeatureLength, _sequences.FeatureLength));
        }

        _sequences?.Run(_features);
        var summary = new float[LastLayer.InputLength];
        var next = 0;
        foreach (var name in LastLayer.Inputs)
        {
            var part = _sequences is null ? _frames!.Output(name) : _sequences.Output(name);
            part.CopyTo(summary.AsSpan(next));
            next += part.Length;
        }

        return summary;
    }

    public void Dispose()
    {
        _frames?.Dispose();
        _sequences?.Dispose();
    }

    /// <summary>Gray values into all channels, from the last pixel to the first so that none is overwritten before it is read.</summary>
    private void Spread()
    {
        if (Channels == 1)
            return;
        var plane = Size * Size;
        if (Model.Network.Layout == DataLayout.ChannelsFirst)
        {
            for (var c = 1; c < Channels; c++)
                _input.AsSpan(0, plane).CopyTo(_input.AsSpan(c * plane));
            return;
        }

        for (var i = plane - 1; i >= 0; i--)
        {
            var value = _input[i];
            for (var c = 0; c < Channels; c++)
                _input[(i * Channels) + c] = value;
        }
    }
}
