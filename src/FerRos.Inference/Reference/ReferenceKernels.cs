using System.Numerics;
using System.Runtime.InteropServices;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>The operations as their definitions read. Images are channels last, kernels in Keras's layouts.</summary>
internal static class ReferenceKernels
{
    public static void Convolve(
        ReadOnlySpan<float> x, Shape from, ReadOnlySpan<float> kernel, ReadOnlySpan<float> bias, Conv2D o, Span<float> y, Shape to)
    {
        var (rows, columns) = (o.Rows(from), o.Columns(from));
        var (cin, cout) = (from.Channels, to.Channels);
        for (var i = 0; i < to.Height; i++)
        {
            for (var j = 0; j < to.Width; j++)
            {
                var sum = y.Slice(((i * to.Width) + j) * cout, cout);
                bias.CopyTo(sum);
                for (var ki = 0; ki < o.Size; ki++)
                {
                    var row = (i * o.Stride) + ki - rows.Before;
                    if ((uint)row >= (uint)from.Height)
                        continue;
                    for (var kj = 0; kj < o.Size; kj++)
                    {
                        var column = (j * o.Stride) + kj - columns.Before;
                        if ((uint)column >= (uint)from.Width)
                            continue;
                        var pixel = x.Slice(((row * from.Width) + column) * cin, cin);
                        var taps = kernel.Slice(((ki * o.Size) + kj) * cin * cout, cin * cout);
                        for (var c = 0; c < cin; c++)
                            AddScaled(sum, taps.Slice(c * cout, cout), pixel[c]);
                    }
                }
            }
        }
    }

    public static void ConvolveDepthwise(
        ReadOnlySpan<float> x, Shape from, ReadOnlySpan<float> kernel, ReadOnlySpan<float> bias, WindowOperation o, Span<float> y, Shape to)
    {
        var (rows, columns) = (o.Rows(from), o.Columns(from));
        var channels = from.Channels;
        for (var i = 0; i < to.Height; i++)
        {
            for (var j = 0; j < to.Width; j++)
            {
                var sum = y.Slice(((i * to.Width) + j) * channels, channels);
                bias.CopyTo(sum);
                for (var ki = 0; ki < o.Size; ki++)
                {
                    var row = (i * o.Stride) + ki - rows.Before;
                    if ((uint)row >= (uint)from.Height)
                        continue;
                    for (var kj = 0; kj < o.Size; kj++)
                    {
                        var column = (j * o.Stride) + kj - columns.Before;
                        if ((uint)column >= (uint)from.Width)
                            continue;
                        var pixel = x.Slice(((row * from.Width) + column) * channels, channels);
                        var taps = kernel.Slice(((ki * o.Size) + kj) * channels, channels);
                        for (var c = 0; c < channels; c++)
                            sum[c] += pixel[c] * taps[c];
                    }
                }
            }
        }
    }

