namespace FerRos.Ros2;

/// <summary>A parameter is unknown, declared twice, of the wrong type, out of range or refused. The message names it, the value and what is allowed.</summary>
public sealed class ParameterException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ParameterException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public ParameterException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public ParameterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
