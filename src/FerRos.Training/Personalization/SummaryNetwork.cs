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
    private readonly IAffectNetwork _network;
    private readonly float[] _crop;
    private readonly float[] _features;

    /// <summary>Makes the network of a model.</summary>
    /// <exception cref="NetworkException">The model is no affect network, or has no last layers that adapt.</exception>
    internal SummaryNetwork(Model model)
    {
        Check(model);
        Model = model;
        _network = AffectNetworks.Create(model, m => CpuRunner.Create(m.Network, m.Weights));
        LastLayer = _network.LastLayer!;
        _crop = new float[Size * Size * _network.CropChannels];
        _features = new float[Frames * _network.FeatureLength];
    }

    /// <summary>Graph, weights and card.</summary>
    internal Model Model { get; }

    /// <summary>The general last layer.</summary>
    internal LastLayer LastLayer { get; }

    /// <summary>Side of a crop.</summary>
    internal int Size => _network.CropSize;

    /// <summary>Number of frames that make one summary.</summary>
    internal int Frames => _network.SequenceLength;

    /// <summary>Refuses a model that cannot adapt, before anything is computed with it.</summary>
    /// <exception cref="NetworkException">It has no last layers.</exception>
    internal static void Check(Model model)
    {
        if (model.Network.LastLayers.Inputs.IsEmpty)
            throw new NetworkException($"'{model.Name}' has no last layers that adapt");
    }

    /// <summary>What the last layer reads.</summary>
    /// <param name="crop">Fills the gray crop of a frame, size x size values of 0 to 1; called <see cref="Frames"/> times with the frame's number.</param>
    internal float[] Summarize(Action<int, Span<float>> crop)
    {
        for (var frame = 0; frame < Frames; frame++)
        {
            crop(frame, _crop.AsSpan(0, Size * Size));
            Spread();
            _network.Encode(_crop, _features.AsSpan(frame * _network.FeatureLength, _network.FeatureLength));
        }

        var summary = new float[_network.SummaryLength];
        _network.Summarise(_features, Frames, summary);
        return summary;
    }

    public void Dispose() => _network.Dispose();

    /// <summary>Gray values into all channels, from the last pixel to the first so that none is overwritten before it is read.</summary>
    private void Spread()
    {
        var channels = _network.CropChannels;
        if (channels == 1)
            return;
        for (var i = (Size * Size) - 1; i >= 0; i--)
            _crop.AsSpan(i * channels, channels).Fill(_crop[i]);
    }
}
