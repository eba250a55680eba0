using System.Text.Json.Nodes;
using FerRos.Ros2;

namespace FerRos.Tests.Oracle;

/// <summary>Random values for any message type, as JSON with all its fields.</summary>
internal sealed class RandomJson(int seed)
{
    private static readonly string[] Letters = ["a", "Z", "7", "_", "/", " ", "\"", "\\", "ä", "€", "\U0001f600"];

    private readonly Random _random = new(seed);

    public JsonObject Message(MessageDescriptor type, int depth = 0)
    {
        var json = new JsonObject();
        foreach (FieldDescriptor field in type.Fields)
        {
            int most = depth < 2 ? 5 : 2;
            json[field.Name] = field.Type.Shape switch
            {
                FieldShape.Single => One(field.Type, depth),
                FieldShape.Array => Many(field.Type, field.Type.Capacity, depth),
                FieldShape.BoundedSequence => Many(field.Type, _random.Next(Math.Min(most, field.Type.Capacity) + 1), depth),
                _ => Many(field.Type, _random.Next(most + 1), depth),
            };
        }

        return json;
    }

    private JsonArray Many(FieldType type, int count, int depth) =>
        [.. Enumerable.Range(0, count).Select(_ => One(type, depth))];

    private JsonNode? One(FieldType type, int depth) => type.Kind switch
    {
        FieldKind.Message => Message(type.Nested!, depth + 1),
        FieldKind.Text => Text(type.StringCapacity == 0 ? int.MaxValue : type.StringCapacity),
        FieldKind.Bool => _random.Next(2) == 1,
        FieldKind.Float32 => _random.Next(5) == 0 ? null : (double)BitConverter.UInt32BitsToSingle((uint)_random.Next(0x7f00_0000) | ((uint)_random.Next(2) << 31)),
        FieldKind.Float64 => _random.Next(5) == 0 ? null : BitConverter.Int64BitsToDouble(_random.NextInt64(0x7fe0_0000_0000_0000)) * (_random.Next(2) - 0.5),
        FieldKind.Int8 => Integer(sbyte.MinValue, sbyte.MaxValue),
        FieldKind.Int16 => Integer(short.MinValue, short.MaxValue),
        FieldKind.UInt16 => Integer(0, ushort.MaxValue),
        FieldKind.Int32 => Integer(int.MinValue, int.MaxValue),
        FieldKind.UInt32 => Integer(0, uint.MaxValue),
        FieldKind.Int64 => Integer(long.MinValue, long.MaxValue),
        FieldKind.UInt64 => _random.Next(4) == 0 ? ulong.MaxValue : (ulong)_random.NextInt64(),
        _ => Integer(0, byte.MaxValue),
    };

    private long Integer(long least, long most) => _random.Next(4) switch
    {
        0 => least,
        1 => most,
        _ => _random.NextInt64(least, most),
    };

    private string Text(int most)
    {
        string text = string.Concat(Enumerable.Range(0, _random.Next(12)).Select(_ => Letters[_random.Next(Letters.Length)]));
        while (System.Text.Encoding.UTF8.GetByteCount(text) > most)
            text = text[..^(char.IsLowSurrogate(text[^1]) ? 2 : 1)];
        return text;
    }
}
