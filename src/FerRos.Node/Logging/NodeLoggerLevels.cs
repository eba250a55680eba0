using FerRos.Ros2;

namespace FerRos.Node.Logging;

/// <summary>The log's levels for the logger services.</summary>
internal sealed class NodeLoggerLevels(LogLevels levels) : ILoggerLevels
{
    /// <inheritdoc/>
    public LogSeverity Get(string logger) => levels.Own(logger) is { } level ? RosLogLevel.ToSeverity(level) : LogSeverity.Unset;

    /// <inheritdoc/>
    public void Set(string logger, LogSeverity level) => levels.Set(logger, RosLogLevel.ToSerilog(level));
}
