namespace FerRos.Torch;

/// <summary>libtorch refused what was asked of it; the message is its own text.</summary>
public class TorchException : Exception
{
    /// <summary>With libtorch's text.</summary>
    public TorchException(string message)
        : base(message)
    {
    }

    /// <summary>With the cause.</summary>
    public TorchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Not enough memory on the host or the device; smaller batches need less.</summary>
public sealed class TorchOutOfMemoryException : TorchException
{
    /// <summary>With libtorch's text.</summary>
    public TorchOutOfMemoryException(string message)
        : base(message)
    {
    }
}

/// <summary>libtorch or the shim over it is not installed; the message says what to install.</summary>
public sealed class TorchNotInstalledException : TorchException
{
    /// <summary>With a message that says what to do.</summary>
    public TorchNotInstalledException(string message)
        : base(message)
    {
    }

    /// <summary>With the cause.</summary>
    public TorchNotInstalledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
