using System.CommandLine;
using FerRos.Ros2;

namespace FerRos.Cli;

/// <summary><c>--middleware auto|dds|rcl</c>.</summary>
internal static class MiddlewareOption
{
    /// <summary>Creates the option; <c>auto</c> by default.</summary>
    public static Option<MiddlewareKind> Create() => new("--middleware")
    {
        Description = "dds (embedded, no ROS needed), rcl (the sourced ROS 2), or auto: rcl where a ROS 2 is sourced",
        DefaultValueFactory = static _ => MiddlewareKind.Auto,
        HelpName = "auto|dds|rcl",
    };
}
