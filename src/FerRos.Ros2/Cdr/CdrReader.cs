using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FerRos.Ros2.Cdr;

/// <summary>
/// Reads a message body in XCDR1 of either byte order from a buffer that begins with the encapsulation header.
/// Every length is checked against the bytes that remain before anything is allocated for it. Bytes behind the
/// message are ignored: middlewares pad.
/// </summary>
public ref struct CdrReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _data;
    private readonly bool _reversed;
    private int _position;

    /// <summary>Reads the encapsulation header.</summary>
    /// <param name="cdr">Header and body.</param>
    /// <exception cref="CdrException">There are fewer than 4 bytes, or the representation is not plain CDR.</exception>
    public CdrReader(ReadOnlySpan<byte> cdr)
    {
        if (cdr.Length < CdrWriter.HeaderSize)
            throw new CdrException($"{cdr.Length} bytes are too few for the encapsulation header of {CdrWriter.HeaderSize}.", 0);
        int representation = BinaryPrimitives.ReadUInt16BigEndian(cdr);
        if (representation > 1)
            throw new CdrException($"Representation identifier 0x{representation:x4} is not plain CDR (0x0000 big endian, 0x0001 little endian).", 0);
        _reversed = BitConverter.IsLittleEndian != (representation == 1);
        _data = cdr;
        _position = CdrWriter.HeaderSize;
    }

    /// <summary>Bytes read so far, the header included.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _data.Length - _position;

    /// <summary>Whether the data are little endian.</summary>
    public readonly bool IsLittleEndian => BitConverter.IsLittleEndian != _reversed;

    /// <summary>Reads a bool.</summary>
    /// <exception cref="CdrException">The data end, or the octet is neither 0 nor 1.</exception>
    public bool ReadBool()
    {
        byte value = Take(1, 1)[0];
        if (value > 1)
            throw new CdrException($"A bool is 0 or 1, not {value}.", _position - 1);
        return value != 0;
    }

    /// <summary>Reads a <c>uint8</c>, <c>byte</c> or <c>char</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public byte ReadByte() => Take(1, 1)[0];

    /// <summary>Reads an <c>int8</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public sbyte ReadSByte() => unchecked((sbyte)Take(1, 1)[0]);

    /// <summary>Reads an <c>int16</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public short ReadInt16() => unchecked((short)ReadUInt16());

    /// <summary>Reads a <c>uint16</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public ushort ReadUInt16()
    {
        ushort value = MemoryMarshal.Read<ushort>(Take(2, 2));
        return _reversed ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    /// <summary>Reads an <c>int32</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public int ReadInt32() => unchecked((int)ReadUInt32());

    /// <summary>Reads a <c>uint32</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public uint ReadUInt32()
    {
        uint value = MemoryMarshal.Read<uint>(Take(4, 4));
        return _reversed ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    /// <summary>Reads an <c>int64</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public long ReadInt64() => unchecked((long)ReadUInt64());

    /// <summary>Reads a <c>uint64</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public ulong ReadUInt64()
    {
        ulong value = MemoryMarshal.Read<ulong>(Take(8, 8));
        return _reversed ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    /// <summary>Reads a <c>float32</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public float ReadSingle() => BitConverter.UInt32BitsToSingle(ReadUInt32());

    /// <summary>Reads a <c>float64</c>.</summary>
    /// <exception cref="CdrException">The data end.</exception>
    public double ReadDouble() => BitConverter.UInt64BitsToDouble(ReadUInt64());

    /// <summary>Reads a string.</summary>
    /// <param name="current">Returned when the data hold the same text, so that repeated text costs no allocation.</param>
    /// <param name="bound">Most UTF-8 bytes allowed, without the NUL.</param>
    /// <exception cref="CdrException">The data end, the final NUL is missing, or the text is too long, not UTF-8, or holds a NUL.</exception>
    public string ReadString(string? current = null, int bound = int.MaxValue)
    {
        ReadOnlySpan<byte> utf8 = ReadUtf8(bound);
        if (utf8.IsEmpty)
            return "";
        if (current is not null && IsSame(utf8, current))
            return current;
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new CdrException($"The string is not UTF-8 at its byte {e.Index}.", _position - utf8.Length - 1);
        }
    }

    /// <summary>Reads a string without decoding it.</summary>
    /// <param name="bound">Most bytes allowed, without the NUL.</param>
    /// <returns>The bytes without the NUL, inside the data.</returns>
    /// <exception cref="CdrException">The data end, the final NUL is missing, or the text is too long or holds a NUL.</exception>
    public ReadOnlySpan<byte> ReadUtf8(int bound = int.MaxValue)
    {
        uint length = ReadUInt32();

        // Some writers encode the empty string without its NUL; Fast CDR accepts that too.
        if (length == 0)
            return default;
        if (length > (uint)Remaining)
            throw new CdrException($"A string of {length} bytes exceeds the {Remaining} bytes that remain.", _position - 4);
        if (length - 1 > (uint)bound)
            throw new CdrException($"A string of {length - 1} bytes exceeds its bound of {bound}.", _position - 4);
        ReadOnlySpan<byte> bytes = Take(1, (int)length);
        int end = bytes.IndexOf((byte)0);
        if (end < 0)
            throw new CdrException("The string does not end in NUL.", _position - 1);
        if (end != bytes.Length - 1)
            throw new CdrException("The string holds a NUL.", _position - bytes.Length + end);
        return bytes[..^1];
    }

    /// <summary>Reads the length of a sequence whose elements follow one by one.</summary>
    /// <param name="minimumElementSize">Fewest bytes that an element can take; at least 1.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <exception cref="CdrException">The data end, or there are more elements than allowed or than the rest of the data can hold.</exception>
    public int ReadLength(int minimumElementSize, int bound = int.MaxValue)
    {
        uint count = ReadUInt32();
        if (count > (uint)bound)
            throw new CdrException($"A sequence of {count} elements exceeds its bound of {bound}.", _position - 4);
        if ((ulong)count * (uint)minimumElementSize > (uint)Remaining)
            throw new CdrException($"A sequence of {count} elements of {minimumElementSize} or more bytes exceeds the {Remaining} bytes that remain.", _position - 4);
        return (int)count;
    }

    /// <summary>Reads a sequence of <c>uint8</c>, <c>byte</c> or <c>char</c> in place.</summary>
    /// <param name="bound">Most elements allowed.</param>
    /// <returns>The elements, inside the data.</returns>
    /// <exception cref="CdrException">The data end, or there are more elements than allowed.</exception>
    public ReadOnlySpan<byte> ReadOctets(int bound = int.MaxValue) => Take(1, ReadLength(1, bound));

    /// <summary>Reads a sequence of <c>uint8</c>, <c>byte</c> or <c>char</c> into an array that is kept for the next time.</summary>
    /// <param name="kept">The array that an earlier call left; replaced by a larger one where needed.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <returns>The elements, in <paramref name="kept"/>.</returns>
    /// <exception cref="CdrException">The data end, or there are more elements than allowed.</exception>
    public ReadOnlyMemory<byte> ReadOctets(ref byte[]? kept, int bound = int.MaxValue)
    {
        ReadOnlySpan<byte> octets = ReadOctets(bound);
        if (octets.IsEmpty)
            return default;
        if (kept is null || kept.Length < octets.Length)
            kept = GC.AllocateUninitializedArray<byte>(octets.Length);
        octets.CopyTo(kept);
        return kept.AsMemory(0, octets.Length);
    }

    /// <summary>Reads a sequence of primitives, replacing the content of a list.</summary>
    /// <typeparam name="T">A CDR primitive: bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="elements">The list to fill.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <exception cref="CdrException">The data end, there are more elements than allowed, or a bool is neither 0 nor 1.</exception>
    public void ReadSequence<T>(List<T> elements, int bound = int.MaxValue)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(elements);
        int count = ReadLength(Unsafe.SizeOf<T>(), bound);
        ReadOnlySpan<byte> bytes = count == 0 ? default : TakeElements<T>(count);
        CollectionsMarshal.SetCount(elements, count);
        CopyElements(bytes, CollectionsMarshal.AsSpan(elements));
    }

    /// <summary>Reads an array of primitives.</summary>
    /// <typeparam name="T">A CDR primitive: bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="elements">The array to fill; its length is the type's.</param>
    /// <exception cref="CdrException">The data end, or a bool is neither 0 nor 1.</exception>
    public void ReadArray<T>(Span<T> elements)
        where T : unmanaged
    {
        if (!elements.IsEmpty)
            CopyElements(TakeElements<T>(elements.Length), elements);
    }

    /// <summary>Reads a sequence of strings, replacing the content of a list; strings that are the same are kept.</summary>
    /// <param name="elements">The list to fill.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <param name="stringBound">Most UTF-8 bytes allowed in each.</param>
    /// <exception cref="CdrException">The data end, there are more elements than allowed, or a string is not valid.</exception>
    public void ReadStrings(List<string> elements, int bound = int.MaxValue, int stringBound = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(elements);
        int count = ReadLength(4, bound);
        int old = elements.Count;
        if (old > count)
            elements.RemoveRange(count, old - count);
        for (int i = 0; i < count; i++)
        {
            if (i < elements.Count)
                elements[i] = ReadString(elements[i], stringBound);
            else
                elements.Add(ReadString(null, stringBound));
        }
    }

    /// <summary>Reads an array of strings; strings that are the same are kept.</summary>
    /// <param name="elements">The array to fill; its length is the type's.</param>
    /// <param name="stringBound">Most UTF-8 bytes allowed in each.</param>
    /// <exception cref="CdrException">The data end, or a string is not valid.</exception>
    public void ReadStringArray(Span<string> elements, int stringBound = int.MaxValue)
    {
        foreach (ref string element in elements)
            element = ReadString(element, stringBound);
    }

    /// <summary>Reads a sequence of messages, replacing the content of a list; messages in it are filled again.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="elements">The list to fill.</param>
    /// <param name="minimumElementSize">Fewest bytes that an element can take; at least 1.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <exception cref="CdrException">The data end, there are more elements than allowed, or an element is not valid.</exception>
    public void ReadMessages<T>(List<T> elements, int minimumElementSize, int bound = int.MaxValue)
        where T : class, IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(elements);
        int count = ReadLength(minimumElementSize, bound);
        if (elements.Count > count)
            elements.RemoveRange(count, elements.Count - count);
        for (int i = 0; i < count; i++)
        {
            if (i == elements.Count)
                elements.Add(new T());
            (elements[i] ??= new T()).Read(ref this);
        }
    }

    /// <summary>Reads an array of messages, filling those in it again.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="elements">The array to fill; its length is the type's.</param>
    /// <exception cref="CdrException">The data end, or an element is not valid.</exception>
    public void ReadMessageArray<T>(Span<T> elements)
        where T : class, IMessage<T>, new()
    {
        foreach (ref T element in elements)
            (element ??= new T()).Read(ref this);
    }

    internal static void CopyReversed(ReadOnlySpan<byte> source, Span<byte> target, int size)
    {
        switch (size)
        {
            case 2:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, ushort>(target));
                break;
            case 4:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(source), MemoryMarshal.Cast<byte, uint>(target));
                break;
            case 8:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(source), MemoryMarshal.Cast<byte, ulong>(target));
                break;
            default:
                source.CopyTo(target);
                break;
        }
    }

    private static bool IsSame(ReadOnlySpan<byte> utf8, string text)
    {
        if (text.Length > utf8.Length)
            return false;
        if (Ascii.Equals(utf8, text))
            return true;
        if (utf8.Length > 256)
            return false;
        Span<char> decoded = stackalloc char[256];
        return System.Text.Unicode.Utf8.ToUtf16(utf8, decoded, out _, out int written, replaceInvalidSequences: false) == System.Buffers.OperationStatus.Done
            && decoded[..written].SequenceEqual(text);
    }

    private ReadOnlySpan<byte> TakeElements<T>(int count)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = Take(Unsafe.SizeOf<T>(), checked(count * Unsafe.SizeOf<T>()));
        if (typeof(T) == typeof(bool))
        {
            int bad = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
            if (bad >= 0)
                throw new CdrException($"A bool is 0 or 1, not {bytes[bad]}.", _position - bytes.Length + bad);
        }

        return bytes;
    }

    private readonly void CopyElements<T>(ReadOnlySpan<byte> bytes, Span<T> elements)
        where T : unmanaged
    {
        if (_reversed)
            CopyReversed(bytes, MemoryMarshal.AsBytes(elements), Unsafe.SizeOf<T>());
        else
            bytes.CopyTo(MemoryMarshal.AsBytes(elements));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int alignment, int size)
    {
        int start = _position + (-(_position - CdrWriter.HeaderSize) & (alignment - 1));
        if ((long)start + size > _data.Length)
            ThrowShort(start, size);
        _position = start + size;
        return _data.Slice(start, size);
    }

    private readonly void ThrowShort(int start, int size) =>
        throw new CdrException($"The data end after {_data.Length} bytes; {size} more are needed at byte {start}.", _position);
}
