using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>Turns crops (0 to 1, red, green, blue interleaved or gray) into a network's input: its range, order of colours and layout.</summary>
internal sealed class CropInput
{
    private readonly int _channels;
    private readonly bool _planes;
    private readonly bool _blueFirst;
    private readonly float _low;
    private readonly float _span;
    private readonly float[] _input;

    /// <summary>For the network of a model.</summary>
    /// <exception cref="NetworkException">The network takes no square picture in gray or colour.</exception>
    public CropInput(NetworkGraph network, ModelCard card)
    {
        Shape input = network.InputShape;
        if (input.Rank != 3 || input.Height != input.Width || input.Channels is not (1 or 3))
            throw new NetworkException($"'{network.Name}' takes {input}, not one square picture in gray or colour");
        (Size, _channels) = (input.Height, input.Channels);
        _planes = network.Layout == DataLayout.ChannelsFirst && _channels > 1;
        _blueFirst = card.Color == "bgr" && _channels == 3;
        (_low, _span) = (card.InputRange[0], card.InputRange[1] - card.InputRange[0]);
        bool asItIs = !_planes && !_blueFirst && _low == 0 && _span == 1;
        _input = asItIs ? [] : new float[input.Count];
    }

    /// <summary>Side of the crop in pixels.</summary>
    public int Size { get; }

    /// <summary>Channels of the crop.</summary>
    public int Channels => _channels;

    /// <summary>The input for a crop: the crop itself, or what is overwritten by the next call.</summary>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> crop)
    {
        if (_input.Length == 0)
            return crop;
        if (crop.Length != _input.Length)
            throw new ArgumentException($"A crop has {_input.Length} values; {crop.Length} were given.", nameof(crop));
        int pixels = Size * Size;
        for (int channel = 0; channel < _channels; channel++)
        {
            int source = _blueFirst ? _channels - 1 - channel : channel;
            (int target, int step) = _planes ? (channel * pixels, 1) : (channel, _channels);
            for (int i = 0; i < pixels; i++)
                _input[target + (i * step)] = _low + (_span * crop[(i * _channels) + source]);
        }

        return _input;
    }
}
