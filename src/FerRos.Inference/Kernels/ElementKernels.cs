using System.Runtime.CompilerServices;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Loops over rows of pixels, a vector of channels at a time.</summary>
internal static unsafe class ElementKernels<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    /// <summary>The largest of each 2x2 pixels of two rows.</summary>
    /// <param name="source">The upper row.</param>
    /// <param name="sourceRow">Floats to the lower row.</param>
    /// <param name="target">Receives the results.</param>
    /// <param name="count">Number of results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pool2x2(float* source, nint sourceRow, float* target, int count)
    {
        for (; count > 0; count--, source += 2 * S.Count, target += S.Count)
        {
            var upper = S.Max(S.Load(source), S.Load(source + S.Count));
            var lower = S.Max(S.Load(source + sourceRow), S.Load(source + sourceRow + S.Count));
            S.Store(target, S.Max(upper, lower));
        }
    }

    /// <summary>The largest of a window, pixel by pixel; the windows lie inside the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Max(float* source, nint row, int rows, int columns, float* target)
    {
        var largest = S.Load(source);
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
                largest = S.Max(largest, S.Load(source + (y * row) + ((nint)x * S.Count)));
        }

        S.Store(target, largest);
    }

    /// <summary>The mean of a window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mean(float* source, nint row, int rows, int columns, float* target)
    {
        V sum = default;
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
                sum = S.Add(sum, S.Load(source + (y * row) + ((nint)x * S.Count)));
        }

        S.Store(target, S.Multiply(sum, S.Create(1f / (rows * columns))));
    }

    /// <summary>target = a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* a, float* b, float* target, nint floats)
    {
        for (nint i = 0; i < floats; i += S.Count)
            S.Store(target + i, S.Add(S.Load(a + i), S.Load(b + i)));
    }

    /// <summary>target = source within limits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Limit(float* source, float* target, nint floats, float low, float high)
    {
        V vlow = S.Create(low), vhigh = S.Create(high);
        for (nint i = 0; i < floats; i += S.Count)
            S.Store(target + i, S.Min(S.Max(S.Load(source + i), vlow), vhigh));
    }

    /// <summary>target = source * scale + offset, one scale and offset per lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleAndShift(float* source, float* target, nint floats, float* scale, float* offset)
    {
        V vscale = S.Load(scale), voffset = S.Load(offset);
        for (nint i = 0; i < floats; i += S.Count)
            S.Store(target + i, S.MultiplyAdd(S.Load(source + i), vscale, voffset));
    }

    /// <summary>target = excitation / (decay + inhibition), one decay per lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inhibit(float* excitation, float* inhibition, float* target, nint floats, float* decay)
    {
        var vdecay = S.Load(decay);
        for (nint i = 0; i < floats; i += S.Count)
            S.Store(target + i, S.Divide(S.Load(excitation + i), S.Add(vdecay, S.Load(inhibition + i))));
    }

    /// <summary>target = top + (bottom - top) * weight, of rows that were interpolated along their length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Interpolate(float* topLeft, float* topRight, float* bottomLeft, float* bottomRight, float across, float down, float* target)
    {
        V vacross = S.Create(across), vdown = S.Create(down);
        var top = S.MultiplyAdd(vacross, S.Subtract(S.Load(topRight), S.Load(topLeft)), S.Load(topLeft));
        var bottom = S.MultiplyAdd(vacross, S.Subtract(S.Load(bottomRight), S.Load(bottomLeft)), S.Load(bottomLeft));
        S.Store(target, S.MultiplyAdd(vdown, S.Subtract(bottom, top), top));
    }

    /// <summary>A depthwise convolution of neighbouring pixels of one row, four at a time.</summary>
    /// <param name="source">The first tap of the first pixel.</param>
    /// <param name="row">Floats from a source row to the next.</param>
    /// <param name="weights">One vector per tap.</param>
    /// <param name="size">Height and width of the window.</param>
    /// <param name="bias">One vector.</param>
    /// <param name="low">Lower limit.</param>
    /// <param name="high">Upper limit.</param>
    /// <param name="target">Receives the results.</param>
    /// <param name="count">Number of pixels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Depthwise<TStep>(
        float* source, nint row, float* weights, int size, float* bias, float low, float high, float* target, int count)
        where TStep : struct, IPixelStep
    {
        V vlow = S.Create(low), vhigh = S.Create(high), vbias = S.Load(bias);
        for (; count >= 4; count -= 4)
        {
            V s0 = vbias, s1 = vbias, s2 = vbias, s3 = vbias;
            var w = weights;
            for (var y = 0; y < size; y++)
            {
                var p = source + (y * row);
                for (var x = size; x > 0; x--, p += S.Count, w += S.Count)
                {
                    var tap = S.Load(w);
                    s0 = S.MultiplyAdd(S.Load(p), tap, s0);
                    s1 = S.MultiplyAdd(S.Load(p + TStep.Floats), tap, s1);
                    s2 = S.MultiplyAdd(S.Load(p + (2 * TStep.Floats)), tap, s2);
                    s3 = S.MultiplyAdd(S.Load(p + (3 * TStep.Floats)), tap, s3);
                }
            }

            S.Store(target, S.Min(S.Max(s0, vlow), vhigh));
            S.Store(target + S.Count, S.Min(S.Max(s1, vlow), vhigh));
            S.Store(target + (2 * S.Count), S.Min(S.Max(s2, vlow), vhigh));
            S.Store(target + (3 * S.Count), S.Min(S.Max(s3, vlow), vhigh));
            source += 4 * TStep.Floats;
            target += 4 * S.Count;
        }

        for (; count > 0; count--)
        {
            var sum = vbias;
            var w = weights;
            for (var y = 0; y < size; y++)
            {
                var p = source + (y * row);
                for (var x = size; x > 0; x--, p += S.Count, w += S.Count)
                    sum = S.MultiplyAdd(S.Load(p), S.Load(w), sum);
            }

            S.Store(target, S.Min(S.Max(sum, vlow), vhigh));
            source += TStep.Floats;
            target += S.Count;
        }
    }

    /// <summary>As <see cref="Depthwise"/>, for 3x3 with stride 1: the weights stay in registers, and neighbours share their inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Depthwise3x3(float* source, nint row, float* weights, float* bias, float low, float high, float* target, int count)
    {
        V vlow = S.Create(low), vhigh = S.Create(high), vbias = S.Load(bias);
        V w00 = S.Load(weights), w01 = S.Load(weights + S.Count), w02 = S.Load(weights + (2 * S.Count));
        V w10 = S.Load(weights + (3 * S.Count)), w11 = S.Load(weights + (4 * S.Count)), w12 = S.Load(weights + (5 * S.Count));
        V w20 = S.Load(weights + (6 * S.Count)), w21 = S.Load(weights + (7 * S.Count)), w22 = S.Load(weights + (8 * S.Count));
        for (; count >= 4; count -= 4, source += 4 * S.Count, target += 4 * S.Count)
        {
            V s0 = vbias, s1 = vbias, s2 = vbias, s3 = vbias;
            AddRow(source, w00, w01, w02, ref s0, ref s1, ref s2, ref s3);
            AddRow(source + row, w10, w11, w12, ref s0, ref s1, ref s2, ref s3);
            AddRow(source + (2 * row), w20, w21, w22, ref s0, ref s1, ref s2, ref s3);
            S.Store(target, S.Min(S.Max(s0, vlow), vhigh));
            S.Store(target + S.Count, S.Min(S.Max(s1, vlow), vhigh));
            S.Store(target + (2 * S.Count), S.Min(S.Max(s2, vlow), vhigh));
            S.Store(target + (3 * S.Count), S.Min(S.Max(s3, vlow), vhigh));
        }

        if (count > 0)
            Depthwise<BlockedStep<S, V>>(source, row, weights, 3, bias, low, high, target, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(float* source, V w0, V w1, V w2, ref V s0, ref V s1, ref V s2, ref V s3)
    {
        var x0 = S.Load(source);
        var x1 = S.Load(source + S.Count);
        var x2 = S.Load(source + (2 * S.Count));
        var x3 = S.Load(source + (3 * S.Count));
        var x4 = S.Load(source + (4 * S.Count));
        var x5 = S.Load(source + (5 * S.Count));
        s0 = S.MultiplyAdd(x2, w2, S.MultiplyAdd(x1, w1, S.MultiplyAdd(x0, w0, s0)));
        s1 = S.MultiplyAdd(x3, w2, S.MultiplyAdd(x2, w1, S.MultiplyAdd(x1, w0, s1)));
        s2 = S.MultiplyAdd(x4, w2, S.MultiplyAdd(x3, w1, S.MultiplyAdd(x2, w0, s2)));
        s3 = S.MultiplyAdd(x5, w2, S.MultiplyAdd(x4, w1, S.MultiplyAdd(x3, w0, s3)));
    }

    /// <summary>One step of an LSTM: cell = forget * cell + enter * candidate, state = leave * activation(cell).</summary>
    /// <param name="gates">Enter, forget, candidate, leave, before their activations, one behind the other.</param>
    /// <param name="units">Length of each. The last vector reaches beyond it: what it computes there is never read.</param>
    /// <param name="cell">The cell, rounded up to whole vectors.</param>
    /// <param name="state">The state, rounded up to whole vectors.</param>
    /// <param name="activation">Of candidate and cell.</param>
    /// <param name="recurrent">Of the gates.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LstmUpdate(float* gates, int units, float* cell, float* state, Activation activation, Activation recurrent)
    {
        for (nint i = 0; i < units; i += S.Count)
        {
            var enter = Activate(S.Load(gates + i), recurrent);
            var forget = Activate(S.Load(gates + units + i), recurrent);
            var candidate = Activate(S.Load(gates + (2 * units) + i), activation);
            var leave = Activate(S.Load(gates + (3 * units) + i), recurrent);
            var next = S.MultiplyAdd(forget, S.Load(cell + i), S.Multiply(enter, candidate));
            S.Store(cell + i, next);
            S.Store(state + i, S.Multiply(leave, Activate(next, activation)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Activate(V x, Activation activation) => activation switch
    {
        Activation.Relu => S.Max(x, S.Create(0)),
        Activation.Relu6 => S.Min(S.Max(x, S.Create(0)), S.Create(6)),
        Activation.Sigmoid => Sigmoid(x),
        Activation.Tanh => S.Subtract(S.Multiply(S.Create(2), Sigmoid(S.Add(x, x))), S.Create(1)),
        _ => x,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Sigmoid(V x) => S.Divide(S.Create(1), S.Add(S.Create(1), S.Exp(S.Subtract(S.Create(0), x))));
}
