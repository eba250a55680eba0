using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Interfaces.StdMsgs.Msg;
using FerRos.Ros2;
using FerRos.Ros2.Cdr;
using FerRos.Tests.Oracle;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using RclMsg = FerRos.Interfaces.RclInterfaces.Msg;

namespace FerRos.Interfaces.Tests;

public class CdrReaderTests
{
    private static readonly byte[] LittleEndian = [0, 1, 0, 0];

    [Fact]
    public void Every_message_type_is_read_in_both_byte_orders()
    {
        Known.Messages.Count.ShouldBeGreaterThan(120);
        foreach (MessageDescriptor type in Known.Messages)
        {
            Prop.ForAll<int>(seed =>
            {
                (IMessage expected, byte[] little) = Known.Random(type, seed);
                (_, byte[] big) = Known.Random(type, seed, bigEndian: true);
                IMessage message = type.Create();
                CdrSerializer.Deserialize(little, message);
                message.ShouldBe(expected, type.Name);
                CdrSerializer.Deserialize(big, message);
                message.ShouldBe(expected, type.Name);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(10));
        }
    }

    [Fact]
    public void A_message_that_is_cut_off_anywhere_gives_an_error_that_names_a_field()
    {
        foreach (MessageDescriptor type in Known.Messages)
        {
            for (int seed = 0; seed < 3; seed++)
            {
                (_, byte[] cdr) = Known.Random(type, seed);
                for (int length = 0; length < cdr.Length; length += cdr.Length < 2000 ? 1 : 37)
                {
                    IMessage message = type.Create();
                    var e = Should.Throw<CdrException>(() => CdrSerializer.Deserialize(cdr.AsSpan(0, length), message), $"{type.Name} cut to {length}");
                    e.Field.ShouldStartWith(type.Name);
                }
            }
        }
    }

    [Fact]
    public void Damaged_data_give_a_message_or_an_error_and_allocate_no_more_than_they_could_hold()
    {
        var random = new Random(5);
        foreach (MessageDescriptor type in Known.Messages)
        {
            for (int seed = 0; seed < 20; seed++)
            {
                (_, byte[] cdr) = Known.Random(type, seed);
                for (int i = random.Next(4); i >= 0 && cdr.Length > 4; i--)
                    cdr[random.Next(4, cdr.Length)] = (byte)(random.Next(3) == 0 ? 0xff : random.Next(256));
                IMessage message = type.Create();
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    CdrSerializer.Deserialize(cdr, message);
                }
                catch (CdrException)
                {
                }

                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000 + (200L * cdr.Length), type.Name);
            }
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(uint.MaxValue)]
    [InlineData(1u << 31)]
    [InlineData(9u)]
    public void A_sequence_longer_than_the_data_is_refused_before_anything_is_allocated(uint count)
    {
        byte[] cdr = [.. LittleEndian, .. BitConverter.GetBytes(count), 0, 0, 0, 0, 0, 0, 0, 0];
        foreach (MessageDescriptor type in new[] { Known.Message("rcl_interfaces/srv/GetParameters_Request"), Known.Message("rcl_interfaces/srv/GetParameterTypes_Response"), Known.Message("rcl_interfaces/srv/SetParameters_Request") })
        {
            IMessage message = type.Create();
            long before = GC.GetAllocatedBytesForCurrentThread();
            Should.Throw<CdrException>(() => CdrSerializer.Deserialize(cdr, message)).Message.ShouldContain(count.ToString());
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000);
        }

    }

    [Fact]
    public void Bytes_behind_the_message_are_ignored()
    {
        foreach (MessageDescriptor type in Known.Messages)
        {
            (IMessage expected, byte[] cdr) = Known.Random(type, 11);
            IMessage message = type.Create();
            CdrSerializer.Deserialize([.. cdr, 1, 2, 3, 4, 5], message);
            message.ShouldBe(expected, type.Name);
        }
    }

    [Theory]
    [InlineData(new byte[0], "0 bytes are too few")]
    [InlineData(new byte[] { 0, 1, 0 }, "3 bytes are too few")]
    [InlineData(new byte[] { 0, 3, 0, 0, 1, 2, 3, 4 }, "0x0003")]
    [InlineData(new byte[] { 0, 7, 0, 0, 1, 2, 3, 4 }, "0x0007")]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 2, 3, 4 }, "0x0100")]
    public void A_header_that_is_not_plain_CDR_is_refused_with_its_value(byte[] cdr, string text) =>
        Should.Throw<CdrException>(() => CdrSerializer.Deserialize<StdMsgs.Msg.String>(cdr)).Message.ShouldContain(text);

    [Theory]
    [InlineData(new byte[] { 3, 0, 0, 0, 65, 66, 67 }, "NUL")]
    [InlineData(new byte[] { 3, 0, 0, 0, 65, 0, 0 }, "NUL")]
    [InlineData(new byte[] { 3, 0, 0, 0, 0xc3, 0x28, 0 }, "UTF-8")]
    [InlineData(new byte[] { 3, 0, 0, 0, 0xed, 0xa0, 0 }, "UTF-8")]
    [InlineData(new byte[] { 9, 0, 0, 0, 65, 66, 0 }, "9 bytes")]
    [InlineData(new byte[] { 255, 255, 255, 255, 65, 66, 0 }, "4294967295 bytes")]
    [InlineData(new byte[] { 0, 0, 0, 128, 65, 66, 0 }, "2147483648 bytes")]
    public void Text_that_is_none_is_refused(byte[] body, string text)
    {
        var e = Should.Throw<CdrException>(() => CdrSerializer.Deserialize<StdMsgs.Msg.String>([.. LittleEndian, .. body]));
        e.Message.ShouldContain(text);
        e.Field.ShouldBe("std_msgs/msg/String.data");
        e.Position.ShouldBeInRange(4, 11);
    }

    [Fact]
    public void A_string_without_even_its_NUL_is_empty() =>
        CdrSerializer.Deserialize<StdMsgs.Msg.String>([.. LittleEndian, 0, 0, 0, 0]).Data.ShouldBe("");

    [Fact]
    public void A_bool_of_two_is_refused_alone_and_in_a_sequence()
    {
        Should.Throw<CdrException>(() => CdrSerializer.Deserialize<Bool>([.. LittleEndian, 2])).Message.ShouldContain("0 or 1, not 2");
        var value = new RclMsg.ParameterValue { BoolArrayValue = { true, false, true } };
        byte[] cdr = Exchange.Bytes(value);
        int at = cdr.AsSpan().IndexOf(new byte[] { 3, 0, 0, 0, 1, 0, 1 });
        cdr[at + 5] = 7;
        var e = Should.Throw<CdrException>(() => CdrSerializer.Deserialize<RclMsg.ParameterValue>(cdr));
        e.Message.ShouldContain("not 7");
        e.Field.ShouldBe("rcl_interfaces/msg/ParameterValue.bool_array_value[1]");
    }

    [Fact]
    public void An_error_names_the_path_through_nested_messages()
    {
        var message = new DiagnosticMsgs.Msg.DiagnosticArray
        {
            Status = { new() { Name = "a" }, new() { Name = "b", Values = { new() { Key = "k", Value = "v" } } } },
        };
        byte[] cdr = Exchange.Bytes(message);
        var e = Should.Throw<CdrException>(() => CdrSerializer.Deserialize<DiagnosticMsgs.Msg.DiagnosticArray>(cdr.AsSpan(0, cdr.Length - 1)));
        e.Field.ShouldBe("diagnostic_msgs/msg/DiagnosticArray.status[1].values[0].value");
        e.Message.ShouldStartWith(e.Field);
    }

    [Fact]
    public void Bounds_are_enforced()
    {
        byte[] name = [.. BitConverter.GetBytes(258), .. new byte[257].Select(_ => (byte)'n'), 0];
        Should.Throw<CdrException>(() => CdrSerializer.Deserialize<RmwDdsCommon.Msg.NodeEntitiesInfo>([.. LittleEndian, .. name, .. new byte[64]]))
            .Message.ShouldContain("257 bytes exceeds its bound of 256");
        var descriptor = new RclMsg.ParameterDescriptor { IntegerRange = { new() } };
        byte[] cdr = Exchange.Bytes(descriptor);
        cdr[^28].ShouldBe((byte)1);
        Should.Throw<CdrException>(() => CdrSerializer.Deserialize<RclMsg.ParameterDescriptor>([.. cdr[..^28], 2, 0, 0, 0, .. new byte[56]]))
            .Message.ShouldContain("2 elements exceeds its bound of 1");
    }

    [Fact]
    public void Reading_into_a_message_again_keeps_lists_arrays_and_unchanged_text()
    {
        var first = new RclMsg.ParameterEvent { Node = "/node", NewParameters = { new RclMsg.Parameter { Name = "ä", Value = { StringArrayValue = { "x", "y" }, DoubleArrayValue = { 1, 2, 3 } } } } };
        byte[] cdr = Exchange.Bytes(first);
        var message = CdrSerializer.Deserialize<RclMsg.ParameterEvent>(cdr);
        (string node, List<RclMsg.Parameter> list, RclMsg.Parameter parameter, string name, List<double> doubles) =
            (message.Node, message.NewParameters, message.NewParameters[0], message.NewParameters[0].Name, message.NewParameters[0].Value.DoubleArrayValue);
        CdrSerializer.Deserialize(cdr, message);
        message.Node.ShouldBeSameAs(node);
        message.NewParameters.ShouldBeSameAs(list);
        message.NewParameters[0].ShouldBeSameAs(parameter);
        message.NewParameters[0].Name.ShouldBeSameAs(name);
        message.NewParameters[0].Value.DoubleArrayValue.ShouldBeSameAs(doubles);
    }

    [Fact]
    public void Octets_that_the_caller_gave_are_never_overwritten_by_reading()
    {
        byte[] mine = [1, 2, 3, 4];
        var message = new Image { Data = mine };
        CdrSerializer.Deserialize(Exchange.Bytes(new Image { Data = new byte[] { 9, 9, 9, 9 } }), message);
        mine.ShouldBe([1, 2, 3, 4]);
        message.Data.ToArray().ShouldBe([9, 9, 9, 9]);
    }

    [Fact]
    public void Reading_and_writing_pictures_allocates_nothing_once_warm()
    {
        var random = new Random(1);
        byte[] pixels = new byte[640 * 480];
        random.NextBytes(pixels);
        var picture = new Image { Header = { FrameId = "camera", Stamp = { Sec = 5 } }, Height = 480, Width = 640, Step = 640, Encoding = "mono8", Data = pixels };
        byte[] cdr = Exchange.Bytes(picture);
        var message = new Image();
        long length = 0;
        Allocations.Least(() =>
        {
            var reader = new CdrReader(cdr);
            message.Read(ref reader);
            using SerializationBuffer buffer = SerializationBuffer.Rent();
            length = buffer.Serialize(message).Length;
        }).ShouldBe(0);
        length.ShouldBeGreaterThan(pixels.Length);
        message.ShouldBe(picture);
    }

    [Fact]
    public void A_view_shows_the_same_as_the_message_without_copying()
    {
        var picture = new Image { Header = { FrameId = "käm", Stamp = { Sec = -5, Nanosec = 7 } }, Height = 2, Width = 3, Step = 3, Encoding = "mono8", Data = new byte[] { 1, 2, 3, 4, 5, 6 } };
        byte[] cdr = Exchange.Bytes(picture);
        ImageView view = ImageView.Read(cdr);
        System.Text.Encoding.UTF8.GetString(view.HeaderFrameId).ShouldBe("käm");
        (view.HeaderStampSec, view.HeaderStampNanosec, view.Height, view.Width, view.Step, view.IsBigendian).ShouldBe((-5, 7u, 2u, 3u, 3u, (byte)0));
        view.Encoding.SequenceEqual("mono8"u8).ShouldBeTrue();
        view.Data.Overlaps(cdr, out int offset).ShouldBeTrue();
        offset.ShouldBe(-(cdr.Length - 6));
        view.Data.ToArray().ShouldBe(picture.Data.ToArray());
        for (int length = 0; length < cdr.Length; length++)
            Should.Throw<CdrException>(() => ImageView.Read(cdr.AsSpan(0, length)));
        CompressedImageView compressed = CompressedImageView.Read(Exchange.Bytes(new CompressedImage { Format = "jpeg", Data = new byte[] { 255, 216 } }));
        compressed.Format.SequenceEqual("jpeg"u8).ShouldBeTrue();
        compressed.Data.ToArray().ShouldBe([255, 216]);
    }
}
