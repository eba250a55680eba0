using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FerRos.Networks;

/// <summary>
/// The safetensors format: eight bytes little-endian length of a JSON header, the header, the tensors' bytes without
/// gaps. See github.com/huggingface/safetensors. Nothing in the file is believed before it is checked.
/// </summary>
internal static class SafetensorsReader
{
    /// <summary>The format's own limit for the header.</summary>
    private const int LargestHeader = 100_000_000;

    private sealed record Entry(string Name, string Type, ImmutableArray<int> Shape, long Count, long Begin, long End);

    public static WeightSet Read(Stream stream, string source)
    {
        var start = stream.Position;
        var length = stream.Length - start;
        if (length < 8)
            throw Damaged(source, $"{length} bytes are too few for a safetensors file");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength is 0 or > LargestHeader || headerLength > (ulong)(length - 8))
            throw Damaged(source, $"its header claims {headerLength} bytes, the file has {length}");

        var header = new byte[(int)headerLength];
        stream.ReadExactly(header);
        var (entries, metadata) = ParseHeader(header, source);
        CheckOffsets(entries, length - 8 - (long)headerLength, source);

        var tensors = new Dictionary<string, WeightTensor>(entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries)
            tensors.Add(entry.Name, new WeightTensor(entry.Shape, ReadValues(stream, entry, source)));
        return new WeightSet(tensors, metadata);
    }

    private static (List<Entry> Entries, Dictionary<string, string> Metadata) ParseHeader(byte[] header, string source)
    {
        var entries = new List<Entry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                {
                    foreach (var text in property.Value.EnumerateObject())
                        metadata[text.Name] = text.Value.GetString() ?? "";
                }
                else
                {
                    entries.Add(ParseEntry(property.Name, property.Value, source));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new WeightsException($"{source} is damaged: its header is not that of a safetensors file ({e.Message})", e);
        }

        return (entries, metadata);
    }

    private static Entry ParseEntry(string name, JsonElement element, string source)
    {
        var type = element.GetProperty("dtype").GetString() ?? "";
        var size = SizeOf(type);
        if (size == 0)
            throw new WeightsException($"{source}: '{name}' has type {type}; F32, F16 and BF16 can be read");
        var shape = element.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()).ToImmutableArray();
        var offsets = element.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw Damaged(source, $"'{name}' has {offsets.GetArrayLength()} offsets instead of 2");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());

        long count = 1;
        foreach (var axis in shape)
        {
            if (axis < 0 || (count *= axis) > Array.MaxLength)
                throw Damaged(source, $"'{name}' has the impossible shape [{string.Join(", ", shape)}]");
        }

        if (begin < 0 || end < begin || end - begin != count * size)
            throw Damaged(source, $"'{name}' of shape [{string.Join(", ", shape)}] in {type} cannot lie at bytes {begin} to {end}");
        return new Entry(name, type, shape, count, begin, end);
    }

    private static void CheckOffsets(List<Entry> entries, long dataLength, string source)
    {
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long position = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != position)
            {
                var what = entry.Begin < position ? "overlaps the tensor before it" : "leaves a gap";
                throw Damaged(source, $"'{entry.Name}' {what}: it starts at byte {entry.Begin}, not {position}");
            }

            position = entry.End;
        }

        if (position != dataLength)
            throw Damaged(source, $"its tensors need {position} bytes, it holds {dataLength}");
    }

    private static float[] ReadValues(Stream stream, Entry entry, string source)
    {
        var values = GC.AllocateUninitializedArray<float>((int)entry.Count);
        if (entry.Type == "F32")
        {
            // Files are little-endian, as are all processors that .NET runs on.
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        else
        {
            var bytes = ArrayPool<byte>.Shared.Rent((int)entry.Count * 2);
            try
            {
                var raw = bytes.AsSpan(0, (int)entry.Count * 2);
                stream.ReadExactly(raw);
                Widen(MemoryMarshal.Cast<byte, ushort>(raw), values, entry.Type == "BF16");
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }

        var bad = values.AsSpan().IndexOfAnyExceptFinite();
        return bad < 0 ? values : throw Damaged(source, $"value {bad} of '{entry.Name}' is {values[bad]}");
    }

    private static void Widen(ReadOnlySpan<ushort> raw, Span<float> values, bool brain)
    {
        for (var i = 0; i < raw.Length; i++)
            values[i] = brain ? BitConverter.UInt32BitsToSingle((uint)raw[i] << 16) : (float)BitConverter.UInt16BitsToHalf(raw[i]);
    }

    private static int IndexOfAnyExceptFinite(this Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }

    private static int SizeOf(string type) => type switch
    {
        "F32" => 4,
        "F16" or "BF16" => 2,
        _ => 0,
    };

    private static WeightsException Damaged(string source, string what) => new($"{source} is damaged: {what}");
}
