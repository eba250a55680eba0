using System.Runtime.CompilerServices;

namespace FerRos.Inference;

/// <summary>What happens to a sum before it is stored.</summary>
internal interface IFinish<V>
    where V : struct
{
    V Apply(V sum);
}

/// <summary>Nothing.</summary>
internal readonly struct AsIs<V> : IFinish<V>
    where V : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V sum) => sum;
}

/// <summary>The bias is added, and limits applied (ReLU: at least 0).</summary>
internal readonly struct BiasAndLimits<S, V>(V bias, V low, V high) : IFinish<V>
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly V _bias = bias;
    private readonly V _low = low;
    private readonly V _high = high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V sum) => S.Min(S.Max(S.Add(sum, _bias), _low), _high);
}
