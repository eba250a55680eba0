namespace FerRos.Perception;

/// <summary>Something in perception failed in a way that an operator can understand and act on.</summary>
public class PerceptionException : Exception
{
    /// <summary>Creates an exception without a message.</summary>
    public PerceptionException()
    {
    }

    /// <summary>Creates an exception with a message that says what to do.</summary>
    public PerceptionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message that says what to do, and its cause.</summary>
    public PerceptionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
