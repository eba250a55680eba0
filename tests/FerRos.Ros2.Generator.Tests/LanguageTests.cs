using System.Reflection;
using System.Text.Json.Nodes;
using FerRos.Ros2;
using FerRos.Ros2.Cdr;
using FerRos.Tests.Oracle;
using Microsoft.CodeAnalysis;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Generator.Tests;

public class LanguageTests
{
    private const string Header = "builtin_interfaces/Time stamp\nstring frame_id\n";
    private const string Time = "int32 sec\nuint32 nanosec\n";

    [Fact]
    public void Constants_have_their_types_and_values()
    {
        IMessage message = Generation.Of(
            """
            bool YES=true
            bool NO = 0
            byte B=0xff
            char C=65
            int8 I8=-128
            uint16 U16=0b101
            int32 I32=1_000
            uint32 U32=4294967295
            int64 I64=-9223372036854775808
            uint64 U64=18446744073709551615
            float32 F32=-1.5e-3
            float64 F64=nan
            float64 INF=-inf
            string S1="a 'b' \"c\" \\n"   # the quotes are not part of it
            string S2='it\'s'
            string S3=no quotes at all
            string S4=
            """).Create();
        message.Descriptor.Constants.Select(c => (c.Name, c.Value)).ShouldBe(
        [
            ("YES", true), ("NO", false), ("B", (byte)255), ("C", (byte)65), ("I8", sbyte.MinValue), ("U16", (ushort)5), ("I32", 1000),
            ("U32", uint.MaxValue), ("I64", long.MinValue), ("U64", ulong.MaxValue), ("F32", -1.5e-3f), ("F64", double.NaN),
            ("INF", double.NegativeInfinity), ("S1", "a 'b' \"c\" \\\\n"), ("S2", "it's"), ("S3", "no quotes at all"), ("S4", ""),
        ]);
        message.GetType().GetField("U64")!.GetRawConstantValue().ShouldBe(ulong.MaxValue);
        message.GetType().GetField("Yes")!.IsLiteral.ShouldBeTrue();
        message.Descriptor.Constants[2].Type.Kind.ShouldBe(FieldKind.Byte);
        message.Descriptor.Constants[3].Type.Kind.ShouldBe(FieldKind.UInt8);
    }

