namespace FerRos.Ros2.Generator;

/// <summary>
/// Writes the zero-copy view of messages that hold octet data: a ref struct over received CDR whose strings and
/// octets are spans into it. Nested messages are flattened (<c>HeaderStampSec</c>).
/// </summary>
internal static class ViewEmitter
{
    private static readonly string[] Reserved = ["Read", "Equals", "GetHashCode", "GetType", "ToString", "ReferenceEquals", "MemberwiseClone", "Finalize"];

    public static void Emit(CodeWriter code, Message message)
    {
        if (!message.Fields.Any(f => f.Type is { IsOctetSequence: true, Shape: Shape.Sequence }) || !IsViewable(message))
            return;

        string name = message.RosName.Substring(message.RosName.LastIndexOf('/') + 1);
        var parts = new List<Part>();
        var taken = new HashSet<string>(Reserved, StringComparer.Ordinal) { name + "View" };
        Flatten(message, "", "", parts, taken);

        code.Line();
        code.Line($"/// <summary>Zero-copy view of a serialized <c>{message.RosName}</c>: text (UTF-8) and octets are spans into the CDR data.</summary>");
        code.Open($"public readonly ref struct {name}View");
        code.Line($"/// <summary>Reads the data, checking them as {name}.Read does, except that text need not be valid UTF-8.</summary>");
        code.Line("/// <param name=\"cdr\">Encapsulation header and body; the view is valid as long as they are.</param>");
        code.Line("/// <exception cref=\"global::FerRos.Ros2.Cdr.CdrException\">The data are short, or hold a length that cannot be.</exception>");
        code.Open($"public {name}View(global::System.ReadOnlySpan<byte> cdr)");
        code.Line("var reader = new global::FerRos.Ros2.Cdr.CdrReader(cdr);");
        foreach (Part part in parts)
            code.Line($"{part.Member} = {part.Read};");
        code.Close();
        code.Line();
        foreach (Part part in parts)
        {
            code.Line($"/// <summary>Field <c>{Literals.Xml(part.Text)}</c>.</summary>");
            code.Line($"public {part.Type} {part.Member} {{ get; }}");
            code.Line();
        }

        code.Line("/// <summary>Reads the data; see the constructor.</summary>");
        code.Line("/// <param name=\"cdr\">Encapsulation header and body; the view is valid as long as they are.</param>");
        code.Line("/// <exception cref=\"global::FerRos.Ros2.Cdr.CdrException\">The data are short, or hold a length that cannot be.</exception>");
        code.Line($"public static {name}View Read(global::System.ReadOnlySpan<byte> cdr) => new(cdr);");
        code.Close();
    }

    private static bool IsViewable(Message message) => message.Fields.All(f => f.Type switch
    {
        { IsOctetSequence: true } => true,
        { Shape: not Shape.Single } => false,
        { Kind: Kind.Message } => f.Nested!.Fields.Count > 0 && IsViewable(f.Nested),
        _ => true,
    });

    private static void Flatten(Message message, string prefix, string path, List<Part> parts, HashSet<string> taken)
    {
        foreach (Field field in message.Fields)
        {
            string pascal = prefix + Naming.Pascal(field.Name);
            string text = $"{field.Type.Text} {path}{field.Name}";
            string bound = field.Type.Shape == Shape.BoundedSequence ? $"{field.Type.Capacity}" : field.Type.StringCapacity > 0 ? $"{field.Type.StringCapacity}" : "";
            if (field.Type.Kind == Kind.Message)
            {
                Flatten(field.Nested!, pascal, $"{path}{field.Name}.", parts, taken);
                continue;
            }

            string member = Naming.Pick(taken, pascal, "Value");
            if (field.Type.IsOctetSequence)
                parts.Add(new Part(member, "global::System.ReadOnlySpan<byte>", $"reader.ReadOctets({bound})", text));
            else if (field.Type.Kind == Kind.Text)
                parts.Add(new Part(member, "global::System.ReadOnlySpan<byte>", $"reader.ReadUtf8({bound})", text));
            else
                parts.Add(new Part(member, MessageEmitter.ElementType(field), $"reader.Read{MessageEmitter.PrimitiveName(field.Type.Kind)}()", text));
        }
    }

    private sealed record Part(string Member, string Type, string Read, string Text);
}
