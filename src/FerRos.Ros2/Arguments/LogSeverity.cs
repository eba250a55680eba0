namespace FerRos.Ros2;

/// <summary>ROS's log levels with their numbers.</summary>
public enum LogSeverity
{
    /// <summary>No level of its own: that of the parent logger holds.</summary>
    Unset = 0,

    /// <summary>Details for debugging.</summary>
    Debug = 10,

    /// <summary>What happens.</summary>
    Info = 20,

    /// <summary>Something is not as it should be.</summary>
    Warn = 30,

    /// <summary>Something failed.</summary>
    Error = 40,

    /// <summary>The program cannot go on.</summary>
    Fatal = 50,
}
