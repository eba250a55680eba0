namespace FerRos.Perception;

/// <summary>
/// A picture's description (encoding, size, step) and its bytes do not fit together, or the encoding is unknown.
/// The picture is refused as a whole; nothing of it has been used.
/// </summary>
public sealed class ImageFormatException : PerceptionException
{
    /// <summary>Creates an exception without a message.</summary>
    public ImageFormatException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    public ImageFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    public ImageFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal ImageFormatException(string field, string value, string message)
        : base(message)
    {
        Field = field;
        Value = value;
    }

    /// <summary>The offending field of the picture: <c>encoding</c>, <c>width</c>, <c>height</c>, <c>step</c> or <c>data</c>.</summary>
    public string Field { get; } = string.Empty;

    /// <summary>The value found there.</summary>
    public string Value { get; } = string.Empty;
}
