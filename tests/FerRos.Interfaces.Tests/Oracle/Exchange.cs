using System.Buffers;
using System.Text.Json.Nodes;
using FerRos.Ros2;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Json;
using Shouldly;

namespace FerRos.Tests.Oracle;

/// <summary>Steps that tests of generated messages have in common.</summary>
internal static class Exchange
{
    public static byte[] Bytes(IMessage message, int gatherThreshold = int.MaxValue)
    {
        using var buffer = new SerializationBuffer(16, gatherThreshold);
        return buffer.Serialize(message).ToArray();
    }

    public static IMessage FromJson(MessageDescriptor type, JsonNode json)
    {
        IMessage message = type.Create();
        MessageJson.Parse(json.ToJsonString(), message);
        return message;
    }

    public static JsonNode ToJson(IMessage message) => JsonNode.Parse(MessageJson.ToString(message, JsonMessageOptions.All))!;

    /// <summary>rclpy's random messages are read as it meant them, and written with its bytes, padding aside.</summary>
    public static void ReadsAndWritesWhatRclpyWrites(RclpyOracle oracle, MessageDescriptor type, int seed)
    {
        (byte[] theirs, JsonNode json) = oracle.Random(type.Name, seed);
        IMessage message = type.Create();
        CdrSerializer.Deserialize(theirs, message);
        ShouldBeSame(ToJson(message), json, type);

        byte[] ours = Bytes(message);
        (byte[] _, bool[] padding) = ReferenceEncoder.Encode(type, json);
        ours.Length.ShouldBe(padding.Length, type.Name);
        theirs.Length.ShouldBeGreaterThanOrEqualTo(ours.Length, type.Name);
        for (int i = 0; i < ours.Length; i++)
        {
            if (padding[i])
                ours[i].ShouldBe((byte)0, $"{type.Name}: padding at {i}");
            else
                ours[i].ShouldBe(theirs[i], $"{type.Name}: byte {i}, seed {seed}");
        }
    }

    /// <summary>Our random messages are read by rclpy as we meant them, and written with our bytes, padding aside.</summary>
    public static void WritesWhatRclpyReads(RclpyOracle oracle, MessageDescriptor type, int seed)
    {
        JsonObject json = new RandomJson(seed).Message(type);
        byte[] ours = Bytes(FromJson(type, json));
        (byte[] cdr, bool[] padding) = ReferenceEncoder.Encode(type, json);
        ours.ShouldBe(cdr, type.Name);
        (byte[] theirs, JsonNode read) = oracle.Echo(type.Name, ours);
        ShouldBeSame(read, json, type);
        for (int i = 0; i < ours.Length; i++)
        {
            if (!padding[i])
                theirs[i].ShouldBe(ours[i], $"{type.Name}: byte {i}, seed {seed}");
        }
    }

    /// <summary>Both JSON values give the same message, and have the same fields in the same order.</summary>
    public static void ShouldBeSame(JsonNode actual, JsonNode expected, MessageDescriptor type)
    {
        actual.AsObject().Select(p => p.Key).ShouldBe(type.Fields.Select(f => f.Name), type.Name);
        expected.AsObject().Select(p => p.Key).ShouldBe(type.Fields.Select(f => f.Name), type.Name);

        // Compared as CDR: the same float32 may have more digits in one text than in the other.
        ReferenceEncoder.Encode(type, actual).Cdr.AsSpan().SequenceEqual(ReferenceEncoder.Encode(type, expected).Cdr)
            .ShouldBeTrue($"{type.Name}\n{actual.ToJsonString()}\n{expected.ToJsonString()}");
    }
}
