using FerRos.Interfaces.RclInterfaces.Msg;

namespace FerRos.Ros2;

/// <summary>A node's log on <c>/rosout</c>.</summary>
public sealed class Rosout
{
    private readonly RosNode _node;
    private readonly Publisher<Log>? _publisher;

    internal Rosout(RosNode node, bool enabled)
    {
        _node = node;
        _publisher = enabled ? node.CreatePublisher<Log>("/rosout", QosProfile.Rosout) : null;
    }

    /// <summary>Whether anything is published.</summary>
    public bool IsEnabled => _publisher is not null;

    /// <summary>Publishes one log message, stamped with the node's time. Thread-safe; never throws for what the middleware refuses.</summary>
    /// <param name="severity">Level.</param>
    /// <param name="message">Text.</param>
    /// <param name="logger">Logger name; empty: the node's.</param>
    /// <param name="file">Source file; may be empty.</param>
    /// <param name="function">Function; may be empty.</param>
    /// <param name="line">Line; 0: unknown.</param>
    public void Publish(LogSeverity severity, string message, string logger = "", string file = "", string function = "", int line = 0)
    {
        ArgumentNullException.ThrowIfNull(logger);
        if (_publisher is null)
            return;
        var log = new Log
        {
            Level = (byte)severity,
            Name = logger.Length > 0 ? logger : _node.LoggerName,
            Msg = message,
            File = file,
            Function = function,
            Line = (uint)Math.Max(line, 0),
        };
        _node.Clock.Now.WriteTo(log.Stamp);
        try
        {
            _publisher.Publish(log);
        }
        catch (Exception exception) when (exception is MiddlewareException or ObjectDisposedException or Cdr.CdrException)
        {
            // Logging this would come back here; the console's log has the message anyway.
        }
    }
}
