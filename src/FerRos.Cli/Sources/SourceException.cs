namespace FerRos.Cli.Sources;

/// <summary>A source of pictures cannot be opened or read. The message is one line that says what to do.</summary>
internal sealed class SourceException : Exception
{
    public SourceException()
    {
    }

    public SourceException(string message)
        : base(message)
    {
    }

    public SourceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
