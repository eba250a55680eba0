using System.Buffers;
using System.Diagnostics;
using System.Text;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Tests;

/// <summary>Messages written by hand, so that the middleware is tested without generated types.</summary>
internal static class Samples
{
    public static readonly InterfaceType StringType = new(
        "std_msgs/msg/String", "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18");

    public static readonly InterfaceType HeaderType = new(
        "std_msgs/msg/Header", "RIHS01_f49fb3ae2cf070f793645ff749683ac6b06203e41c891e17701b1cb597ce6a01");

    public static readonly InterfaceType ImageType = new(
        "sensor_msgs/msg/Image", "RIHS01_d31d41a9a4c4bc8eae9be757b0beed306564f7526c88ea6a4588fb9582527d47");

    public static readonly ServiceInterfaceType TriggerType = new(
        "std_srvs/srv/Trigger",
        "RIHS01_eeff2cd6fc5ad9d27cdf4dec64818331e4fa17a3ae53a3c4d3b7d1a5a2d7a8a1",
        new InterfaceType("std_srvs/srv/Trigger_Request", ""),
        new InterfaceType("std_srvs/srv/Trigger_Response", ""));

    public static ReadOnlySequence<byte> Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] cdr = new byte[4 + 4 + utf8.Length + 1];
        cdr[1] = 1;
        BitConverter.TryWriteBytes(cdr.AsSpan(4), utf8.Length + 1);
        utf8.CopyTo(cdr, 8);
        return new ReadOnlySequence<byte>(cdr);
    }

    public static string ReadText(ReadOnlySpan<byte> cdr) => new CdrReader(cdr).ReadString();

    /// <summary>An image whose pixels all hold the low byte of the sequence number, which also is the stamp's second.</summary>
    public static ReadOnlySequence<byte> Image(SerializationBuffer buffer, int sequence, int width, int height, byte[] pixels)
    {
        var writer = new CdrWriter(buffer);
        writer.WriteInt32(sequence);
        writer.WriteUInt32(0);
        writer.WriteString("camera");
        writer.WriteUInt32((uint)height);
        writer.WriteUInt32((uint)width);
        writer.WriteString("rgb8");
        writer.WriteByte(0);
        writer.WriteUInt32((uint)width * 3);
        writer.WriteOctets(pixels);
        return buffer.Complete(writer);
    }

    /// <summary>
    /// Publishes one message. A loaded machine may keep a reader from acknowledging the earlier ones for longer than a
    /// reliable publisher waits; a message that was dropped for that is published again.
    /// </summary>
    public static void PublishPatiently(IMiddlewarePublisher publisher, ReadOnlySequence<byte> message)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                publisher.Publish(message);
                return;
            }
            catch (MiddlewareException exception) when (exception.Message.Contains("was dropped", StringComparison.Ordinal) && watch.Elapsed < Wait.Long)
            {
            }
        }
    }

    public static (int Sequence, int Length, byte First, byte Last) ReadImage(ReadOnlySpan<byte> cdr)
    {
        var reader = new CdrReader(cdr);
        int sequence = reader.ReadInt32();
        reader.ReadUInt32();
        reader.ReadUtf8();
        reader.ReadUInt32();
        reader.ReadUInt32();
        reader.ReadUtf8();
        reader.ReadByte();
        reader.ReadUInt32();
        ReadOnlySpan<byte> pixels = reader.ReadOctets();
        return (sequence, pixels.Length, pixels[0], pixels[^1]);
    }
}
