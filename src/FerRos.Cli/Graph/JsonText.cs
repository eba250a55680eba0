using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FerRos.Ros2;
using FerRos.Ros2.Json;

namespace FerRos.Cli.Graph;

/// <summary>Messages as text.</summary>
internal static class JsonText
{
    // Names of people and faces stay readable; the text goes to a terminal or a file, never into a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A message as one line of JSON, in UTF-8.</summary>
    public static byte[] Write(IMessage message, JsonMessageOptions options)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter writer = new(buffer, Options)) message.WriteJson(writer, options);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>JSON as YAML, the form in which ROS's own tools print messages.</summary>
    public static string ToYaml(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        StringBuilder text = new();
        Append(text, document.RootElement, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement element, int indent)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            text.Append(' ', indent).Append(property.Name).Append(':');
            AppendValue(text, property.Value, indent);
        }
    }

    private static void AppendValue(StringBuilder text, JsonElement value, int indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('\n');
                Append(text, value, indent + 2);
                break;
            case JsonValueKind.Array when value.GetArrayLength() == 0:
                text.Append(" []\n");
                break;
            case JsonValueKind.Array when value.EnumerateArray().All(static e => e.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)):
                text.Append(" [").AppendJoin(", ", value.EnumerateArray().Select(Scalar)).Append("]\n");
                break;
            case JsonValueKind.Array:
                text.Append('\n');
                foreach (JsonElement item in value.EnumerateArray())
                {
                    int start = text.Length;
                    Append(text, item, indent + 2);
                    // The first field of an item stands behind its dash.
                    text[start + indent] = '-';
                }

                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => ".nan",
        JsonValueKind.String when value.GetString() is { } s && IsPlain(s) => s,
        JsonValueKind.String => $"\"{Options.Encoder!.Encode(value.GetString()!)}\"",
        _ => value.GetRawText(),
    };

    /// <summary>Whether YAML reads the text as that text without quotes.</summary>
    private static bool IsPlain(string text) =>
        text.Length > 0
        && (char.IsAsciiLetter(text[0]) || text[0] is '/' or '_' or '<')
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '/' or '.' or '-' or ' ' or '<' or '>')
        && text[^1] != ' '
        && text.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n");
}
