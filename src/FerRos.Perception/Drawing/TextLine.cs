using System.Diagnostics.CodeAnalysis;

namespace FerRos.Perception.Drawing;

/// <summary>Puts a line of text together in a given buffer; what does not fit is left out. .NET's own formatting of floats allocates.</summary>
internal ref struct TextLine(Span<char> buffer)
{
    private readonly Span<char> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<char> Written => _buffer[.._length];

    public void Clear() => _length = 0;

    [UnscopedRef]
    public ref TextLine Add(scoped ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> fitting = text[..Math.Min(text.Length, _buffer.Length - _length)];
        fitting.CopyTo(_buffer[_length..]);
        _length += fitting.Length;
        return ref this;
    }

    /// <summary>Adds a number of -9.99 to 9.99 with two decimals; anything else as a dash.</summary>
    [UnscopedRef]
    public ref TextLine Add(float value, bool signed)
    {
        float magnitude = MathF.Round(MathF.Abs(value) * 100);
        if (!(magnitude < 1000))
            return ref Add("-");
        int hundredths = (int)magnitude;
        if (signed || (value < 0 && hundredths > 0))
            Add(value < 0 && hundredths > 0 ? "-" : "+");
        return ref Add([(char)('0' + (hundredths / 100)), '.', (char)('0' + (hundredths / 10 % 10)), (char)('0' + (hundredths % 10))]);
    }
}
