using System.Numerics;
using System.Runtime.InteropServices;

namespace FerRos.Training;

/// <summary>
/// Separable Gaussian blur of pictures of one size, edges repeated, cut at three standard deviations. One thread at a
/// time; allocates only when a deviation is larger than all before.
/// </summary>
internal sealed class GaussianBlur(int width, int height)
{
    private readonly float[] _rows = new float[width * height];
    private float[] _padded = [];

    /// <summary>Blurs in place.</summary>
    /// <param name="plane">Width x height values, row by row.</param>
    /// <param name="sigma">Standard deviation, pixels.</param>
    internal void Apply(Span<float> plane, double sigma)
    {
        var radius = (int)Math.Ceiling(3 * sigma);
        if (radius == 0)
            return;
        Span<float> kernel = stackalloc float[(2 * radius) + 1];
        var sum = 0f;
        for (var i = -radius; i <= radius; i++)
            sum += kernel[i + radius] = (float)Math.Exp(-i * i / (2 * sigma * sigma));
        foreach (ref var k in kernel)
            k /= sum;

        if (_padded.Length < width + (2 * radius))
            _padded = new float[width + (2 * radius)];
        var padded = _padded.AsSpan(0, width + (2 * radius));
        for (var y = 0; y < height; y++)
        {
            var row = plane.Slice(y * width, width);
            padded[..radius].Fill(row[0]);
            row.CopyTo(padded[radius..]);
            padded[(radius + width)..].Fill(row[^1]);
            var target = _rows.AsSpan(y * width, width);
            target.Clear();
            for (var k = 0; k < kernel.Length; k++)
                AddScaled(target, padded.Slice(k, width), kernel[k]);
        }

        for (var y = 0; y < height; y++)
        {
            var target = plane.Slice(y * width, width);
            target.Clear();
            for (var k = -radius; k <= radius; k++)
                AddScaled(target, _rows.AsSpan(Math.Clamp(y + k, 0, height - 1) * width, width), kernel[k + radius]);
        }
    }

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float factor)
    {
        var targets = MemoryMarshal.Cast<float, Vector<float>>(target);
        var sources = MemoryMarshal.Cast<float, Vector<float>>(source);
        for (var i = 0; i < targets.Length; i++)
            targets[i] += sources[i] * factor;
        for (var i = targets.Length * Vector<float>.Count; i < target.Length; i++)
            target[i] += source[i] * factor;
    }
}
