using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace FerRos.Ros2.Cdr;

/// <summary>
/// Writes a message body in XCDR1 (OMG DDS-XTypes 1.3, 7.4.1; "plain CDR"), little endian, behind the 4-byte
/// encapsulation header 00 01 00 00. Primitives are aligned to their size, counted from the byte after the header.
/// </summary>
public ref struct CdrWriter
{
    /// <summary>Size of the encapsulation header in bytes.</summary>
    public const int HeaderSize = 4;

    private readonly SerializationBuffer _buffer;
    private Span<byte> _block;
    private int _used;
    private int _gathered;

    /// <summary>Starts a message in the buffer, replacing what it held.</summary>
    public CdrWriter(SerializationBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        buffer.Begin();
        _buffer = buffer;
        _block = buffer.Block;
        BinaryPrimitives.WriteUInt32LittleEndian(_block, 0x0000_0100);
        _used = HeaderSize;
    }

    /// <summary>Bytes written so far, the header included.</summary>
    public readonly int Length => _used + _gathered;

    internal readonly int BlockLength => _used;

    /// <summary>Writes a bool as one octet, 0 or 1.</summary>
    public void WriteBool(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes a <c>uint8</c>, <c>byte</c> or <c>char</c>.</summary>
    public void WriteByte(byte value) => Reserve(1, 1)[0] = value;

    /// <summary>Writes an <c>int8</c>.</summary>
    public void WriteSByte(sbyte value) => Reserve(1, 1)[0] = unchecked((byte)value);

    /// <summary>Writes an <c>int16</c>.</summary>
    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16LittleEndian(Reserve(2, 2), value);

    /// <summary>Writes a <c>uint16</c>.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2, 2), value);

    /// <summary>Writes an <c>int32</c>.</summary>
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(4, 4), value);

    /// <summary>Writes a <c>uint32</c>.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4, 4), value);

    /// <summary>Writes an <c>int64</c>.</summary>
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(8, 8), value);

    /// <summary>Writes a <c>uint64</c>.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8, 8), value);

    /// <summary>Writes a <c>float32</c>.</summary>
    public void WriteSingle(float value) => BinaryPrimitives.WriteSingleLittleEndian(Reserve(4, 4), value);

    /// <summary>Writes a <c>float64</c>.</summary>
    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8, 8), value);

    /// <summary>Writes a string: its length in UTF-8 bytes with the final NUL, the bytes, the NUL.</summary>
    /// <param name="value">The text.</param>
    /// <param name="bound">Most UTF-8 bytes allowed, without the NUL.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">The text is null, too long, not valid Unicode, or holds U+0000.</exception>
    public void WriteString(string value, int bound = int.MaxValue, string field = "")
    {
        if (value is null)
            throw Refused(field, "the string is null; use an empty one.");
        int most = checked((value.Length * 3) + 1);
        Span<byte> room = Reserve(4, checked(4 + most));
        if (Utf8.FromUtf16(value, room[4..^1], out int read, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
            throw Refused(field, $"the string holds an unpaired surrogate at index {read}.");
        if (written > bound)
            throw Refused(field, $"the string \"{Shorten(value)}\" has {written} bytes of UTF-8, its bound is {bound}.");
        if (room.Slice(4, written).Contains((byte)0))
            throw Refused(field, "the string holds U+0000, which ends a string in CDR.");
        BinaryPrimitives.WriteInt32LittleEndian(room, written + 1);
        room[4 + written] = 0;
        _used -= most - written - 1;
    }

    /// <summary>Writes the length of a sequence whose elements follow one by one.</summary>
    /// <param name="count">Elements.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">There are more elements than allowed.</exception>
    public void WriteLength(int count, int bound = int.MaxValue, string field = "")
    {
        if (count > bound)
            throw Refused(field, $"the sequence has {count} elements, its bound is {bound}.");
        WriteInt32(count);
    }

    /// <summary>Writes a sequence of <c>uint8</c>, <c>byte</c> or <c>char</c>; a large one by reference (see <see cref="SerializationBuffer"/>).</summary>
    /// <param name="octets">The elements; unchanged as long as the serialized message is used.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">There are more elements than allowed.</exception>
    public void WriteOctets(ReadOnlyMemory<byte> octets, int bound = int.MaxValue, string field = "")
    {
        WriteLength(octets.Length, bound, field);
        if (octets.Length < _buffer.GatherThreshold)
        {
            octets.Span.CopyTo(Reserve(1, octets.Length));
            return;
        }

        if ((long)Length + octets.Length > int.MaxValue)
            throw Refused(field, $"the message is larger than {int.MaxValue} bytes.");
        _buffer.Gather(_used, octets);
        _gathered += octets.Length;
    }

    /// <summary>Writes a sequence of primitives: its length, then the elements.</summary>
    /// <typeparam name="T">A CDR primitive: bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="elements">The elements.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">There are more elements than allowed.</exception>
    public void WriteSequence<T>(ReadOnlySpan<T> elements, int bound = int.MaxValue, string field = "")
        where T : unmanaged
    {
        WriteLength(elements.Length, bound, field);
        WriteElements(elements);
    }

    /// <summary>Writes a sequence of primitives: its length, then the elements.</summary>
    /// <typeparam name="T">A CDR primitive: bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="elements">The elements.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">The list is null, or there are more elements than allowed.</exception>
    public void WriteSequence<T>(List<T> elements, int bound = int.MaxValue, string field = "")
        where T : unmanaged
    {
        if (elements is null)
            throw Refused(field, "the sequence is null; use an empty one.");
        WriteSequence<T>(CollectionsMarshal.AsSpan(elements), bound, field);
    }

    /// <summary>Writes a sequence of strings: its length, then the strings.</summary>
    /// <param name="elements">The strings.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <param name="stringBound">Most UTF-8 bytes allowed in each, without the NUL.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">The list is null, there are more elements than allowed, or a string cannot be written.</exception>
    public void WriteStrings(List<string> elements, int bound = int.MaxValue, int stringBound = int.MaxValue, string field = "")
    {
        if (elements is null)
            throw Refused(field, "the sequence is null; use an empty one.");
        WriteLength(elements.Count, bound, field);
        foreach (string element in CollectionsMarshal.AsSpan(elements))
            WriteString(element, stringBound, field);
    }

    /// <summary>Writes an array of strings.</summary>
    /// <param name="elements">The strings.</param>
    /// <param name="length">Length that the type has.</param>
    /// <param name="stringBound">Most UTF-8 bytes allowed in each, without the NUL.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">The array is null or has another length, or a string cannot be written.</exception>
    public void WriteStringArray(string[] elements, int length, int stringBound = int.MaxValue, string field = "")
    {
        CheckLength(elements?.Length ?? -1, length, field);
        foreach (string element in elements!)
            WriteString(element, stringBound, field);
    }

    /// <summary>Writes an array of primitives: the elements without a length.</summary>
    /// <typeparam name="T">A CDR primitive: bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="elements">The elements.</param>
    /// <param name="length">Length that the type has.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">The array is null or has another length.</exception>
    public void WriteArray<T>(T[] elements, int length, string field = "")
        where T : unmanaged
    {
        CheckLength(elements?.Length ?? -1, length, field);
        WriteElements<T>(elements);
    }

    /// <summary>Writes a sequence of messages: its length, then the messages.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="elements">The messages.</param>
    /// <param name="bound">Most elements allowed.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">The list or an element is null, there are more elements than allowed, or one cannot be written.</exception>
    public void WriteMessages<T>(List<T> elements, int bound = int.MaxValue, string field = "")
        where T : class, IMessage<T>, new()
    {
        if (elements is null)
            throw Refused(field, "the sequence is null; use an empty one.");
        WriteLength(elements.Count, bound, field);
        foreach (T element in CollectionsMarshal.AsSpan(elements))
            WriteMessage(element, field);
    }

    /// <summary>Writes an array of messages.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="elements">The messages.</param>
    /// <param name="length">Length that the type has.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">The array or an element is null, the array has another length, or an element cannot be written.</exception>
    public void WriteMessageArray<T>(T[] elements, int length, string field = "")
        where T : class, IMessage<T>, new()
    {
        CheckLength(elements?.Length ?? -1, length, field);
        foreach (T element in elements!)
            WriteMessage(element, field);
    }

    /// <summary>Writes a nested message in place.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="message">The message.</param>
    /// <param name="field">Field for error texts.</param>
    /// <exception cref="CdrException">The message is null or cannot be written.</exception>
    public void WriteMessage<T>(T message, string field = "")
        where T : class, IMessage<T>, new()
    {
        if (message is null)
            throw Refused(field, "the message is null.");
        message.Write(ref this);
    }

    private static void CheckLength(int actual, int length, string field)
    {
        if (actual < 0)
            throw Refused(field, "the array is null.");
        if (actual != length)
            throw Refused(field, $"the array has {actual} elements, its type has {length}.");
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private static CdrException Refused(string field, string reason) =>
        field.Length == 0 ? new CdrException(char.ToUpperInvariant(reason[0]) + reason[1..]) : new CdrException(field, new CdrException(reason));

    private void WriteElements<T>(ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        // No element, no padding: alignment belongs to the element.
        if (elements.IsEmpty)
            return;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(elements);
        Span<byte> target = Reserve(Unsafe.SizeOf<T>(), bytes.Length);
        if (BitConverter.IsLittleEndian || Unsafe.SizeOf<T>() == 1)
            bytes.CopyTo(target);
        else
            CdrReader.CopyReversed(bytes, target, Unsafe.SizeOf<T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int alignment, int size)
    {
        int padding = -(_used + _gathered - HeaderSize) & (alignment - 1);
        int start = _used + padding;
        if ((long)start + size > _block.Length)
            Grow((long)start + size);

        // What the buffer held before must not leak into padding.
        if (padding != 0)
            _block.Slice(_used, padding).Clear();
        _used = start + size;
        return _block.Slice(start, size);
    }

    private void Grow(long needed) => _block = _buffer.Grow(_used, needed + 8);
}
