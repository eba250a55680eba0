namespace FerRos.Ros2;

/// <summary>Which middleware a program uses.</summary>
public enum MiddlewareKind
{
    /// <summary>The installed ROS 2 where one is sourced (and has the types that are required), else the embedded one.</summary>
    Auto,

    /// <summary>The embedded one: Cyclone DDS, without any ROS.</summary>
    Dds,

    /// <summary>The installed ROS 2: its rcl and RMW.</summary>
    Rcl,
}
