using FerRos.Networks;

namespace FerRos.Training;

/// <summary>
/// Resamples gray pictures into a network's input: bilinear with half-pixel centres, edges repeated, values 0 to 1.
/// One thread at a time may use one.
/// </summary>
internal sealed class Preparation
{
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;
    private readonly DataLayout _layout;

    /// <summary>For inputs of a shape and layout.</summary>
    internal Preparation(Shape input, DataLayout layout)
    {
        (_height, _width, _channels, _layout) = (input.Height, input.Width, input.Channels, layout);
        Plane = new float[_height * _width];
        Blur = new GaussianBlur(_width, _height);
    }

    /// <summary>The gray input before it is spread over the channels; augmentation works on it.</summary>
    internal float[] Plane { get; }

    /// <summary>Blurs <see cref="Plane"/>.</summary>
    internal GaussianBlur Blur { get; }

    /// <summary>Width of <see cref="Plane"/>.</summary>
    internal int Width => _width;

    /// <summary>Height of <see cref="Plane"/>.</summary>
    internal int Height => _height;

    /// <summary>Number of values of an input.</summary>
    internal int Length => _height * _width * _channels;

    internal void Prepare(ReadOnlySpan<byte> picture, int size, Placement placement, Span<float> input)
    {
        Sample(picture, size, placement);
        Spread(input);
    }

    /// <summary>Fills <see cref="Plane"/>.</summary>
    internal void Sample(ReadOnlySpan<byte> picture, int size, Placement placement)
    {
        // For a point of the input, relative to its middle and in units of the picture: undo shift, then rotation and scale.
        var (sin, cos) = Math.SinCos(placement.Roll);
        var stepX = size / (double)_width / placement.Scale;
        var stepY = size / (double)_height / placement.Scale;
        var mirror = placement.Flip ? -1 : 1;
        var middle = (size - 1) / 2.0;
        for (var y = 0; y < _height; y++)
        {
            var v = (y + 0.5 - (_height * (0.5 + placement.ShiftY))) * stepY;
            for (var x = 0; x < _width; x++)
            {
                var u = (x + 0.5 - (_width * (0.5 + placement.ShiftX))) * stepX;
                var sourceX = middle + (mirror * ((cos * u) + (sin * v)));
                var sourceY = middle + ((cos * v) - (sin * u));
                Plane[(y * _width) + x] = Bilinear(picture, size, sourceX, sourceY);
            }
        }
    }

    /// <summary>Copies <see cref="Plane"/> into every channel of an input.</summary>
    internal void Spread(Span<float> input)
    {
        if (_channels == 1)
        {
            Plane.CopyTo(input);
            return;
        }

        for (var i = 0; i < Plane.Length; i++)
        {
            for (var c = 0; c < _channels; c++)
                input[_layout == DataLayout.ChannelsLast ? (i * _channels) + c : (c * Plane.Length) + i] = Plane[i];
        }
    }

    private static float Bilinear(ReadOnlySpan<byte> picture, int size, double x, double y)
    {
        x = Math.Clamp(x, 0, size - 1);
        y = Math.Clamp(y, 0, size - 1);
        var (left, top) = ((int)x, (int)y);
        var (right, bottom) = (Math.Min(left + 1, size - 1), Math.Min(top + 1, size - 1));
        var (fx, fy) = ((float)(x - left), (float)(y - top));
        float a = picture[(top * size) + left], b = picture[(top * size) + right];
        float c = picture[(bottom * size) + left], d = picture[(bottom * size) + right];
        var upper = a + ((b - a) * fx);
        var lower = c + ((d - c) * fx);
        return (upper + ((lower - upper) * fy)) * (1 / 255f);
    }
}
