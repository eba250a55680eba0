using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>Serialized messages in native memory.</summary>
internal static unsafe class RclSerialized
{
    /// <summary>Smallest serialized message: the encapsulation header and nothing behind it.</summary>
    public const int HeaderLength = 4;

    /// <summary>What was taken, in place.</summary>
    /// <exception cref="MiddlewareException">It is longer than a span can be.</exception>
    public static ReadOnlySpan<byte> Span(rcutils_uint8_array_t* message)
    {
        if (message->buffer_length > int.MaxValue)
            throw new MiddlewareException($"A message of {message->buffer_length} bytes is too long: at most {int.MaxValue} can be received.");
        return new ReadOnlySpan<byte>(message->buffer, (int)message->buffer_length);
    }

    /// <summary>Fills a native message from CDR.</summary>
    /// <exception cref="MiddlewareException">The data do not hold such a message.</exception>
    public static void Deserialize(ReadOnlySpan<byte> cdr, nint typeSupport, nint nativeMessage, string name)
    {
        fixed (byte* data = cdr)
        {
            var view = View(data, cdr.Length);
            RclError.Check(NativeMethods.rmw_deserialize(&view, typeSupport, nativeMessage), "Reading a message for", name);
        }
    }

    /// <summary>Frees a message that was initialized, and leaves one alone that was not.</summary>
    public static void Free(rcutils_uint8_array_t* message)
    {
        if (message->allocator.deallocate == null) return;
        if (NativeMethods.rcutils_uint8_array_fini(message) != rcl_ret_t.OK) NativeMethods.rcutils_reset_error();
    }

    /// <summary>A view on memory that rmw only reads.</summary>
    public static rcutils_uint8_array_t View(byte* data, int length) => new()
    {
        buffer = data,
        buffer_length = (nuint)length,
        buffer_capacity = (nuint)length,
        allocator = RclAllocator.Default,
    };
}
