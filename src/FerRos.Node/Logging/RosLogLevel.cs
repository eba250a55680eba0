using FerRos.Ros2;
using Serilog.Events;

namespace FerRos.Node.Logging;

/// <summary>ROS's severities and Serilog's levels.</summary>
internal static class RosLogLevel
{
    /// <summary>Severity of a Serilog level; ROS has none below debug.</summary>
    internal static LogSeverity ToSeverity(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => LogSeverity.Debug,
        LogEventLevel.Information => LogSeverity.Info,
        LogEventLevel.Warning => LogSeverity.Warn,
        LogEventLevel.Error => LogSeverity.Error,
        _ => LogSeverity.Fatal,
    };

    /// <summary>Serilog's level for a severity; null for unset and for values that are no severity.</summary>
    internal static LogEventLevel? ToSerilog(LogSeverity severity) => severity switch
    {
        LogSeverity.Debug => LogEventLevel.Debug,
        LogSeverity.Info => LogEventLevel.Information,
        LogSeverity.Warn => LogEventLevel.Warning,
        LogSeverity.Error => LogEventLevel.Error,
        LogSeverity.Fatal => LogEventLevel.Fatal,
        _ => null,
    };
}