    [Fact]
    public void Defaults_of_every_shape_are_in_a_new_message()
    {
        IMessage message = Generation.Of(
            """
            int32 a -5
            string b 'say "hi"'  # comment
            float32[3] c [1, -2.5, 1e3]
            bool[] d [true, False, 1]
            string<=5[<=3] e ["a, b", 'c', d]
            uint8[] f [1, 2, 0x10]
            byte[2] g [7, 8]
            string[2] h ["", "\""]
            uint64[<=2] i []
            """).Create();
        Exchange.ToJson(message).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).ShouldBe(
            """{"a":-5,"b":"say \"hi\"","c":[1,-2.5,1000],"d":[true,false,true],"e":["a, b","c","d"],"f":[1,2,16],"g":[7,8],"h":["","\""],"i":[]}""");
        message.Descriptor.Fields[1].DefaultValue.ShouldBe("'say \"hi\"'");
    }

    [Fact]
    public void Fields_have_the_CSharp_types_that_serve_them_best()
    {
        Type type = Generation.Run(
            ("std_msgs/msg/Header.msg", Header),
            ("builtin_interfaces/msg/Time.msg", Time),
            ("my_msgs/msg/Part.msg", ""),
            ("my_msgs/msg/Test.msg", "byte[] a\nchar[<=3] b\nuint8[4] c\nint8[] d\nfloat64[] e\nstring[] f\nPart[] g\nPart[2] h\nHeader i\nmy_msgs/Part j\nint64 k\nbool[<=2] l"))
            .Create().GetType();
        string Of(string name) => type.GetProperty(name)!.PropertyType.ToString();
        Of("A").ShouldBe("System.ReadOnlyMemory`1[System.Byte]");
        Of("B").ShouldBe("System.ReadOnlyMemory`1[System.Byte]");
        Of("C").ShouldBe("System.Byte[]");
        Of("D").ShouldBe("System.Collections.Generic.List`1[System.SByte]");
        Of("E").ShouldBe("System.Collections.Generic.List`1[System.Double]");
        Of("F").ShouldBe("System.Collections.Generic.List`1[System.String]");
        Of("G").ShouldBe("System.Collections.Generic.List`1[FerRos.Interfaces.MyMsgs.Msg.Part]");
        Of("H").ShouldBe("FerRos.Interfaces.MyMsgs.Msg.Part[]");
        Of("I").ShouldBe("FerRos.Interfaces.StdMsgs.Msg.Header");
        Of("J").ShouldBe("FerRos.Interfaces.MyMsgs.Msg.Part");
        Of("K").ShouldBe("System.Int64");
        Of("L").ShouldBe("System.Collections.Generic.List`1[System.Boolean]");
    }

    [Fact]
    public void Comments_empty_lines_tabs_carriage_returns_and_a_byte_order_mark_mean_nothing() =>
        Generation.Of("\uFEFF# first\r\n\r\n   # indented\r\nint32\ta   # why\r\n\t\r\n  string b\r\n#int32 c").Create()
            .Descriptor.Fields.Select(f => f.ToString()).ShouldBe(["int32 a", "string b"]);

    [Fact]
    public void Names_that_CSharp_would_refuse_get_others()
    {
        IMessage message = Generation.Run(("my_msgs/msg/Clock.msg", "int32 clock\nint32 write\nint32 equals\nint32 message_type\nint32 A_1_2=1\nint32 A_12=2\nint32 CLOCK=3\nint32 descriptor\nint32 class\nint32 get_hash_code\nuint8[] to_string"))
            .Create("FerRos.Interfaces.MyMsgs.Msg.Clock");
        message.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(p => p.Name)
            .ShouldBe(["ClockValue", "WriteValue", "EqualsValue", "MessageTypeValue", "Descriptor", "Class", "GetHashCodeValue", "ToStringValue"], ignoreOrder: true);
        message.Descriptor.Fields[0].Name.ShouldBe("clock");
        Exchange.ToJson(message)["clock"].ShouldNotBeNull();
    }

    [Fact]
    public void Bounds_hold_on_writing_and_reading()
    {
        IMessage message = Generation.Of("string<=3[<=2] a\nuint8[<=2] b\nint16[<=2] c").Create();
        foreach (string json in new[] { """{"a": ["1", "2", "3"]}""", """{"a": ["1234"]}""", """{"b": [1, 2, 3]}""", """{"c": [1, 2, 3]}""" })
            Should.Throw<Json.MessageJsonException>(() => Json.MessageJson.Parse(json, message.Descriptor.Create())).Message.ShouldContain("bound is");
        byte[] good = Exchange.Bytes(Exchange.FromJson(message.Descriptor, JsonNode.Parse("""{"a": ["ab"], "b": [1], "c": [1, 2]}""")!));
        CdrSerializer.Deserialize(good, message);

        // The same data without bounds, and one element more each.
        IMessage loose = Generation.Of("string[] a\nuint8[] b\nint16[] c").Create();
        foreach (string json in new[] { """{"a": ["1", "2", "3"]}""", """{"a": ["1234"]}""", """{"b": [1, 2, 3]}""", """{"c": [1, 2, 3]}""" })
        {
            byte[] bad = Exchange.Bytes(Exchange.FromJson(loose.Descriptor, JsonNode.Parse(json)!));
            Should.Throw<CdrException>(() => CdrSerializer.Deserialize(bad, message)).Message.ShouldContain("exceeds its bound");
        }

        message.GetType().GetProperty("C")!.SetValue(message, new List<short> { 1, 2, 3 });
        Should.Throw<CdrException>(() => Exchange.Bytes(message)).Message.ShouldContain("my_msgs/msg/Test.c: the sequence has 3 elements, its bound is 2");
    }

    [Fact]
    public void Empty_messages_in_a_sequence_take_an_octet_each()
    {
        Generation run = Generation.Run(("my_msgs/msg/Part.msg", ""), ("my_msgs/msg/Test.msg", "Part[] parts\nint32 after 9"));
        IMessage message = run.Create();
        Json.MessageJson.Parse("""{"parts": [{}, {}, {}]}""", message);
        byte[] cdr = Exchange.Bytes(message);
        Convert.ToHexString(cdr).ShouldBe("00010000" + "03000000" + "000000" + "00" + "09000000");
        IMessage copy = message.Descriptor.Create();
        CdrSerializer.Deserialize(cdr, copy);
        copy.ShouldBe(message);

        // 2^31 - 1 of them in 8 bytes.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<CdrException>(() => CdrSerializer.Deserialize([0, 1, 0, 0, 255, 255, 255, 127, 0, 0, 0, 0], copy));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000);
    }

    [Fact]
    public void The_smallest_size_of_a_nested_message_bounds_a_sequence_of_it()
    {
        // 100 doubles are 800 bytes: 1000 elements cannot be in 10,000 bytes, and none is made.
        IMessage message = Generation.Run(("my_msgs/msg/Part.msg", "float64[100] d"), ("my_msgs/msg/Test.msg", "Part[] parts")).Create();
        byte[] cdr = new byte[10_000];
        cdr[1] = 1;
        BitConverter.TryWriteBytes(cdr.AsSpan(4), 1000);
        Should.Throw<CdrException>(() => CdrSerializer.Deserialize(cdr, message)).InnerException!.Message.ShouldContain("1000 elements of 800 or more bytes");
    }

    [Fact]
    public void Octet_messages_of_simple_fields_get_a_view_and_others_do_not()
    {
        Generation run = Generation.Run(
            ("my_msgs/msg/Blob.msg", "string<=4 name\nPart part\nuint8[] data\nbyte[] more"),
            ("my_msgs/msg/Part.msg", "float64 x\nstring s"),
            ("my_msgs/msg/Many.msg", "uint8[] data\nint32[] numbers"),
            ("my_msgs/msg/Few.msg", "uint8[<=4] data"));
        run.Load();
        run.Source.ShouldContain("ref struct BlobView");
        run.Source.ShouldContain("double PartX");
        run.Source.ShouldNotContain("ManyView");
        run.Source.ShouldNotContain("FewView");
    }

    [Fact]
    public void A_service_has_request_response_event_and_type()
    {
        Generation run = Generation.Run(
            ("my_msgs/srv/Do.srv", "uint8 MODE=3\nstring name\n---\nbool success\nPart[] parts"),
            ("my_msgs/msg/Part.msg", "int32 a"),
            ("service_msgs/msg/ServiceEventInfo.msg", "uint8 event_type\nbuiltin_interfaces/Time stamp\nchar[16] client_gid\nint64 sequence_number"),
            ("builtin_interfaces/msg/Time.msg", Time));
        Type service = run.Load().GetType("FerRos.Interfaces.MyMsgs.Srv.Do", throwOnError: true)!;
        dynamic type = service.GetProperty("Type")!.GetValue(null)!;
        ServiceDescriptor descriptor = type.Descriptor;
        descriptor.Name.ShouldBe("my_msgs/srv/Do");
        descriptor.Interface.Request.Name.ShouldBe("my_msgs/srv/Do_Request");
        descriptor.Request.Constants.ShouldHaveSingleItem().Name.ShouldBe("MODE");
        descriptor.Response.Fields[1].ToString().ShouldBe("my_msgs/Part[] parts");
        descriptor.Event.Name.ShouldBe("my_msgs/srv/Do_Event");
        descriptor.Event.Create().GetType().DeclaringType.ShouldBe(service);
    }

    [Fact]
    public void Files_that_are_only_referred_to_give_no_code()
    {
        Generation run = Generation.Over(
        [
            new("std_msgs/msg/Header.msg", Header, generate: false),
            new("builtin_interfaces/msg/Time.msg", Time, generate: false),
            new("anywhere/Thing.msg", "Header header\nuint8[] data", package: "my_msgs"),
        ]);
        run.Source.ShouldNotContain("record Header");
        IMessage message = run.Create("FerRos.Interfaces.MyMsgs.Msg.Thing");
        message.Descriptor.Fields[0].Type.Nested.ShouldBeSameAs(FerRos.Interfaces.StdMsgs.Msg.Header.MessageType);
    }

    [Fact]
    public void A_variant_refers_to_its_own_types_first()
    {
        Generation run = Generation.Over(
        [
            new("std/my_msgs/msg/Gid.msg", "char[16] data"),
            new("std/my_msgs/msg/Test.msg", "Gid gid\nOther other"),
            new("std/my_msgs/msg/Other.msg", "int32 a"),
            new("old/my_msgs/msg/Gid.msg", "char[24] data", variant: "Old"),
            new("old/my_msgs/msg/Test.msg", "Gid gid\nOther other", variant: "Old"),
        ]);
        Type old = run.Load().GetType("FerRos.Interfaces.MyMsgs.Msg.Old.Test", throwOnError: true)!;
        old.GetProperty("Gid")!.PropertyType.FullName.ShouldBe("FerRos.Interfaces.MyMsgs.Msg.Old.Gid");
        old.GetProperty("Other")!.PropertyType.FullName.ShouldBe("FerRos.Interfaces.MyMsgs.Msg.Other");
        run.Source.Split("InterfaceRegistry.AddMessage(\"my_msgs/msg/Test\"").Length.ShouldBe(2);
    }

    [Fact]
    public void An_unchanged_file_set_is_not_generated_again()
    {
        Generation run = Generation.Of("int32 a");
        var empty = Microsoft.CodeAnalysis.CSharp.CSharpCompilation.Create("Other");
        GeneratorRunResult second = run.Driver.RunGenerators(empty, TestContext.Current.CancellationToken).GetRunResult().Results.ShouldHaveSingleItem();
        second.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs)
            .ShouldAllBe(o => o.Reason == IncrementalStepRunReason.Cached || o.Reason == IncrementalStepRunReason.Unchanged);
    }
}
