using System.Runtime.CompilerServices;

namespace FerRos.Inference;

/// <summary>
/// One-dimensional transforms of Winograd's minimal filtering F(m, 3): m outputs of a 3-tap filter from m + 2 inputs
/// with m + 2 multiplications. Applied to the rows and columns of a tile they give a 3x3 convolution with
/// (m + 2)^2 / (9 m^2) of the multiplications: 4/9 for m = 2, 1/4 for 4, 16/81 for 6. Matrices from A. Lavin, S. Gray:
/// Fast Algorithms for Convolutional Neural Networks, 2015 (m = 2, 4), and for m = 6 from the points 0, 1, -1, 2, -2,
/// 1/2, -1/2 and infinity.
/// </summary>
internal unsafe interface IWinograd<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    /// <summary>m.</summary>
    static abstract int Outputs { get; }

    /// <summary>The filter transform: m + 2 rows of 3.</summary>
    static abstract ReadOnlySpan<double> Filter { get; }

    /// <summary>m + 2 vectors to as many.</summary>
    static abstract void Input(float* source, nint sourceStep, float* target, nint targetStep);

    /// <summary>m + 2 vectors to m.</summary>
    static abstract void Output<TFinish>(float* source, nint sourceStep, float* target, nint targetStep, TFinish finish)
        where TFinish : struct, IFinish<V>;
}

