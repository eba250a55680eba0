using FerRos.Ros2;
using FerRos.Ros2.Cdr;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>Publishes without ever ending the perception thread: a failure is logged, at most once in ten seconds.</summary>
/// <param name="logger">Where failures go.</param>
internal sealed partial class Outlet(ILogger logger)
{
    private const long Interval = 10_000;

    private long _next;

    /// <summary>Publishes a message; whether the middleware took it.</summary>
    internal bool TryPublish<T>(Publisher<T> publisher, T message)
        where T : class, IMessage<T>, new()
    {
        try
        {
            publisher.Publish(message);
            return true;
        }
        catch (Exception e) when (e is MiddlewareException or CdrException or ObjectDisposedException)
        {
            var now = Environment.TickCount64;
            if (now < _next) return false;
            _next = now + Interval;
            LogNotPublished(logger, publisher.Topic, e.Message);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Could not publish on {Topic}: {Reason}")]
    private static partial void LogNotPublished(ILogger logger, string topic, string reason);
}
