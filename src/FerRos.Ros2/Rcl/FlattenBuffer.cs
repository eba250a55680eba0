using System.Buffers;

namespace FerRos.Ros2.Rcl;

/// <summary>
/// Brings a message of several segments into one piece, with one copy, into a buffer that is kept for the next
/// message. A message in one piece is used where it is. Thread-safe: who finds the buffer taken makes a new one.
/// </summary>
internal sealed class FlattenBuffer
{
    private byte[]? _spare;

    /// <summary>The message in one piece. Dispose of it to give the buffer back.</summary>
    /// <param name="message">CDR with its encapsulation header.</param>
    /// <param name="name">Topic or service, for the error.</param>
    /// <exception cref="MiddlewareException">The message is shorter than its header, or too long for one piece.</exception>
    public Flat Flatten(in ReadOnlySequence<byte> message, string name)
    {
        var length = message.Length;
        if (length < RclSerialized.HeaderLength)
            throw new MiddlewareException($"A message of {length} bytes for '{name}' has no encapsulation header.");
        if (message.IsSingleSegment) return new Flat(this, null, message.FirstSpan);
        if (length > Array.MaxLength)
            throw new MiddlewareException($"A message of {length} bytes for '{name}' is too long: at most {Array.MaxLength} can be sent.");

        var buffer = Interlocked.Exchange(ref _spare, null);
        if (buffer is null || buffer.Length < length)
        {
            // Pinned for good: large arrays are not moved anyway, and rcl gets the address at no cost.
            buffer = GC.AllocateUninitializedArray<byte>((int)length, pinned: true);
        }

        message.CopyTo(buffer);
        return new Flat(this, buffer, buffer.AsSpan(0, (int)length));
    }

    /// <summary>A message in one piece.</summary>
    internal readonly ref struct Flat(FlattenBuffer owner, byte[]? buffer, ReadOnlySpan<byte> span) : IDisposable
    {
        public ReadOnlySpan<byte> Span { get; } = span;

        public void Dispose()
        {
            if (buffer is not null) Volatile.Write(ref owner._spare, buffer);
        }
    }
}
