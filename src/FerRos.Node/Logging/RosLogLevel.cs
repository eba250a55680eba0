using Serilog.Events;

namespace FerRos.Node.Logging;

/// <summary>ROS's log severities (<c>rcl_interfaces/msg/Log</c>) and Serilog's levels.</summary>
internal static class RosLogLevel
{
    internal const byte Unset = 0;
    internal const byte Debug = 10;
    internal const byte Info = 20;
    internal const byte Warn = 30;
    internal const byte Error = 40;
    internal const byte Fatal = 50;

    /// <summary>Severity of a Serilog level; ROS has none below debug.</summary>
    internal static byte FromSerilog(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => Debug,
        LogEventLevel.Information => Info,
        LogEventLevel.Warning => Warn,
        LogEventLevel.Error => Error,
        _ => Fatal,
    };

    /// <summary>Serilog's level for a severity; null for unset and for values that are no severity.</summary>
    internal static LogEventLevel? ToSerilog(long severity) => severity switch
    {
        Debug => LogEventLevel.Debug,
        Info => LogEventLevel.Information,
        Warn => LogEventLevel.Warning,
        Error => LogEventLevel.Error,
        Fatal => LogEventLevel.Fatal,
        _ => null,
    };
}