internal readonly unsafe struct Winograd2<S, V> : IWinograd<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    private static readonly double[] _filter = [1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1];

    public static int Outputs { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 2; }

    public static ReadOnlySpan<double> Filter => _filter;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(float* source, nint sourceStep, float* target, nint targetStep)
    {
        var d0 = S.Load(source);
        var d1 = S.Load(source + sourceStep);
        var d2 = S.Load(source + (2 * sourceStep));
        var d3 = S.Load(source + (3 * sourceStep));
        S.Store(target, S.Subtract(d0, d2));
        S.Store(target + targetStep, S.Add(d1, d2));
        S.Store(target + (2 * targetStep), S.Subtract(d2, d1));
        S.Store(target + (3 * targetStep), S.Subtract(d1, d3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TFinish>(float* source, nint sourceStep, float* target, nint targetStep, TFinish finish)
        where TFinish : struct, IFinish<V>
    {
        var m0 = S.Load(source);
        var m1 = S.Load(source + sourceStep);
        var m2 = S.Load(source + (2 * sourceStep));
        var m3 = S.Load(source + (3 * sourceStep));
        S.Store(target, finish.Apply(S.Add(S.Add(m0, m1), m2)));
        S.Store(target + targetStep, finish.Apply(S.Subtract(S.Subtract(m1, m2), m3)));
    }
}

internal readonly unsafe struct Winograd4<S, V> : IWinograd<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    private static readonly double[] _filter =
    [
        1 / 4.0, 0, 0,
        -1 / 6.0, -1 / 6.0, -1 / 6.0,
        -1 / 6.0, 1 / 6.0, -1 / 6.0,
        1 / 24.0, 1 / 12.0, 1 / 6.0,
        1 / 24.0, -1 / 12.0, 1 / 6.0,
        0, 0, 1,
    ];

    public static int Outputs { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 4; }

    public static ReadOnlySpan<double> Filter => _filter;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(float* source, nint sourceStep, float* target, nint targetStep)
    {
        var d0 = S.Load(source);
        var d1 = S.Load(source + sourceStep);
        var d2 = S.Load(source + (2 * sourceStep));
        var d3 = S.Load(source + (3 * sourceStep));
        var d4 = S.Load(source + (4 * sourceStep));
        var d5 = S.Load(source + (5 * sourceStep));
        V two = S.Create(2), four = S.Create(4), minusTwo = S.Create(-2), minusFour = S.Create(-4), minusFive = S.Create(-5);

        var even1 = S.MultiplyAdd(minusFour, d2, d4);
        var odd1 = S.MultiplyAdd(minusFour, d1, d3);
        var even2 = S.Subtract(d4, d2);
        var odd2 = S.Subtract(d3, d1);
        S.Store(target, S.MultiplyAdd(four, d0, S.MultiplyAdd(minusFive, d2, d4)));
        S.Store(target + targetStep, S.Add(even1, odd1));
        S.Store(target + (2 * targetStep), S.Subtract(even1, odd1));
        S.Store(target + (3 * targetStep), S.MultiplyAdd(two, odd2, even2));
        S.Store(target + (4 * targetStep), S.MultiplyAdd(minusTwo, odd2, even2));
        S.Store(target + (5 * targetStep), S.MultiplyAdd(four, d1, S.MultiplyAdd(minusFive, d3, d5)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TFinish>(float* source, nint sourceStep, float* target, nint targetStep, TFinish finish)
        where TFinish : struct, IFinish<V>
    {
        var m0 = S.Load(source);
        var m1 = S.Load(source + sourceStep);
        var m2 = S.Load(source + (2 * sourceStep));
        var m3 = S.Load(source + (3 * sourceStep));
        var m4 = S.Load(source + (4 * sourceStep));
        var m5 = S.Load(source + (5 * sourceStep));

        V sum1 = S.Add(m1, m2), difference1 = S.Subtract(m1, m2);
        V sum2 = S.Add(m3, m4), difference2 = S.Subtract(m3, m4);
        S.Store(target, finish.Apply(S.Add(S.Add(m0, sum1), sum2)));
        S.Store(target + targetStep, finish.Apply(S.MultiplyAdd(S.Create(2), difference2, difference1)));
        S.Store(target + (2 * targetStep), finish.Apply(S.MultiplyAdd(S.Create(4), sum2, sum1)));
        S.Store(target + (3 * targetStep), finish.Apply(S.Add(S.MultiplyAdd(S.Create(8), difference2, difference1), m5)));
    }
}

internal readonly unsafe struct Winograd6<S, V> : IWinograd<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    private static readonly double[] _filter =
    [
        1, 0, 0,
        -2 / 9.0, -2 / 9.0, -2 / 9.0,
        -2 / 9.0, 2 / 9.0, -2 / 9.0,
        1 / 90.0, 1 / 45.0, 2 / 45.0,
        1 / 90.0, -1 / 45.0, 2 / 45.0,
        1 / 45.0, 1 / 90.0, 1 / 180.0,
        1 / 45.0, -1 / 90.0, 1 / 180.0,
        0, 0, 1,
    ];

    public static int Outputs { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 6; }

    public static ReadOnlySpan<double> Filter => _filter;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(float* source, nint sourceStep, float* target, nint targetStep)
    {
        var d0 = S.Load(source);
        var d1 = S.Load(source + sourceStep);
        var d2 = S.Load(source + (2 * sourceStep));
        var d3 = S.Load(source + (3 * sourceStep));
        var d4 = S.Load(source + (4 * sourceStep));
        var d5 = S.Load(source + (5 * sourceStep));
        var d6 = S.Load(source + (6 * sourceStep));
        var d7 = S.Load(source + (7 * sourceStep));

        S.Store(target, S.MultiplyAdd(S.Create(5.25f), S.Subtract(d4, d2), S.Subtract(d0, d6)));

        var even = S.MultiplyAdd(S.Create(-4.25f), d4, S.Add(d2, d6));
        var odd = S.MultiplyAdd(S.Create(-4.25f), d3, S.Add(d1, d5));
        S.Store(target + targetStep, S.Add(even, odd));
        S.Store(target + (2 * targetStep), S.Subtract(even, odd));

        even = S.MultiplyAdd(S.Create(-1.25f), d4, S.MultiplyAdd(S.Create(0.25f), d2, d6));
        odd = S.MultiplyAdd(S.Create(2), d5, S.MultiplyAdd(S.Create(-2.5f), d3, S.Multiply(S.Create(0.5f), d1)));
        S.Store(target + (3 * targetStep), S.Add(even, odd));
        S.Store(target + (4 * targetStep), S.Subtract(even, odd));

        even = S.MultiplyAdd(S.Create(-5), d4, S.MultiplyAdd(S.Create(4), d2, d6));
        odd = S.MultiplyAdd(S.Create(0.5f), d5, S.MultiplyAdd(S.Create(-2.5f), d3, S.Add(d1, d1)));
        S.Store(target + (5 * targetStep), S.Add(even, odd));
        S.Store(target + (6 * targetStep), S.Subtract(even, odd));

        S.Store(target + (7 * targetStep), S.MultiplyAdd(S.Create(5.25f), S.Subtract(d3, d5), S.Subtract(d7, d1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TFinish>(float* source, nint sourceStep, float* target, nint targetStep, TFinish finish)
        where TFinish : struct, IFinish<V>
    {
        var m0 = S.Load(source);
        var m1 = S.Load(source + sourceStep);
        var m2 = S.Load(source + (2 * sourceStep));
        var m3 = S.Load(source + (3 * sourceStep));
        var m4 = S.Load(source + (4 * sourceStep));
        var m5 = S.Load(source + (5 * sourceStep));
        var m6 = S.Load(source + (6 * sourceStep));
        var m7 = S.Load(source + (7 * sourceStep));

        V sum1 = S.Add(m1, m2), difference1 = S.Subtract(m1, m2);
        V sum2 = S.Add(m3, m4), difference2 = S.Subtract(m3, m4);
        V sum3 = S.Add(m5, m6), difference3 = S.Subtract(m5, m6);
        S.Store(target, finish.Apply(S.MultiplyAdd(S.Create(32), sum3, S.Add(S.Add(m0, sum1), sum2))));
        S.Store(target + targetStep, finish.Apply(
            S.MultiplyAdd(S.Create(16), difference3, S.MultiplyAdd(S.Create(2), difference2, difference1))));
        S.Store(target + (2 * targetStep), finish.Apply(S.MultiplyAdd(S.Create(8), sum3, S.MultiplyAdd(S.Create(4), sum2, sum1))));
        S.Store(target + (3 * targetStep), finish.Apply(
            S.MultiplyAdd(S.Create(4), difference3, S.MultiplyAdd(S.Create(8), difference2, difference1))));
        S.Store(target + (4 * targetStep), finish.Apply(S.MultiplyAdd(S.Create(2), sum3, S.MultiplyAdd(S.Create(16), sum2, sum1))));
        S.Store(target + (5 * targetStep), finish.Apply(
            S.Add(S.MultiplyAdd(S.Create(32), difference2, difference1), S.Add(difference3, m7))));
    }
}
