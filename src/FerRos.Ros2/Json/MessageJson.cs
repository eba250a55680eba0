using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FerRos.Ros2.Json;

/// <summary>
/// Messages as JSON: objects with the fields' ROS names, as <c>ros2 topic echo</c> has them. NaN and infinities are
/// null, octet arrays are arrays of numbers (base64 is understood too). The members with a <see cref="JsonProperty"/>
/// are what generated code is made of.
/// </summary>
public static class MessageJson
{
    /// <summary>The message as a JSON text on one line.</summary>
    public static string ToString(IMessage message, JsonMessageOptions options)
    {
        ArgumentNullException.ThrowIfNull(message);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            message.WriteJson(writer, options);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Sets the fields that a JSON text names.</summary>
    /// <exception cref="MessageJsonException">The text is not JSON, names an unknown field, or a value does not fit its field.</exception>
    public static void Parse(string json, IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            message.ReadJson(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new MessageJsonException($"The text is not JSON: {e.Message}", e);
        }
    }

    /// <summary>Writes a primitive.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    public static void WriteValue<T>(Utf8JsonWriter writer, T value)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (value)
        {
            case bool v:
                writer.WriteBooleanValue(v);
                break;
            case float v when !float.IsFinite(v):
            case double d when !double.IsFinite(d):
                writer.WriteNullValue();
                break;
            case float v:
                writer.WriteNumberValue(v);
                break;
            case double v:
                writer.WriteNumberValue(v);
                break;
            case byte v:
                writer.WriteNumberValue(v);
                break;
            case sbyte v:
                writer.WriteNumberValue(v);
                break;
            case short v:
                writer.WriteNumberValue(v);
                break;
            case ushort v:
                writer.WriteNumberValue(v);
                break;
            case int v:
                writer.WriteNumberValue(v);
                break;
            case uint v:
                writer.WriteNumberValue(v);
                break;
            case long v:
                writer.WriteNumberValue(v);
                break;
            case ulong v:
                writer.WriteNumberValue(v);
                break;
            default:
                throw new NotSupportedException($"{typeof(T)} is not a ROS primitive.");
        }
    }

