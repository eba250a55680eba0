using System.Buffers;
using System.Runtime.InteropServices;
using FerRos.Interfaces.RmwDdsCommon.Msg;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Interfaces.StdMsgs.Msg;
using FerRos.Ros2;
using FerRos.Ros2.Cdr;
using FerRos.Tests.Oracle;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace FerRos.Interfaces.Tests;

public class CdrWriterTests
{
    [Fact]
    public void A_header_has_the_bytes_that_the_specification_gives() =>
        Convert.ToHexString(Exchange.Bytes(new Header { Stamp = { Sec = 1, Nanosec = 0x01020304 }, FrameId = "cam" }))
            .ShouldBe("00010000" + "01000000" + "04030201" + "04000000" + "63616D00");

    [Fact]
    public void Eight_byte_values_are_aligned_to_eight_behind_the_header()
    {
        using var buffer = new SerializationBuffer(4);
        var writer = new CdrWriter(buffer);
        writer.WriteByte(1);
        writer.WriteDouble(1);
        writer.WriteBool(true);
        writer.WriteInt16(-2);
        writer.WriteSByte(-1);
        writer.WriteSingle(1);
        writer.WriteUInt64(ulong.MaxValue);
        Convert.ToHexString(buffer.Complete(in writer).ToArray()).ShouldBe(
            "00010000" + "01" + "00000000000000" + "000000000000F03F" + "01" + "00" + "FEFF" + "FF" + "000000" + "0000803F" + "00000000" + "FFFFFFFFFFFFFFFF");
    }

    [Fact]
    public void An_empty_message_is_one_octet() =>
        Exchange.Bytes(new StdSrvs.Srv.Trigger.Request()).ShouldBe([0, 1, 0, 0, 0]);

    [Fact]
    public void An_empty_sequence_of_doubles_has_no_padding() =>
        Exchange.Bytes(new Float64MultiArray()).Length.ShouldBe(4 + 4 + 4 + 4);

