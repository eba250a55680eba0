namespace FerRos.Networks;

/// <summary>A network that cannot be: shapes that do not fit, an unknown name, an operation that is not to be had.</summary>
public class NetworkException : Exception
{
    /// <summary>With a message that says what does not fit and what to do.</summary>
    public NetworkException(string message)
        : base(message)
    {
    }

    /// <summary>With the cause.</summary>
    public NetworkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Weights that are damaged or do not belong to the network.</summary>
public sealed class WeightsException : NetworkException
{
    /// <summary>With a message that says what is wrong, and where.</summary>
    public WeightsException(string message)
        : base(message)
    {
    }

    /// <summary>With the cause.</summary>
    public WeightsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
