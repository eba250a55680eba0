namespace FerRos.Training;

/// <summary>A run that cannot start or go on. The message says what to do.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>With a message that says what to do.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>With the cause.</summary>
    public TrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
