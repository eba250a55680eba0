namespace FerRos.Ros2;

/// <summary>Types of parameters, with the numbers of <c>rcl_interfaces/msg/ParameterType</c>.</summary>
#pragma warning disable CA1720 // The names are ROS's.
public enum ParameterType
{
    /// <summary>No value.</summary>
    NotSet = 0,

    /// <summary>A bool.</summary>
    Bool = 1,

    /// <summary>A 64-bit signed integer.</summary>
    Integer = 2,

    /// <summary>A double.</summary>
    Double = 3,

    /// <summary>Text.</summary>
    String = 4,

    /// <summary>Bytes.</summary>
    ByteArray = 5,

    /// <summary>Bools.</summary>
    BoolArray = 6,

    /// <summary>64-bit signed integers.</summary>
    IntegerArray = 7,

    /// <summary>Doubles.</summary>
    DoubleArray = 8,

    /// <summary>Texts.</summary>
    StringArray = 9,
}
#pragma warning restore CA1720
