using System.Collections;
using System.Globalization;
using ValueMessage = FerRos.Interfaces.RclInterfaces.Msg.ParameterValue;

namespace FerRos.Ros2;

/// <summary>An immutable value of one of ROS's parameter types. Values are equal when type and content are.</summary>
public sealed class ParameterValue : IEquatable<ParameterValue>
{
    private readonly object? _value;

    private ParameterValue(ParameterType type, object? value)
    {
        Type = type;
        _value = value;
    }

    /// <summary>No value.</summary>
    public static ParameterValue NotSet { get; } = new(ParameterType.NotSet, null);

    /// <summary>Type.</summary>
    public ParameterType Type { get; }

    /// <summary>A bool.</summary>
    public static ParameterValue From(bool value) => new(ParameterType.Bool, value);

    /// <summary>An integer.</summary>
    public static ParameterValue From(long value) => new(ParameterType.Integer, value);

    /// <summary>A double.</summary>
    public static ParameterValue From(double value) => new(ParameterType.Double, value);

    /// <summary>Text.</summary>
    public static ParameterValue From(string value) => new(ParameterType.String, value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>Bytes.</summary>
    public static ParameterValue From(byte[] value) => new(ParameterType.ByteArray, Copy(value));

    /// <summary>Bools.</summary>
    public static ParameterValue From(bool[] value) => new(ParameterType.BoolArray, Copy(value));

    /// <summary>Integers.</summary>
    public static ParameterValue From(long[] value) => new(ParameterType.IntegerArray, Copy(value));

    /// <summary>Doubles.</summary>
    public static ParameterValue From(double[] value) => new(ParameterType.DoubleArray, Copy(value));

    /// <summary>Texts.</summary>
    public static ParameterValue From(string[] value) => new(ParameterType.StringArray, Copy(value));

    /// <summary>A value of a .NET type: bool, int, long, float, double, string, or an array of byte, bool, int, long, double or string.</summary>
    /// <exception cref="ArgumentException">The type has no counterpart.</exception>
    public static ParameterValue FromObject(object? value) => value switch
    {
        null => NotSet,
        ParameterValue parameter => parameter,
        bool b => From(b),
        int i => From((long)i),
        long l => From(l),
        float f => From((double)f),
        double d => From(d),
        string s => From(s),
        byte[] array => From(array),
        bool[] array => From(array),
        int[] array => From(Array.ConvertAll(array, static i => (long)i)),
        long[] array => From(array),
        double[] array => From(array),
        string[] array => From(array),
        _ => throw new ArgumentException($"A parameter cannot be a {value.GetType().Name}.", nameof(value)),
    };

    /// <summary>The value of a message.</summary>
    /// <exception cref="ParameterException">The type in it is none.</exception>
    public static ParameterValue FromMessage(ValueMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return (ParameterType)message.Type switch
        {
            ParameterType.NotSet => NotSet,
            ParameterType.Bool => From(message.BoolValue),
            ParameterType.Integer => From(message.IntegerValue),
            ParameterType.Double => From(message.DoubleValue),
            ParameterType.String => From(message.StringValue),
            ParameterType.ByteArray => From(message.ByteArrayValue.ToArray()),
            ParameterType.BoolArray => From(message.BoolArrayValue.ToArray()),
            ParameterType.IntegerArray => From(message.IntegerArrayValue.ToArray()),
            ParameterType.DoubleArray => From(message.DoubleArrayValue.ToArray()),
            ParameterType.StringArray => From(message.StringArrayValue.ToArray()),
            _ => throw new ParameterException($"Unknown parameter type {message.Type}; types are 0 to 9."),
        };
    }

    /// <summary>The value as a message.</summary>
    public ValueMessage ToMessage()
    {
        var message = new ValueMessage { Type = (byte)Type };
        switch (_value)
        {
            case bool value:
                message.BoolValue = value;
                break;
            case long value:
                message.IntegerValue = value;
                break;
            case double value:
                message.DoubleValue = value;
                break;
            case string value:
                message.StringValue = value;
                break;
            case byte[] value:
                message.ByteArrayValue = value;
                break;
            case bool[] value:
                message.BoolArrayValue = [.. value];
                break;
            case long[] value:
                message.IntegerArrayValue = [.. value];
                break;
            case double[] value:
                message.DoubleArrayValue = [.. value];
                break;
            case string[] value:
                message.StringArrayValue = [.. value];
                break;
        }

        return message;
    }

    /// <summary>The value as a .NET type; arrays are copies. Conversions that lose nothing are made: long to int, double to float.</summary>
    /// <typeparam name="T">bool, int, long, float, double, string, or an array of byte, bool, int, long, double or string.</typeparam>
    /// <exception cref="ParameterException">The value has another type, or does not fit.</exception>
    public T As<T>()
    {
        object? result = _value switch
        {
            T and not Array => _value,
            long l when typeof(T) == typeof(int) && l is >= int.MinValue and <= int.MaxValue => (int)l,
            double d when typeof(T) == typeof(float) => (float)d,
            long[] array when typeof(T) == typeof(int[]) && Array.TrueForAll(array, static l => l is >= int.MinValue and <= int.MaxValue) => Array.ConvertAll(array, static l => (int)l),
            T and Array array => array.Clone(),
            _ => null,
        };
        return result is T value
            ? value
            : throw new ParameterException($"The parameter's value {this} is of type {TypeName(Type)} and cannot be read as {typeof(T).Name}.");
    }

    /// <inheritdoc/>
    public bool Equals(ParameterValue? other) =>
        other is not null && Type == other.Type
        && (_value is Array array ? StructuralComparisons.StructuralEqualityComparer.Equals(array, other._value) : Equals(_value, other._value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterValue);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Type, _value is Array array ? StructuralComparisons.StructuralEqualityComparer.GetHashCode(array) : _value?.GetHashCode() ?? 0);

    /// <summary>The value as in a parameter file.</summary>
    public override string ToString() => _value switch
    {
        null => "not set",
        bool b => b ? "true" : "false",
        long l => l.ToString(CultureInfo.InvariantCulture),
        double d => FormatDouble(d),
        string s => s,
        Array array => "[" + string.Join(", ", array.Cast<object>().Select(static item => FromElement(item).ToString())) + "]",
        _ => "",
    };

    /// <summary>ROS's name of a type, as in its messages.</summary>
    internal static string TypeName(ParameterType type) => type switch
    {
        ParameterType.NotSet => "not set",
        ParameterType.Bool => "bool",
        ParameterType.Integer => "integer",
        ParameterType.Double => "double",
        ParameterType.String => "string",
        ParameterType.ByteArray => "byte_array",
        ParameterType.BoolArray => "bool_array",
        ParameterType.IntegerArray => "integer_array",
        ParameterType.DoubleArray => "double_array",
        ParameterType.StringArray => "string_array",
        _ => $"unknown type {(int)type}",
    };

    private static ParameterValue FromElement(object element) => element is byte b ? From((long)b) : FromObject(element);

    private static string FormatDouble(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(value) && !text.AsSpan().ContainsAny('.', 'E') ? text + ".0" : text;
    }

    private static T[] Copy<T>(T[] array)
    {
        ArgumentNullException.ThrowIfNull(array);
        return [.. array];
    }
}

/// <summary>A parameter's name and value.</summary>
/// <param name="Name">Name, with dots between groups.</param>
/// <param name="Value">Value.</param>
public readonly record struct Parameter(string Name, ParameterValue Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Value}";
}
