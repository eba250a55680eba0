using System.Runtime.CompilerServices;

namespace FerRos.Inference;

/// <summary>
/// Floats from the input of one output pixel to that of the next: stride times lanes. A constant for the JIT, so that
/// the addresses of a tile's pixels are part of the instructions.
/// </summary>
internal interface IPixelStep
{
    static abstract int Floats { get; }
}

/// <summary>One channel by itself, stride 1.</summary>
internal readonly struct PlanarStep : IPixelStep
{
    public static int Floats { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 1; }
}

/// <summary>One channel by itself, stride 2.</summary>
internal readonly struct PlanarStep2 : IPixelStep
{
    public static int Floats { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 2; }
}

/// <summary>Three interleaved channels, stride 1.</summary>
internal readonly struct ColorStep : IPixelStep
{
    public static int Floats { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 3; }
}

/// <summary>Three interleaved channels, stride 2.</summary>
internal readonly struct ColorStep2 : IPixelStep
{
    public static int Floats { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 6; }
}

/// <summary>Blocks of channels, stride 1.</summary>
internal readonly struct BlockedStep<S, V> : IPixelStep
    where S : struct, ISimd<V>
    where V : struct
{
    public static int Floats { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => S.Count; }
}

/// <summary>Blocks of channels, stride 2.</summary>
internal readonly struct BlockedStep2<S, V> : IPixelStep
    where S : struct, ISimd<V>
    where V : struct
{
    public static int Floats { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => 2 * S.Count; }
}
