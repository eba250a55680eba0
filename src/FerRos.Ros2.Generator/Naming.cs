using System.Text;

namespace FerRos.Ros2.Generator;

/// <summary>C# names for ROS names.</summary>
internal static class Naming
{
    private const string Root = "FerRos.Interfaces";

    // Members that every generated record has.
    private static readonly string[] Reserved =
    [
        "MessageType", "Write", "Read", "WriteJson", "ReadJson", "Equals", "GetHashCode", "ToString", "GetType",
        "MemberwiseClone", "ReferenceEquals", "Finalize", "PrintMembers", "EqualityContract", "Deconstruct",
    ];

    public static string Pascal(string name)
    {
        var result = new StringBuilder();
        foreach (string part in name.Split('_'))
        {
            if (part.Length == 0)
                continue;
            bool capitals = part.All(c => !char.IsLower(c));
            result.Append(char.ToUpperInvariant(part[0]));
            result.Append(capitals ? part.Substring(1).ToLowerInvariant() : part.Substring(1));
        }

        return result.ToString();
    }

    public static string Namespace(InterfaceFile file) =>
        $"{Root}.{Pascal(file.Package)}.{Pascal(file.Category)}" + (file.Variant.Length == 0 ? "" : "." + file.Variant);

    public static string QualifiedName(InterfaceFile file, string rosName)
    {
        string name = rosName.Substring(rosName.LastIndexOf('/') + 1);
        return $"global::{Namespace(file)}.{name.Replace('_', '.')}";
    }

    /// <summary>Names of a message's properties and constants, all different, none that of its class or of a member it has.</summary>
    public static Dictionary<string, string> Members(Message message)
    {
        string className = message.ClassName.Substring(message.ClassName.LastIndexOf('.') + 1);
        var taken = new HashSet<string>(Reserved, StringComparer.Ordinal) { className };
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Field field in message.Fields)
            names[field.Name] = Pick(taken, Pascal(field.Name), "Value");
        foreach (ConstantSyntax constant in message.Syntax.Constants)
            names[constant.Name] = Pick(taken, Pascal(constant.Name), "Constant");
        return names;
    }

    /// <summary>The name, changed until it is none of those taken; it is taken afterwards.</summary>
    public static string Pick(HashSet<string> taken, string name, string suffix)
    {
        // The class's own name is not allowed for a member, and FOO_1_2 and FOO_12 become the same.
        while (!taken.Add(name))
            name = name.EndsWith(suffix, StringComparison.Ordinal) ? name + "_" : name + suffix;
        return name;
    }
}
