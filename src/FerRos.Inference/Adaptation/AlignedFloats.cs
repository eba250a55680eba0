using System.Runtime.CompilerServices;

namespace FerRos.Inference;

/// <summary>
/// Floats that lie at a fixed place, at the start of a cache line; zeros at first. Disposing lets the next ones use the
/// memory; whoever forgets leaves it to the garbage collector. Afterwards the pointer is gone: reading it throws.
/// </summary>
internal sealed unsafe class AlignedFloats : IDisposable
{
    private const int Line = 64;
    private float[] _array;
    private readonly int _first;

    public AlignedFloats(int length)
    {
        _array = PinnedFloats.Rent(length + (Line / sizeof(float)));
        var address = (nint)Unsafe.AsPointer(ref _array[0]);
        _first = (int)(((Line - (address % Line)) % Line) / sizeof(float));
        Length = length;
    }

    public int Length { get; }

    /// <summary>Where the floats lie; they stay there while this object is reachable and not disposed.</summary>
    public float* Pointer => (float*)Unsafe.AsPointer(ref _array[_first]);

    public Span<float> Span => _array.AsSpan(_first, Length);

    public void Dispose()
    {
        var array = Interlocked.Exchange(ref _array, []);
        if (array.Length > 0)
            PinnedFloats.Return(array);
    }
}
