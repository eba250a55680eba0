using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using FerRos.Ros2;

namespace FerRos.Tests.Oracle;

/// <summary>
/// Plain CDR written straight from the specification, from JSON along a type's description: independent of the
/// generated writers, in either byte order, and it knows which bytes are padding.
/// </summary>
internal sealed class ReferenceEncoder
{
    private readonly List<byte> _bytes;
    private readonly List<bool> _padding = [false, false, false, false];
    private readonly bool _bigEndian;

    private ReferenceEncoder(bool bigEndian)
    {
        _bigEndian = bigEndian;
        _bytes = [0, (byte)(bigEndian ? 0 : 1), 0, 0];
    }

    public static (byte[] Cdr, bool[] Padding) Encode(MessageDescriptor type, JsonNode json, bool bigEndian = false)
    {
        var encoder = new ReferenceEncoder(bigEndian);
        encoder.Message(type, json);
        return ([.. encoder._bytes], [.. encoder._padding]);
    }

    private void Message(MessageDescriptor type, JsonNode json)
    {
        if (type.Fields.Count == 0)
            Put([0]);
        foreach (FieldDescriptor field in type.Fields)
        {
            JsonNode? value = json[field.Name];
            if (field.Type.Shape == FieldShape.Single)
            {
                One(field.Type, value);
                continue;
            }

            JsonArray elements = value!.AsArray();
            if (field.Type.Shape != FieldShape.Array)
                UInt(4, (ulong)elements.Count);
            foreach (JsonNode? element in elements)
                One(field.Type, element);
        }
    }

    private void One(FieldType type, JsonNode? value)
    {
        switch (type.Kind)
        {
            case FieldKind.Message:
                Message(type.Nested!, value!);
                break;
            case FieldKind.Text:
                byte[] text = Encoding.UTF8.GetBytes((string)value!);
                UInt(4, (ulong)text.Length + 1);
                Put([.. text, 0]);
                break;
            case FieldKind.Bool:
                Put([(bool)value! ? (byte)1 : (byte)0]);
                break;
            case FieldKind.Float32:
                UInt(4, BitConverter.SingleToUInt32Bits(value is null ? float.NaN : (float)(double)value));
                break;
            case FieldKind.Float64:
                UInt(8, BitConverter.DoubleToUInt64Bits(value is null ? double.NaN : (double)value));
                break;
            case FieldKind.UInt64:
                UInt(8, ulong.Parse(value!.ToJsonString()));
                break;
            case FieldKind.Int64:
                UInt(8, unchecked((ulong)long.Parse(value!.ToJsonString())));
                break;
            default:
                int size = type.Kind is FieldKind.Int8 or FieldKind.UInt8 or FieldKind.Byte ? 1 : type.Kind is FieldKind.Int16 or FieldKind.UInt16 ? 2 : 4;
                UInt(size, unchecked((ulong)long.Parse(value!.ToJsonString())));
                break;
        }
    }

    private void UInt(int size, ulong value)
    {
        while ((_bytes.Count - 4) % size != 0)
        {
            _bytes.Add(0);
            _padding.Add(true);
        }

        byte[] bytes = new byte[8];
        if (_bigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Put(_bigEndian ? bytes[(8 - size)..] : bytes[..size]);
    }

    private void Put(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        _padding.AddRange(bytes.Select(_ => false));
    }
}
