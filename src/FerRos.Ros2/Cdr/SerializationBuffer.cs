using System.Buffers;

namespace FerRos.Ros2.Cdr;

/// <summary>
/// Holds one serialized message: a growable pooled block for what is copied, and references to large octet arrays
/// ("gathered") that the middleware copies straight into its own sample. Used again and again, it allocates nothing
/// once it has grown to the size of its messages. Not thread-safe; <see cref="Rent"/> gives each caller its own.
/// </summary>
public sealed class SerializationBuffer : IDisposable
{
    /// <summary>Octet arrays of at least this length are referenced instead of copied.</summary>
    public const int DefaultGatherThreshold = 4096;

    // A buffer that once held a very large message must not keep that memory for the life of the thread.
    private const int LargestKept = 4 << 20;

    [ThreadStatic]
    private static SerializationBuffer? cached;

    private readonly List<Segment> _segments = [];
    private readonly List<Gathered> _gathered = [];
    private byte[] _array;
    private int _length;
    private bool _fromCache;

    /// <summary>Creates an empty buffer.</summary>
    /// <param name="capacity">Bytes to reserve; at least the header's 4.</param>
    /// <param name="gatherThreshold">Octet arrays of at least this many bytes are referenced; <see cref="int.MaxValue"/>: all are copied and the result is one segment.</param>
    public SerializationBuffer(int capacity = 1024, int gatherThreshold = DefaultGatherThreshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(gatherThreshold, 1);
        _array = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, CdrWriter.HeaderSize));
        GatherThreshold = gatherThreshold;
    }

    /// <summary>Octet arrays of at least this many bytes are referenced instead of copied.</summary>
    public int GatherThreshold { get; }

    internal Span<byte> Block => _array;

    /// <summary>Takes this thread's spare buffer, or a new one. Dispose it to give it back.</summary>
    public static SerializationBuffer Rent()
    {
        SerializationBuffer buffer = cached ?? new SerializationBuffer();
        cached = null;
        buffer._fromCache = true;
        return buffer;
    }

    /// <summary>
    /// Replaces the content by a message: encapsulation header (XCDR1, little endian), then the body.
    /// </summary>
    /// <param name="message">The message. Memory of its large octet arrays must stay unchanged as long as the result is used.</param>
    /// <returns>The serialized message, valid until the buffer is used again or disposed.</returns>
    /// <exception cref="CdrException">A string or sequence is longer than its bound, an array has another length than its type, or a string is not valid text.</exception>
    public ReadOnlySequence<byte> Serialize(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var writer = new CdrWriter(this);
        message.Write(ref writer);
        return Complete(in writer);
    }

    /// <summary>The content as it stands after <see cref="CdrWriter"/> has written into this buffer.</summary>
    /// <param name="writer">The writer, created over this buffer.</param>
    /// <returns>The serialized message, valid until the buffer is used again or disposed.</returns>
    public ReadOnlySequence<byte> Complete(in CdrWriter writer)
    {
        _length = writer.BlockLength;
        if (_gathered.Count == 0)
            return new ReadOnlySequence<byte>(_array, 0, _length);

        int used = 0;
        long running = 0;
        int start = 0;
        foreach (Gathered gathered in _gathered)
        {
            if (gathered.At > start)
                Append(_array.AsMemory(start, gathered.At - start), ref used, ref running);
            Append(gathered.Memory, ref used, ref running);
            start = gathered.At;
        }

        if (_length > start)
            Append(_array.AsMemory(start, _length - start), ref used, ref running);
        Segment last = _segments[used - 1];
        last.End();
        return new ReadOnlySequence<byte>(_segments[0], 0, last, last.Memory.Length);
    }

    /// <summary>Gives the memory, or a rented buffer, back.</summary>
    public void Dispose()
    {
        Clear();
        if (_fromCache && cached is null && _array.Length is > 0 and <= LargestKept)
        {
            _fromCache = false;
            cached = this;
            return;
        }

        // A second Dispose of a rented buffer must not pull the array from under whoever rents it next.
        if (_array.Length > 0 && !ReferenceEquals(cached, this))
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
    }

    internal void Begin()
    {
        ObjectDisposedException.ThrowIf(_array.Length == 0, this);
        Clear();
    }

    internal Span<byte> Grow(int used, long needed)
    {
        if (needed > Array.MaxLength)
            throw new CdrException($"The message is larger than {Array.MaxLength} bytes.");
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _array.Length)));
        _array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
        return larger;
    }

    internal void Gather(int at, ReadOnlyMemory<byte> memory) => _gathered.Add(new Gathered(at, memory));

    private void Append(ReadOnlyMemory<byte> memory, ref int used, ref long running)
    {
        if (used == _segments.Count)
            _segments.Add(new Segment());
        Segment segment = _segments[used];
        segment.Set(memory, running);
        if (used > 0)
            _segments[used - 1].Link(segment);
        running += memory.Length;
        used++;
    }

    // References to callers' pixels must not outlive their message.
    private void Clear()
    {
        _length = 0;
        if (_gathered.Count == 0)
            return;
        _gathered.Clear();
        foreach (Segment segment in _segments)
            segment.Set(default, 0);
    }

    private readonly record struct Gathered(int At, ReadOnlyMemory<byte> Memory);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public void Set(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
            Next = null;
        }

        public void Link(Segment next) => Next = next;

        public void End() => Next = null;
    }
}
