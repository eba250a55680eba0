namespace FerRos.Ros2.Cdr;

/// <summary>
/// Serialized data do not hold the message they should, or a message cannot be serialized. The text names the
/// offending value, what is allowed and, where known, the field.
/// </summary>
public sealed class CdrException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CdrException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public CdrException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public CdrException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for a place in serialized data.</summary>
    /// <param name="message">What is wrong there.</param>
    /// <param name="position">Byte offset from the start of the encapsulation header.</param>
    public CdrException(string message, int position)
        : base($"{message} (byte {position})")
    {
        Position = position;
    }

    /// <summary>Creates the exception for a field.</summary>
    /// <param name="field">Path of the field, e.g. <c>sensor_msgs/msg/Image.header.frame_id</c>.</param>
    /// <param name="innerException">The exception that lacks the field.</param>
    public CdrException(string field, CdrException innerException)
        : base($"{field}: {innerException?.Message}", innerException)
    {
        Field = field;
        Position = innerException?.Position ?? -1;
    }

    /// <summary>Byte offset from the start of the encapsulation header; -1: not about a place.</summary>
    public int Position { get; } = -1;

    /// <summary>Path of the field, e.g. <c>sensor_msgs/msg/Image.header.frame_id</c>; empty: unknown.</summary>
    public string Field { get; } = "";
}
