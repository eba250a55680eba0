namespace FerRos.Ros2;

/// <summary>A ROS argument or parameter file is not understood. The message says which one and why.</summary>
public sealed class RosArgumentException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RosArgumentException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public RosArgumentException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public RosArgumentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
