namespace FerRos.Ros2;

/// <summary>The middleware refused an operation. The message says what was asked, what it answered, and, where known, the remedy.</summary>
public class MiddlewareException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MiddlewareException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public MiddlewareException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public MiddlewareException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
