using Microsoft.Extensions.Logging;

namespace FerRos.Ros2;

/// <summary>What the client library says.</summary>
internal static partial class RosLog
{
    [LoggerMessage(101, LogLevel.Warning, "Found remap rule '{Rule}'. This syntax is deprecated. Use '--ros-args --remap {Rule}' instead.")]
    public static partial void DeprecatedRemap(ILogger logger, string rule);

    [LoggerMessage(102, LogLevel.Warning, "Enclave '{Enclave}' is ignored: security is not supported")]
    public static partial void EnclaveIgnored(ILogger logger, string enclave);

    [LoggerMessage(103, LogLevel.Warning, "New subscription discovered on topic '{Topic}', requesting incompatible QoS. No messages will be sent to it. Last incompatible policy: {Policy}")]
    public static partial void SubscriptionIncompatible(ILogger logger, string topic, string policy);

    [LoggerMessage(104, LogLevel.Warning, "New publisher discovered on topic '{Topic}', offering incompatible QoS. No messages will be received from it. Last incompatible policy: {Policy}")]
    public static partial void PublisherIncompatible(ILogger logger, string topic, string policy);

    [LoggerMessage(105, LogLevel.Warning, "Incompatible type on topic '{Topic}': a peer uses {PeerType}, this node {Type}. They do not hear each other")]
    public static partial void TypeIncompatible(ILogger logger, string topic, string peerType, string type);

    [LoggerMessage(106, LogLevel.Warning, "A message on '{Topic}' from {Publisher} was dropped ({Count} in all): {Reason}")]
    public static partial void BadMessage(ILogger logger, string topic, string publisher, long count, string reason);

    [LoggerMessage(107, LogLevel.Error, "The handler of '{Name}' failed")]
    public static partial void HandlerFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(108, LogLevel.Warning, "{Count} messages on '{Topic}' were lost on the way here, {Received} came{Advice}")]
    public static partial void SamplesLost(ILogger logger, string topic, long count, long received, string advice);

    [LoggerMessage(109, LogLevel.Warning, "Another node named '{Name}' exists in the graph: tools cannot tell the two apart")]
    public static partial void DuplicateNode(ILogger logger, string name);

    [LoggerMessage(110, LogLevel.Warning, "The response to request {Sequence} of '{Service}' could not be sent: {Reason}")]
    public static partial void ResponseFailed(ILogger logger, string service, long sequence, string reason);

    [LoggerMessage(112, LogLevel.Debug, "The service {Service} is not offered: {Reason}")]
    public static partial void ServiceLeftOut(ILogger logger, string service, string reason);

    [LoggerMessage(111, LogLevel.Information, "{Reason} The embedded middleware is used")]
    public static partial void EmbeddedMiddlewareChosen(ILogger logger, string reason);

    [LoggerMessage(113, LogLevel.Warning, "{Reason} The embedded middleware is used instead")]
    public static partial void EmbeddedMiddlewareInstead(ILogger logger, string reason);

    [LoggerMessage(114, LogLevel.Warning, "{Reason} Going on over the embedded middleware: nodes over {Rmw} hear and see it, but those over Fast DDS do not reach its services (parameters, lifecycle)")]
    public static partial void EmbeddedMiddlewareForTypes(ILogger logger, string reason, string rmw);
}