    [Fact]
    public void Every_message_type_is_written_as_the_reference_encoder_writes_it()
    {
        foreach (MessageDescriptor type in Known.Messages)
        {
            Prop.ForAll<int>(seed =>
            {
                (IMessage message, byte[] cdr) = Known.Random(type, seed);
                Exchange.Bytes(message).ShouldBe(cdr, type.Name);
                Exchange.Bytes(message, gatherThreshold: 1).ShouldBe(cdr, type.Name);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(10));
        }
    }

    [Fact]
    public void Any_text_and_any_doubles_come_back()
    {
        Prop.ForAll<string, double[]>((text, values) =>
        {
            text ??= "";
            var sent = new RclInterfaces.Msg.ParameterValue { StringValue = text, DoubleArrayValue = [.. values] };
            if (text.Contains('\0') || !IsUnicode(text))
                Should.Throw<CdrException>(() => Exchange.Bytes(sent)).Message.ShouldContain("string_value");
            else
                CdrSerializer.Deserialize<RclInterfaces.Msg.ParameterValue>(Exchange.Bytes(sent)).ShouldBe(sent);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300));

        static bool IsUnicode(string text)
        {
            for (int i = 0; i < text.Length; i++)
            {
                if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                    i++;
                else if (char.IsSurrogate(text[i]))
                    return false;
            }

            return true;
        }
    }

    [Fact]
    public void Pixels_are_referenced_and_small_arrays_are_copied()
    {
        byte[] pixels = new byte[SerializationBuffer.DefaultGatherThreshold];
        using SerializationBuffer buffer = SerializationBuffer.Rent();
        ReadOnlySequence<byte> sequence = buffer.Serialize(new Image { Encoding = "mono8", Data = pixels });
        List<ReadOnlyMemory<byte>> segments = [];
        foreach (ReadOnlyMemory<byte> segment in sequence)
            segments.Add(segment);
        segments.Count.ShouldBe(2);
        MemoryMarshal.TryGetArray(segments[1], out ArraySegment<byte> array).ShouldBeTrue();
        array.Array.ShouldBeSameAs(pixels);
        buffer.Serialize(new Image { Data = new byte[100] }).IsSingleSegment.ShouldBeTrue();
    }

    [Fact]
    public void Fields_behind_gathered_octets_are_aligned_and_in_order()
    {
        var message = new RclInterfaces.Msg.ParameterValue { ByteArrayValue = new byte[4097], IntegerArrayValue = { 1, 2 }, StringArrayValue = { "a" } };
        byte[] gathered = Exchange.Bytes(message, 4096);
        gathered.ShouldBe(Exchange.Bytes(message));
        CdrSerializer.Deserialize<RclInterfaces.Msg.ParameterValue>(gathered).ShouldBe(message);
    }

    [Fact]
    public void Padding_is_zero_in_a_buffer_that_was_used_before()
    {
        using var buffer = new SerializationBuffer(64);
        buffer.Serialize(new StdMsgs.Msg.String { Data = new string('x', 50) });
        byte[] cdr = buffer.Serialize(new RclInterfaces.Msg.IntegerRange()).ToArray();
        cdr.AsSpan(4).IndexOfAnyExcept((byte)0).ShouldBe(-1);
        buffer.Serialize(new RosgraphMsgs.Msg.Clock()).ToArray().ShouldBe([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        buffer.Serialize(new RclInterfaces.Msg.ParameterDescriptor { Name = "n" }).ToArray()
            .ShouldBe(Exchange.Bytes(new RclInterfaces.Msg.ParameterDescriptor { Name = "n" }));
    }

    [Fact]
    public void Bounds_and_lengths_are_enforced_with_the_field_and_the_values()
    {
        Refused(new NodeEntitiesInfo { NodeName = new string('n', 257) }, "rmw_dds_common/msg/NodeEntitiesInfo.node_name", "257", "256");

        // 129 characters of two bytes each: the bound is in bytes.
        Refused(new NodeEntitiesInfo { NodeName = new string('ä', 129) }, "node_name", "258", "256");
        Exchange.Bytes(new NodeEntitiesInfo { NodeName = new string('ä', 128) }).Length.ShouldBeGreaterThan(256);
        Refused(new RclInterfaces.Msg.ParameterDescriptor { IntegerRange = { new(), new() } }, "integer_range", "2 elements", "bound is 1");
        Refused(new CameraInfo { K = new double[8] }, "sensor_msgs/msg/CameraInfo.k", "8", "9");
        Refused(new CameraInfo { K = null! }, "sensor_msgs/msg/CameraInfo.k", "null");
        Refused(new Header { FrameId = null! }, "frame_id", "null");
        Refused(new Header { FrameId = "a\0b" }, "frame_id", "U+0000");
        Refused(new Header { FrameId = "a\ud800b" }, "frame_id", "surrogate");
        Refused(new Image { Header = null! }, "sensor_msgs/msg/Image.header", "null");
        Refused(new DiagnosticMsgs.Msg.DiagnosticArray { Status = null! }, "status", "null");

        static void Refused(IMessage message, params string[] parts)
        {
            var e = Should.Throw<CdrException>(() => Exchange.Bytes(message));
            foreach (string part in parts)
                e.Message.ShouldContain(part);
        }
    }

    [Fact]
    public void Humbles_graph_messages_have_a_longer_identifier_under_the_same_name()
    {
        RmwDdsCommon.Msg.Humble.Gid.MessageType.Name.ShouldBe("rmw_dds_common/msg/Gid");
        Exchange.Bytes(new Gid()).Length.ShouldBe(4 + 16);
        Exchange.Bytes(new RmwDdsCommon.Msg.Humble.Gid()).Length.ShouldBe(4 + 24);
        new RmwDdsCommon.Msg.Humble.ParticipantEntitiesInfo().Gid.Data.Length.ShouldBe(24);
        new RmwDdsCommon.Msg.Humble.NodeEntitiesInfo().ReaderGidSeq.ShouldBeOfType<List<RmwDdsCommon.Msg.Humble.Gid>>();
        Known.Message("rmw_dds_common/msg/Gid").ShouldBeSameAs(Gid.MessageType);
    }

    [Fact]
    public void A_buffer_is_used_again_by_the_thread_that_gave_it_back()
    {
        SerializationBuffer first = SerializationBuffer.Rent();
        first.Dispose();
        using SerializationBuffer second = SerializationBuffer.Rent();
        second.ShouldBeSameAs(first);
        using SerializationBuffer third = SerializationBuffer.Rent();
        third.ShouldNotBeSameAs(second);
        var plain = new SerializationBuffer();
        plain.Dispose();
        Should.Throw<ObjectDisposedException>(() => plain.Serialize(new Header()));
    }
}