    /// <summary>Writes primitives as an array.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    public static void WriteValues<T>(Utf8JsonWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        foreach (T value in values)
            WriteValue(writer, value);
        writer.WriteEndArray();
    }

    /// <summary>Writes octets as an array of numbers, or their count where the options leave them out.</summary>
    public static void WriteOctets(Utf8JsonWriter writer, ReadOnlySpan<byte> octets, JsonMessageOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(options);
        if (octets.Length > options.MaxOctets)
            writer.WriteStringValue($"<{octets.Length} octets>");
        else
            WriteValues(writer, octets);
    }

    /// <summary>Writes strings as an array.</summary>
    public static void WriteStrings(Utf8JsonWriter writer, IReadOnlyList<string> strings)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(strings);
        writer.WriteStartArray();
        foreach (string text in strings)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    /// <summary>Writes messages as an array.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    public static void WriteMessages<T>(Utf8JsonWriter writer, IReadOnlyList<T> messages, JsonMessageOptions options)
        where T : class, IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(messages);
        writer.WriteStartArray();
        foreach (T message in messages)
            message.WriteJson(writer, options);
        writer.WriteEndArray();
    }

    /// <summary>The members of a message's object.</summary>
    /// <exception cref="MessageJsonException">The element is not an object.</exception>
    public static JsonElement.ObjectEnumerator Properties(JsonElement json, MessageDescriptor type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return json.ValueKind == JsonValueKind.Object
            ? json.EnumerateObject()
            : throw Wrong("", json, $"an object for {type.Name}");
    }

    /// <summary>The error for a field that the message lacks.</summary>
    public static MessageJsonException Unknown(JsonProperty property, MessageDescriptor type)
    {
        ArgumentNullException.ThrowIfNull(type);
        string known = type.Fields.Count == 0 ? "it has no fields" : "it has " + string.Join(", ", type.Fields.Select(f => f.Name));
        return new MessageJsonException(property.Name, $"{type.Name} has no such field; {known}");
    }

    /// <summary>Reads a primitive.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <exception cref="MessageJsonException">The value has another type or is out of range.</exception>
    public static T ReadValue<T>(JsonProperty property)
        where T : unmanaged => Value<T>(property.Name, property.Value);

    /// <summary>Reads a sequence of primitives.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <exception cref="MessageJsonException">The value is not an array, is too long, or an element does not fit.</exception>
    public static List<T> ReadValues<T>(JsonProperty property, int bound)
        where T : unmanaged => Elements(property, bound, static (path, element) => Value<T>(path, element));

    /// <summary>Reads an array of primitives.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <exception cref="MessageJsonException">The value is not an array of this length, or an element does not fit.</exception>
    public static T[] ReadArray<T>(JsonProperty property, int length)
        where T : unmanaged => [.. Exactly(property, ReadValues<T>(property, int.MaxValue), length)];

    /// <summary>Reads octets: an array of numbers 0 to 255, or base64.</summary>
    /// <exception cref="MessageJsonException">The value is neither, or too long.</exception>
    public static ReadOnlyMemory<byte> ReadOctets(JsonProperty property, int bound)
    {
        if (property.Value.ValueKind != JsonValueKind.String)
            return ReadValues<byte>(property, bound).ToArray();
        if (!property.Value.TryGetBytesFromBase64(out byte[]? octets))
            throw Wrong(property.Name, property.Value, "an array of numbers 0 to 255, or base64");
        return octets.Length <= bound ? octets : throw TooMany(property.Name, octets.Length, bound);
    }

    /// <summary>Reads a string.</summary>
    /// <exception cref="MessageJsonException">The value is not a string, or too long in UTF-8.</exception>
    public static string ReadString(JsonProperty property, int bound) => Text(property.Name, property.Value, bound);

    /// <summary>Reads a sequence of strings.</summary>
    /// <exception cref="MessageJsonException">The value is not an array of strings, or too long.</exception>
    public static List<string> ReadStrings(JsonProperty property, int bound, int stringBound) =>
        Elements(property, bound, (path, element) => Text(path, element, stringBound));

    /// <summary>Reads an array of strings.</summary>
    /// <exception cref="MessageJsonException">The value is not an array of this many strings.</exception>
    public static string[] ReadStringArray(JsonProperty property, int length, int stringBound) =>
        [.. Exactly(property, ReadStrings(property, int.MaxValue, stringBound), length)];

    /// <summary>Reads a nested message: sets the fields that are named.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <exception cref="MessageJsonException">The value does not fit.</exception>
    public static T ReadMessage<T>(JsonProperty property, T message)
        where T : class, IMessage<T>, new() => Nested(property.Name, property.Value, message);

    /// <summary>Reads a sequence of messages; fields that are not named have their defaults.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <exception cref="MessageJsonException">The value does not fit.</exception>
    public static List<T> ReadMessages<T>(JsonProperty property, int bound)
        where T : class, IMessage<T>, new() => Elements(property, bound, static (path, element) => Nested(path, element, new T()));

    /// <summary>Reads an array of messages; fields that are not named have their defaults.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <exception cref="MessageJsonException">The value does not fit.</exception>
    public static T[] ReadMessageArray<T>(JsonProperty property, int length)
        where T : class, IMessage<T>, new() => [.. Exactly(property, ReadMessages<T>(property, int.MaxValue), length)];

    private static T Nested<T>(string path, JsonElement json, T message)
        where T : class, IMessage<T>, new()
    {
        message ??= new T();
        try
        {
            message.ReadJson(json);
        }
        catch (MessageJsonException e)
        {
            throw new MessageJsonException(e.Field.Length == 0 ? path : $"{path}.{e.Field}", e.Reason);
        }

        return message;
    }

    private static List<T> Elements<T>(JsonProperty property, int bound, Func<string, JsonElement, T> read)
    {
        if (property.Value.ValueKind != JsonValueKind.Array)
            throw Wrong(property.Name, property.Value, "an array");
        int length = property.Value.GetArrayLength();
        if (length > bound)
            throw TooMany(property.Name, length, bound);
        var elements = new List<T>(length);
        foreach (JsonElement element in property.Value.EnumerateArray())
        {
            // The path is written only where it is needed: pixels are many.
            try
            {
                elements.Add(read("", element));
            }
            catch (MessageJsonException e)
            {
                string path = $"{property.Name}[{elements.Count}]";
                throw new MessageJsonException(e.Field.Length == 0 ? path : path + e.Field, e.Reason);
            }
        }

        return elements;
    }

    private static List<T> Exactly<T>(JsonProperty property, List<T> elements, int length) =>
        elements.Count == length ? elements : throw new MessageJsonException(property.Name, $"the array has {elements.Count} elements, its type has {length}");

    private static string Text(string path, JsonElement json, int bound)
    {
        if (json.ValueKind != JsonValueKind.String)
            throw Wrong(path, json, "a string");
        string text = json.GetString()!;
        int length = bound == int.MaxValue ? 0 : Encoding.UTF8.GetByteCount(text);
        return length <= bound ? text : throw new MessageJsonException(path, $"the string has {length} bytes of UTF-8, its bound is {bound}");
    }

    private static T Value<T>(string path, JsonElement json)
        where T : unmanaged
    {
        T result = default;
        if (typeof(T) == typeof(bool))
        {
            if (json.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                throw Wrong(path, json, "true or false");
            return (T)(object)(json.ValueKind == JsonValueKind.True);
        }

        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            if (json.ValueKind == JsonValueKind.Null)
                return typeof(T) == typeof(float) ? (T)(object)float.NaN : (T)(object)double.NaN;
            if (json.ValueKind != JsonValueKind.Number)
                throw Wrong(path, json, "a number or null");
            double value = json.GetDouble();
            if (typeof(T) == typeof(double) && double.IsFinite(value))
                return (T)(object)value;
            float single = (float)value;
            return typeof(T) == typeof(float) && float.IsFinite(single)
                ? (T)(object)single
                : throw Wrong(path, json, $"a number within the range of {(typeof(T) == typeof(float) ? "float32" : "float64")}");
        }

        bool fits = json.ValueKind == JsonValueKind.Number && result switch
        {
            byte => json.TryGetByte(out byte v) && Set(v, out result),
            sbyte => json.TryGetSByte(out sbyte v) && Set(v, out result),
            short => json.TryGetInt16(out short v) && Set(v, out result),
            ushort => json.TryGetUInt16(out ushort v) && Set(v, out result),
            int => json.TryGetInt32(out int v) && Set(v, out result),
            uint => json.TryGetUInt32(out uint v) && Set(v, out result),
            long => json.TryGetInt64(out long v) && Set(v, out result),
            ulong => json.TryGetUInt64(out ulong v) && Set(v, out result),
            _ => throw new NotSupportedException($"{typeof(T)} is not a ROS primitive."),
        };
        return fits ? result : throw Wrong(path, json, $"an integer {Range<T>()}");
    }

    private static bool Set<TValue, T>(TValue value, out T result)
        where TValue : unmanaged
        where T : unmanaged
    {
        result = (T)(object)value;
        return true;
    }

    private static string Range<T>()
        where T : unmanaged
    {
        (object least, object most) = default(T) switch
        {
            byte => (byte.MinValue, byte.MaxValue),
            sbyte => (sbyte.MinValue, sbyte.MaxValue),
            short => (short.MinValue, short.MaxValue),
            ushort => (ushort.MinValue, ushort.MaxValue),
            int => (int.MinValue, int.MaxValue),
            uint => (uint.MinValue, uint.MaxValue),
            long => (long.MinValue, long.MaxValue),
            _ => ((object)ulong.MinValue, (object)ulong.MaxValue),
        };
        return string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");
    }

    private static MessageJsonException TooMany(string path, int length, int bound) =>
        new(path, $"the sequence has {length} elements, its bound is {bound}");

    private static MessageJsonException Wrong(string path, JsonElement json, string expected)
    {
        string found = json.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            _ => json.GetRawText(),
        };
        return new MessageJsonException(path, $"expected {expected}, found {(found.Length > 60 ? found[..60] + "…" : found)}");
    }
}
