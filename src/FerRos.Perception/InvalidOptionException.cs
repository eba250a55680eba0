using System.Globalization;

namespace FerRos.Perception;

/// <summary>A parameter has a value that is not allowed.</summary>
public sealed class InvalidOptionException : PerceptionException
{
    /// <summary>Creates an exception without a message.</summary>
    public InvalidOptionException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    public InvalidOptionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    public InvalidOptionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception that names the parameter, its value and what is allowed.</summary>
    public InvalidOptionException(string parameter, object value, string allowed)
        : base(string.Create(CultureInfo.InvariantCulture, $"{parameter} is {value}, but must be {allowed}."))
    {
        Parameter = parameter;
        Value = value;
        Allowed = allowed;
    }

    /// <summary>Name of the parameter as in ROS, for example <c>max_faces</c>.</summary>
    public string Parameter { get; } = string.Empty;

    /// <summary>The refused value.</summary>
    public object? Value { get; }

    /// <summary>What would be allowed.</summary>
    public string Allowed { get; } = string.Empty;
}
