namespace FerRos.Ros2;

/// <summary>The levels of a program's loggers, for <c>~/get_logger_levels</c> and <c>~/set_logger_levels</c>.</summary>
public interface ILoggerLevels
{
    /// <summary>The level in force for a logger.</summary>
    /// <param name="logger">Logger name, with dots.</param>
    LogSeverity Get(string logger);

    /// <summary>Sets the level of a logger and of those below it that have none of their own.</summary>
    /// <param name="logger">Logger name, with dots; empty: the root.</param>
    /// <param name="level">Level; <see cref="LogSeverity.Unset"/>: that of its parent.</param>
    void Set(string logger, LogSeverity level);
}
