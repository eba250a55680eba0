using System.Buffers.Binary;
using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>Global identifiers to and from rmw's bytes. The text of a <see cref="Gid"/> reads in the order of the bytes.</summary>
internal static class RclGid
{
    public const int Length = 16;

    public static Gid Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public static Gid Read(in gid_bytes bytes) => Read((ReadOnlySpan<byte>)bytes);

    public static void Write(Gid gid, ref gid_bytes bytes)
    {
        Span<byte> span = bytes;
        BinaryPrimitives.WriteUInt64BigEndian(span, gid.High);
        BinaryPrimitives.WriteUInt64BigEndian(span[8..], gid.Low);
    }
}
