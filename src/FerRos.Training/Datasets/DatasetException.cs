namespace FerRos.Training;

/// <summary>A dataset that cannot be used: not there, of another layout, empty. The message says what was expected.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>With a message that says what is wrong, and where.</summary>
    public DatasetException(string message)
        : base(message)
    {
    }

    /// <summary>With the cause.</summary>
    public DatasetException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
