using System.Collections.Concurrent;
using Serilog.Events;

namespace FerRos.Node.Logging;

/// <summary>
/// Minimum levels by ROS logger name. A logger without a level of its own has that of its nearest ancestor
/// (<c>robot.ferros</c> is the parent of <c>robot.ferros.perception</c>), the root has the default: rcutils' rule.
/// Levels may change at any time; readers take no lock.
/// </summary>
/// <param name="root">Level of the root.</param>
internal sealed class LogLevels(LogEventLevel root)
{
    private readonly ConcurrentDictionary<string, LogEventLevel> _levels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LogEventLevel> _effective = new(StringComparer.Ordinal);
    private volatile int _root = (int)root;

    /// <summary>Sets the level of a logger and of those below it that have none of their own.</summary>
    /// <param name="logger">Logger name; empty: the root.</param>
    /// <param name="level">Minimum level; null: inherit again.</param>
    internal void Set(string logger, LogEventLevel? level)
    {
        if (logger.Length == 0) _root = (int)(level ?? LogEventLevel.Information);
        else if (level is { } value) _levels[logger] = value;
        else _levels.TryRemove(logger, out _);
        _effective.Clear();
    }

    /// <summary>Level set for exactly that logger; null: it inherits.</summary>
    internal LogEventLevel? Own(string logger) =>
        logger.Length == 0 ? (LogEventLevel)_root : _levels.TryGetValue(logger, out var level) ? level : null;

    /// <summary>Level in force for a logger.</summary>
    internal LogEventLevel Effective(string logger) => _effective.GetOrAdd(logger, static (name, self) => self.Resolve(name), this);

    /// <summary>Whether an event of a logger is to be written.</summary>
    internal bool IsEnabled(string logger, LogEventLevel level) => level >= Effective(logger);

    private LogEventLevel Resolve(string logger)
    {
        for (var name = logger; name.Length > 0;)
        {
            if (_levels.TryGetValue(name, out var level)) return level;
            var dot = name.LastIndexOf('.');
            name = dot < 0 ? "" : name[..dot];
        }

        return (LogEventLevel)_root;
    }
}
