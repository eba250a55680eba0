using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Rcl;

/// <summary>What the rcl middleware writes to the log. Nothing of it stops the wait thread.</summary>
internal static partial class RclLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A handler on '{Name}' threw; the sample is lost")]
    public static partial void HandlerFailed(this ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Taking from '{Name}' failed: {Reason}")]
    public static partial void TakeFailed(this ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Waiting for samples failed: {Reason}")]
    public static partial void WaitFailed(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The security enclave '{Enclave}' is ignored")]
    public static partial void EnclaveIgnored(this ILogger logger, string enclave);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Name} has no event for {Event} on '{Topic}'")]
    public static partial void EventUnsupported(this ILogger logger, string name, Middleware.EndpointEventKind @event, string topic);
}
