using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Dds;

/// <summary>What the embedded middleware says.</summary>
internal static partial class DdsLog
{
    [LoggerMessage(1, LogLevel.Error, "Waiting for DDS data failed: {Reason}")]
    public static partial void WaitFailed(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Error, "A handler of received data failed")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The kernel limits socket receive buffers to {Limit} bytes: pictures will be lost. Remedy: sysctl -w net.core.rmem_max={Wanted}")]
    public static partial void ReceiveBufferTooSmall(ILogger logger, long limit, long wanted);

    [LoggerMessage(4, LogLevel.Warning, "ROS_LOCALHOST_ONLY is deprecated but still honored if it is enabled. Use ROS_AUTOMATIC_DISCOVERY_RANGE and ROS_STATIC_PEERS instead.")]
    public static partial void LocalhostOnlyDeprecated(ILogger logger);

    [LoggerMessage(5, LogLevel.Warning, "'localhost_only' is enabled, 'automatic_discovery_range' and 'static_peers' will be ignored.")]
    public static partial void LocalhostOnlyEnabled(ILogger logger);

    [LoggerMessage(6, LogLevel.Warning, "'localhost_only' is disabled, 'automatic_discovery_range' and 'static_peers' will be used.")]
    public static partial void LocalhostOnlyDisabled(ILogger logger);

    [LoggerMessage(7, LogLevel.Warning, "Invalid value '{Value}' specified for '{Variable}', assuming localhost only")]
    public static partial void InvalidDiscoveryRange(ILogger logger, string value, string variable);

    [LoggerMessage(8, LogLevel.Warning, "Service '{Service}': a peer of another DDS vendor ({Vendor}) is on it. Its requests and responses are not understood; services work between Cyclone DDS (rmw_cyclonedds_cpp) peers only. Run that peer with RMW_IMPLEMENTATION=rmw_cyclonedds_cpp, or this node with middleware 'rcl'.")]
    public static partial void ForeignService(ILogger logger, string service, string vendor);

    [LoggerMessage(9, LogLevel.Warning, "Service '{Service}': a message of {Size} bytes from {Peer} is not a request or response of rmw_cyclonedds_cpp and was dropped")]
    public static partial void ForeignServiceMessage(ILogger logger, string service, int size, string peer);

    [LoggerMessage(10, LogLevel.Warning, "ros_discovery_info from participant {Participant} could not be read ({Reason}): its nodes are not shown. Is the distribution setting ({Distribution}) right?")]
    public static partial void DiscoveryUnreadable(ILogger logger, string participant, string reason, RosDistribution distribution);

    [LoggerMessage(11, LogLevel.Information, "Middleware {Name}, domain {Domain}, discovery {Range}")]
    public static partial void Started(ILogger logger, string name, int domain, string range);

    [LoggerMessage(12, LogLevel.Warning, "Service '{Service}': the client of request {Sequence} was not found within {Wait} ms; the response was dropped")]
    public static partial void ClientNotFound(ILogger logger, string service, long sequence, int wait);

    [LoggerMessage(13, LogLevel.Warning, "Type lookup replies of peers cannot be kept from Cyclone DDS on this system: two nodes of ROS 2 Kilted with Fast DDS may end this process. Run them with RMW_IMPLEMENTATION=rmw_cyclonedds_cpp, or set FERROS_DDSC to a newer libddsc")]
    public static partial void TypeLookupUnguarded(ILogger logger);
}
