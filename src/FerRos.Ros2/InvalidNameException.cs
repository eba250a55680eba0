namespace FerRos.Ros2;

/// <summary>A node, namespace, topic or service name breaks ROS's rules. The message has ROS's wording, the name and the place.</summary>
public sealed class InvalidNameException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    public InvalidNameException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public InvalidNameException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public InvalidNameException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal InvalidNameException(string kind, string name, string reason, int position)
        : base($"Invalid {kind} '{name}': {reason}" + (position >= 0 ? $" (at character {position + 1})" : ""))
    {
    }
}
