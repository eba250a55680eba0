using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FerRos.Networks;

/// <summary>Writes the format that <see cref="SafetensorsReader"/> describes, tensors sorted by name.</summary>
internal static class SafetensorsWriter
{
    public static void Write(Stream stream, WeightSet weights, WeightFormat format)
    {
        var tensors = weights.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var header = Header(tensors, weights.Metadata, format);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (var (name, tensor) in tensors)
            WriteValues(stream, name, tensor.Values, format);
    }

    private static byte[] Header(KeyValuePair<string, WeightTensor>[] tensors, IReadOnlyDictionary<string, string> metadata, WeightFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, text) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                    json.WriteString(key, text);
                json.WriteEndObject();
            }

            long position = 0;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", format switch { WeightFormat.Half => "F16", WeightFormat.BrainHalf => "BF16", _ => "F32" });
                json.WriteStartArray("shape");
                foreach (var axis in tensor.Shape)
                    json.WriteNumberValue(axis);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(position);
                position += (long)tensor.Values.Length * (format == WeightFormat.Full ? 4 : 2);
                json.WriteNumberValue(position);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The data start at a multiple of eight, as the format recommends; spaces may follow the JSON.
        var padded = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        padded.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(padded);
        return padded;
    }

    private static void WriteValues(Stream stream, string name, ReadOnlySpan<float> values, WeightFormat format)
    {
        if (format == WeightFormat.Full)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        var narrow = new ushort[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            narrow[i] = format == WeightFormat.Half
                ? BitConverter.HalfToUInt16Bits((Half)values[i])
                : RoundToBFloat16(values[i]);
            if (format == WeightFormat.Half && Half.IsInfinity((Half)values[i]))
                throw new WeightsException($"{values[i]} in '{name}' is too large for 16 bits; write 32-bit or BF16");
        }

        stream.Write(MemoryMarshal.AsBytes(narrow.AsSpan()));
    }

    /// <summary>Rounds to nearest, ties to even.</summary>
    private static ushort RoundToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
