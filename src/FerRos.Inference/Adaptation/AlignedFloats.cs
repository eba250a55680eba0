using System.Runtime.CompilerServices;

namespace FerRos.Inference;

/// <summary>Floats that lie at a fixed place, at the start of a cache line; zeros at first. The garbage collector frees them.</summary>
internal sealed unsafe class AlignedFloats
{
    private const int Line = 64;
    private readonly float[] _array;
    private readonly int _first;

    public AlignedFloats(int length)
    {
        _array = GC.AllocateArray<float>(length + (Line / sizeof(float)), pinned: true);
        var address = (nint)Unsafe.AsPointer(ref _array[0]);
        _first = (int)(((Line - (address % Line)) % Line) / sizeof(float));
        Length = length;
    }

    public int Length { get; }

    /// <summary>Where the floats lie; they stay there while this object is reachable.</summary>
    public float* Pointer => (float*)Unsafe.AsPointer(ref _array[_first]);

    public Span<float> Span => _array.AsSpan(_first, Length);
}
