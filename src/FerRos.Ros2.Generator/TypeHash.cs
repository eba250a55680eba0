using System.Security.Cryptography;
using System.Text;

namespace FerRos.Ros2.Generator;

/// <summary>
/// RIHS01 type hash: SHA-256 over the type description and those of all types it refers to, as JSON in the exact
/// form that REP-2016 gives (one line, ", " and ": " as separators, this order of keys, no defaults).
/// </summary>
internal static class TypeHash
{
    public static string Compute(Message message)
    {
        var json = new StringBuilder("{\"type_description\": ");
        Append(json, message);
        json.Append(", \"referenced_type_descriptions\": [");
        string separator = "";
        foreach (Message referenced in message.Referenced.Values)
        {
            json.Append(separator);
            Append(json, referenced);
            separator = ", ";
        }

        json.Append("]}");
        using SHA256 sha = SHA256.Create();
        var hex = new StringBuilder("RIHS01_");
        foreach (byte b in sha.ComputeHash(Encoding.ASCII.GetBytes(json.ToString())))
            hex.Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        return hex.ToString();
    }

    // Names are ASCII by the parser's patterns: nothing needs escaping.
    private static void Append(StringBuilder json, Message message)
    {
        json.Append("{\"type_name\": \"").Append(message.RosName).Append("\", \"fields\": [");
        string separator = "";
        foreach (Field field in message.Fields)
        {
            Append(json.Append(separator), field.Name, field.Type.TypeId, field.Type.Capacity, field.Type.StringCapacity, field.Nested?.RosName ?? "");
            separator = ", ";
        }

        if (message.Fields.Count == 0)
            Append(json, "structure_needs_at_least_one_member", (int)Kind.UInt8, 0, 0, "");
        json.Append("]}");
    }

    private static void Append(StringBuilder json, string name, int typeId, int capacity, int stringCapacity, string nested) =>
        json.Append("{\"name\": \"").Append(name)
            .Append("\", \"type\": {\"type_id\": ").Append(typeId)
            .Append(", \"capacity\": ").Append(capacity)
            .Append(", \"string_capacity\": ").Append(stringCapacity)
            .Append(", \"nested_type_name\": \"").Append(nested).Append("\"}}");
}
