using System.Globalization;
using FerRos.Ros2;
using Serilog.Core;
using Serilog.Events;

namespace FerRos.Node.Logging;

/// <summary>Publishes the log on <c>/rosout</c> from the moment the node is in the graph.</summary>
internal sealed class RosoutSink : ILogEventSink
{
    [ThreadStatic]
    private static bool _publishing;

    private volatile Rosout? _rosout;

    /// <summary>Where to publish; null before the node is there and after it has gone.</summary>
    internal Rosout? Rosout
    {
        get => _rosout;
        set => _rosout = value;
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        // What publishing itself logs must not be published in turn.
        if (_rosout is not { IsEnabled: true } rosout || _publishing) return;
        _publishing = true;
        try
        {
            var message = logEvent.RenderMessage(CultureInfo.InvariantCulture);
            if (logEvent.Exception is { } exception) message = $"{message}\n{exception}";
            rosout.Publish(RosLogLevel.ToSeverity(logEvent.Level), message, NodeLogging.LoggerName(logEvent));
        }
        catch (Exception e) when (e is MiddlewareException or ObjectDisposedException)
        {
            // The line is on the console and in the file; a log must not fail because the network did.
        }
        finally
        {
            _publishing = false;
        }
    }
}
