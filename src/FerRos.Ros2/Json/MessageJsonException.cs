namespace FerRos.Ros2.Json;

/// <summary>JSON does not fit a message. The text names the field, what stands there, and what is expected.</summary>
public sealed class MessageJsonException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MessageJsonException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public MessageJsonException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public MessageJsonException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for a field.</summary>
    /// <param name="field">Path of the field, e.g. <c>header.stamp.sec</c>.</param>
    /// <param name="reason">What is wrong with it.</param>
    public MessageJsonException(string field, string reason)
        : base($"{field}: {reason}")
    {
        Field = field;
        Reason = reason;
    }

    /// <summary>Path of the field, e.g. <c>header.stamp.sec</c>; empty: the whole message.</summary>
    public string Field { get; } = "";

    /// <summary>What is wrong, without the field.</summary>
    public string Reason { get; } = "";
}
