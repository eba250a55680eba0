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
    /// <param name="kept">The list to fill; null: a new one.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <returns>The filled list.</returns>
    /// <exception cref="CdrException">The data end, there are more elements than allowed, or a bool is neither 0 nor 1.</exception>
    public List<T> ReadSequence<T>(List<T>? kept, int bound = int.MaxValue)
        where T : unmanaged
    {
        int count = ReadLength(Unsafe.SizeOf<T>(), bound);
        ReadOnlySpan<byte> bytes = count == 0 ? default : TakeElements<T>(count);
        kept ??= [];
        CollectionsMarshal.SetCount(kept, count);
        CopyElements(bytes, CollectionsMarshal.AsSpan(kept));
        return kept;
    }

    /// <summary>Reads an array of primitives.</summary>
    /// <typeparam name="T">A CDR primitive: bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="kept">The array to fill; a new one is made where it has another length.</param>
    /// <param name="length">Length that the type has; at least 1.</param>
    /// <returns>The filled array.</returns>
    /// <exception cref="CdrException">The data end, or a bool is neither 0 nor 1.</exception>
    public T[] ReadArray<T>(T[]? kept, int length)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = TakeElements<T>(length);
        if (kept is null || kept.Length != length)
            kept = new T[length];
        CopyElements<T>(bytes, kept);
        return kept;
    }

    /// <summary>Reads a sequence of strings, replacing the content of a list; strings that are the same are kept.</summary>
    /// <param name="kept">The list to fill; null: a new one.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <param name="stringBound">Most UTF-8 bytes allowed in each.</param>
    /// <returns>The filled list.</returns>
    /// <exception cref="CdrException">The data end, there are more elements than allowed, or a string is not valid.</exception>
    public List<string> ReadStrings(List<string>? kept, int bound = int.MaxValue, int stringBound = int.MaxValue)
    {
        int count = ReadLength(4, bound);
        kept ??= [];
        if (kept.Count > count)
            kept.RemoveRange(count, kept.Count - count);
        for (int i = 0; i < count; i++)
        {
            if (i < kept.Count)
                kept[i] = ReadString(kept[i], stringBound);
            else
                kept.Add(ReadString(null, stringBound));
        }

        return kept;
    }

    /// <summary>Reads an array of strings; strings that are the same are kept.</summary>
    /// <param name="kept">The array to fill; a new one is made where it has another length.</param>
    /// <param name="length">Length that the type has.</param>
    /// <param name="stringBound">Most UTF-8 bytes allowed in each.</param>
    /// <returns>The filled array.</returns>
    /// <exception cref="CdrException">The data end, or a string is not valid.</exception>
    public string[] ReadStringArray(string[]? kept, int length, int stringBound = int.MaxValue)
    {
        if (kept is null || kept.Length != length)
            kept = CreateStrings(length);
        foreach (ref string element in kept.AsSpan())
            element = ReadString(element, stringBound);
        return kept;
    }

    /// <summary>Reads a nested message, filling the one there is again.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="kept">The message to fill; null: a new one.</param>
    /// <returns>The filled message.</returns>
    /// <exception cref="CdrException">The message is not valid.</exception>
    public T ReadMessage<T>(T? kept)
        where T : class, IMessage<T>, new()
    {
        kept ??= new T();
        kept.Read(ref this);
        return kept;
    }

    /// <summary>Reads a sequence of messages, replacing the content of a list; messages in it are filled again.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="kept">The list to fill; null: a new one.</param>
    /// <param name="minimumElementSize">Fewest bytes that an element can take; at least 1.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <returns>The filled list.</returns>
    /// <exception cref="CdrException">The data end, there are more elements than allowed, or an element is not valid.</exception>
    public List<T> ReadMessages<T>(List<T>? kept, int minimumElementSize, int bound = int.MaxValue)
        where T : class, IMessage<T>, new()
    {
        int count = ReadLength(minimumElementSize, bound);
        kept ??= [];
        if (kept.Count > count)
            kept.RemoveRange(count, kept.Count - count);
        for (int i = 0; i < count; i++)
        {
            if (i < kept.Count)
                kept[i] = ReadMessage(kept[i]);
            else
                kept.Add(ReadMessage<T>(null));
        }

        return kept;
    }

    /// <summary>Reads an array of messages, filling those in it again.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="kept">The array to fill; a new one is made where it has another length.</param>
    /// <param name="length">Length that the type has.</param>
    /// <returns>The filled array.</returns>
    /// <exception cref="CdrException">The data end, or an element is not valid.</exception>
    public T[] ReadMessageArray<T>(T[]? kept, int length)
        where T : class, IMessage<T>, new()
    {
        if (kept is null || kept.Length != length)
            kept = new T[length];
        for (int i = 0; i < length; i++)
            kept[i] = ReadMessage(kept[i]);
        return kept;
    }

    /// <summary>An array of empty strings: the value of a new message's string array.</summary>
    public static string[] CreateStrings(int length)
    {
        string[] strings = new string[length];
        Array.Fill(strings, "");
        return strings;
    }

    /// <summary>An array of new messages: the value of a new message's array.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    public static T[] CreateMessages<T>(int length)
        where T : class, IMessage<T>, new()
    {
        var messages = new T[length];
        for (int i = 0; i < length; i++)
            messages[i] = new T();
        return messages;
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
