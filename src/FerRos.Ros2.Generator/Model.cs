using System.Collections.Immutable;

namespace FerRos.Ros2.Generator;

/// <summary>Element types; the values are those of type_description_interfaces/msg/FieldType and of FerRos.Ros2.FieldKind.</summary>
internal enum Kind
{
    Message = 1,
    Int8 = 2,
    UInt8 = 3,
    Int16 = 4,
    UInt16 = 5,
    Int32 = 6,
    UInt32 = 7,
    Int64 = 8,
    UInt64 = 9,
    Float32 = 10,
    Float64 = 11,
    Bool = 15,
    Byte = 16,
    Text = 17,
}

/// <summary>One element or several; the values are the offsets in type_description_interfaces/msg/FieldType.</summary>
internal enum Shape
{
    Single = 0,
    Array = 48,
    BoundedSequence = 96,
    Sequence = 144,
}

/// <summary>Where something stands in its file.</summary>
internal readonly record struct Place(int Line, int Column, int Length, int Offset);

/// <summary>A type as written.</summary>
/// <param name="Kind">Element type.</param>
/// <param name="Shape">One element or several.</param>
/// <param name="Capacity">Array length or sequence bound; else 0.</param>
/// <param name="StringCapacity">String bound; else 0.</param>
/// <param name="Target">ROS name of the nested message (pkg/msg/Name); else empty.</param>
/// <param name="Text">The type as written.</param>
internal sealed record TypeSyntax(Kind Kind, Shape Shape, int Capacity, int StringCapacity, string Target, string Text)
{
    public bool IsOctet => Kind is Kind.UInt8 or Kind.Byte;

    public bool IsOctetSequence => IsOctet && Shape is Shape.Sequence or Shape.BoundedSequence;

    public int TypeId => (StringCapacity > 0 ? 21 : (int)Kind) + (int)Shape;
}

/// <summary>A field. <paramref name="Default"/> is null, one value, or an array of values.</summary>
internal sealed record FieldSyntax(TypeSyntax Type, string Name, object? Default, string DefaultText, Place Place);

/// <summary>A constant.</summary>
internal sealed record ConstantSyntax(TypeSyntax Type, string Name, object Value, Place Place);

/// <summary>A message, or a service's request or response.</summary>
internal sealed record MessageSyntax(string RosName, ImmutableArray<FieldSyntax> Fields, ImmutableArray<ConstantSyntax> Constants);

/// <summary>A parsed file. Two are equal when nothing that went into them differs.</summary>
internal sealed class InterfaceFile(string path, string package, string category, string name, string variant, bool generate, string text)
    : IEquatable<InterfaceFile>
{
    public string Path { get; } = path;

    public string Package { get; } = package;

    /// <summary>msg or srv.</summary>
    public string Category { get; } = category;

    public string Name { get; } = name;

    /// <summary>Empty, or the name of a set of types that stand in for others of the same ROS name.</summary>
    public string Variant { get; } = variant;

    public bool Generate { get; } = generate;

    public string Text { get; } = text;

    public string RosName => $"{Package}/{Category}/{Name}";

    public List<MessageSyntax> Messages { get; } = [];

    public List<Finding> Findings { get; } = [];

    public bool Equals(InterfaceFile? other) =>
        other is not null && Path == other.Path && Package == other.Package && Category == other.Category && Name == other.Name
        && Variant == other.Variant && Generate == other.Generate && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as InterfaceFile);

    public override int GetHashCode() => Path.GetHashCode() ^ Text.GetHashCode();
}
