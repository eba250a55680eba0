namespace FerRos.Ros2;

/// <summary>Element types; the values are those of <c>type_description_interfaces/msg/FieldType</c> without array and sequence offsets.</summary>
public enum FieldKind
{
    /// <summary>Another message.</summary>
    Message = 1,

    /// <summary>int8.</summary>
    Int8 = 2,

    /// <summary>uint8; also what a <c>char</c> of an interface file is.</summary>
    UInt8 = 3,

    /// <summary>int16.</summary>
    Int16 = 4,

    /// <summary>uint16.</summary>
    UInt16 = 5,

    /// <summary>int32.</summary>
    Int32 = 6,

    /// <summary>uint32.</summary>
    UInt32 = 7,

    /// <summary>int64.</summary>
    Int64 = 8,

    /// <summary>uint64.</summary>
    UInt64 = 9,

    /// <summary>float32.</summary>
    Float32 = 10,

    /// <summary>float64.</summary>
    Float64 = 11,

    /// <summary>bool.</summary>
    Bool = 15,

    /// <summary>byte (octet).</summary>
    Byte = 16,

    /// <summary>string.</summary>
    Text = 17,
}

/// <summary>Whether a field holds one element or several.</summary>
public enum FieldShape
{
    /// <summary>One element.</summary>
    Single = 0,

    /// <summary>Exactly <see cref="FieldType.Capacity"/> elements.</summary>
    Array = 48,

    /// <summary>At most <see cref="FieldType.Capacity"/> elements.</summary>
    BoundedSequence = 96,

    /// <summary>Any number of elements.</summary>
    Sequence = 144,
}

/// <summary>Type of a field.</summary>
/// <param name="Kind">Element type.</param>
/// <param name="Shape">One or several elements.</param>
/// <param name="Capacity">Length of an array, bound of a sequence; else 0.</param>
/// <param name="StringCapacity">Most bytes of a bounded string; 0: unbounded, or no string.</param>
/// <param name="Nested">The message type where <paramref name="Kind"/> is <see cref="FieldKind.Message"/>.</param>
public sealed record FieldType(
    FieldKind Kind,
    FieldShape Shape = FieldShape.Single,
    int Capacity = 0,
    int StringCapacity = 0,
    MessageDescriptor? Nested = null)
{
    private const int BoundedString = 21;

    /// <summary>Identifier in <c>type_description_interfaces/msg/FieldType</c>.</summary>
    public byte TypeId => (byte)((StringCapacity > 0 ? BoundedString : (int)Kind) + (int)Shape);

    /// <summary>ROS name of the nested type; empty where there is none.</summary>
    public string NestedTypeName => Nested?.Name ?? "";

    /// <summary>Whether the elements are single octets (uint8, byte, char).</summary>
    public bool IsOctet => Kind is FieldKind.UInt8 or FieldKind.Byte;

    /// <summary>The type as an interface file writes it: <c>string&lt;=22[&lt;=3]</c>, <c>std_msgs/Header</c>.</summary>
    public override string ToString()
    {
        string element = Kind switch
        {
            FieldKind.Message => NestedTypeName.Replace("/msg/", "/", StringComparison.Ordinal),
            FieldKind.Text => StringCapacity > 0 ? $"string<={StringCapacity}" : "string",
            _ => Kind.ToString().ToLowerInvariant(),
        };
        return Shape switch
        {
            FieldShape.Array => $"{element}[{Capacity}]",
            FieldShape.BoundedSequence => $"{element}[<={Capacity}]",
            FieldShape.Sequence => $"{element}[]",
            _ => element,
        };
    }
}