    public static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> kernel, ReadOnlySpan<float> bias, Span<float> y)
    {
        bias.CopyTo(y);
        for (var i = 0; i < x.Length; i++)
            AddScaled(y, kernel.Slice(i * y.Length, y.Length), x[i]);
    }

    public static void Lstm(
        ReadOnlySpan<float> x, int steps, int length, ReadOnlySpan<float> kernel, ReadOnlySpan<float> recurrent, ReadOnlySpan<float> bias,
        Lstm o, Span<float> gates, Span<float> cell, Span<float> state)
    {
        var n = o.Units;
        state.Clear();
        cell.Clear();
        for (var step = 0; step < steps; step++)
        {
            bias.CopyTo(gates);
            for (var i = 0; i < length; i++)
                AddScaled(gates, kernel.Slice(i * 4 * n, 4 * n), x[(step * length) + i]);
            for (var i = 0; i < n; i++)
                AddScaled(gates, recurrent.Slice(i * 4 * n, 4 * n), state[i]);
            var input = gates[..n];
            var forget = gates.Slice(n, n);
            var candidate = gates.Slice(2 * n, n);
            var output = gates.Slice(3 * n, n);
            Activate(input, o.RecurrentActivation, n);
            Activate(forget, o.RecurrentActivation, n);
            Activate(candidate, o.Activation, n);
            Activate(output, o.RecurrentActivation, n);
            for (var i = 0; i < n; i++)
                state[i] = cell[i] = (forget[i] * cell[i]) + (input[i] * candidate[i]);
            Activate(state, o.Activation, n);
            for (var i = 0; i < n; i++)
                state[i] *= output[i];
        }
    }

    public static void Normalize(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance,
        double epsilon, Span<float> y)
    {
        for (var i = 0; i < x.Length; i++)
        {
            var c = i % gamma.Length;
            y[i] = (float)((gamma[c] * (x[i] - mean[c]) / Math.Sqrt(variance[c] + epsilon)) + beta[c]);
        }
    }

    /// <summary>Softmax goes over the last axis, of <paramref name="columns"/> values.</summary>
    public static void Activate(Span<float> x, Activation activation, int columns)
    {
        switch (activation)
        {
            case Activation.Relu:
                foreach (ref var value in x)
                    value = MathF.Max(value, 0);
                break;
            case Activation.Relu6:
                foreach (ref var value in x)
                    value = Math.Clamp(value, 0, 6);
                break;
            case Activation.Sigmoid:
                foreach (ref var value in x)
                    value = 1 / (1 + MathF.Exp(-value));
                break;
            case Activation.Tanh:
                foreach (ref var value in x)
                    value = MathF.Tanh(value);
                break;
            case Activation.Softmax:
                for (var i = 0; i < x.Length; i += columns)
                    Softmax(x.Slice(i, columns));
                break;
            default:
                break;
        }
    }

    public static void MaxPool(ReadOnlySpan<float> x, Shape from, MaxPool2D o, Span<float> y, Shape to)
    {
        y.Fill(float.NegativeInfinity);
        foreach (var (source, target) in Windows(from, o, to))
        {
            for (var c = 0; c < to.Channels; c++)
                y[target + c] = MathF.Max(y[target + c], x[source + c]);
        }
    }

    public static void AveragePool(ReadOnlySpan<float> x, Shape from, AveragePool2D o, Span<float> y, Shape to)
    {
        y.Clear();
        var counts = new int[y.Length];
        foreach (var (source, target) in Windows(from, o, to))
        {
            for (var c = 0; c < to.Channels; c++)
            {
                y[target + c] += x[source + c];
                counts[target + c]++;
            }
        }

        for (var i = 0; i < y.Length; i++)
            y[i] /= counts[i];
    }

    public static void GlobalAverage(ReadOnlySpan<float> x, Span<float> y)
    {
        for (var c = 0; c < y.Length; c++)
        {
            var sum = 0.0;
            for (var i = c; i < x.Length; i += y.Length)
                sum += x[i];
            y[c] = (float)(sum * y.Length / x.Length);
        }
    }

    public static void Concatenate(float[][] inputs, IReadOnlyList<Shape> shapes, Span<float> y, Shape to)
    {
        var position = 0;
        for (var n = 0; n < inputs.Length; n++)
        {
            if (to.Rank < 3)
            {
                inputs[n].CopyTo(y[position..]);
                position += inputs[n].Length;
                continue;
            }

            var channels = shapes[n].Channels;
            for (var i = 0; i < to.Height * to.Width; i++)
                inputs[n].AsSpan(i * channels, channels).CopyTo(y[((i * to.Channels) + position)..]);
            position += channels;
        }
    }

    public static void Pad(ReadOnlySpan<float> x, Shape from, ZeroPad o, Span<float> y, Shape to)
    {
        y.Clear();
        for (var i = 0; i < from.Height; i++)
        {
            for (var j = 0; j < from.Width; j++)
            {
                x.Slice(((i * from.Width) + j) * from.Channels, from.Channels)
                    .CopyTo(y[((((i + o.Top) * to.Width) + j + o.Left) * to.Channels)..]);
            }
        }
    }

    public static void Resize(ReadOnlySpan<float> x, Shape from, Span<float> y, Shape to)
    {
        for (var i = 0; i < to.Height; i++)
        {
            var (i0, i1, wi) = Interpolation(i, from.Height, to.Height);
            for (var j = 0; j < to.Width; j++)
            {
                var (j0, j1, wj) = Interpolation(j, from.Width, to.Width);
                for (var c = 0; c < to.Channels; c++)
                {
                    float At(ReadOnlySpan<float> image, int row, int column) => image[(((row * from.Width) + column) * from.Channels) + c];
                    var top = At(x, i0, j0) + (wj * (At(x, i0, j1) - At(x, i0, j0)));
                    var bottom = At(x, i1, j0) + (wj * (At(x, i1, j1) - At(x, i1, j0)));
                    y[(((i * to.Width) + j) * to.Channels) + c] = top + (wi * (bottom - top));
                }
            }
        }
    }

    /// <summary>The two source positions for a target position, and the weight of the second; half-pixel centres, edges repeated.</summary>
    public static (int First, int Second, float Weight) Interpolation(int target, int from, int to)
    {
        var position = Math.Clamp(((target + 0.5f) * from / to) - 0.5f, 0, from - 1);
        var first = (int)position;
        return (first, Math.Min(first + 1, from - 1), position - first);
    }

    private static void Softmax(Span<float> x)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in x)
            largest = MathF.Max(largest, value);
        var sum = 0f;
        foreach (ref var value in x)
            sum += value = MathF.Exp(value - largest);
        foreach (ref var value in x)
            value /= sum;
    }

    /// <summary>Every pair of source and target pixel that a window joins, as offsets of their first channels.</summary>
    private static IEnumerable<(int Source, int Target)> Windows(Shape from, WindowOperation o, Shape to)
    {
        var (rows, columns) = (o.Rows(from), o.Columns(from));
        for (var i = 0; i < to.Height; i++)
        {
            for (var j = 0; j < to.Width; j++)
            {
                for (var k = 0; k < o.Size * o.Size; k++)
                {
                    var row = (i * o.Stride) + (k / o.Size) - rows.Before;
                    var column = (j * o.Stride) + (k % o.Size) - columns.Before;
                    if ((uint)row < (uint)from.Height && (uint)column < (uint)from.Width)
                        yield return (((row * from.Width) + column) * from.Channels, ((i * to.Width) + j) * to.Channels);
                }
            }
        }
    }

    private static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float factor)
    {
        var vy = MemoryMarshal.Cast<float, Vector<float>>(y);
        var vx = MemoryMarshal.Cast<float, Vector<float>>(x);
        for (var i = 0; i < vy.Length; i++)
            vy[i] += vx[i] * factor;
        for (var i = vy.Length * Vector<float>.Count; i < y.Length; i++)
            y[i] += x[i] * factor;
    }
}
