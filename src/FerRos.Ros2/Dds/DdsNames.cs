using System.Diagnostics.CodeAnalysis;

namespace FerRos.Ros2.Dds;

/// <summary>ROS names as DDS names and back, as all DDS-based RMWs write them.</summary>
internal static class DdsNames
{
    public const string DiscoveryTopic = "ros_discovery_info";
    public const string DiscoveryType = "rmw_dds_common::msg::dds_::ParticipantEntitiesInfo_";

    private const string TopicPrefix = "rt";
    private const string RequestPrefix = "rq";
    private const string ResponsePrefix = "rr";
    private const string RequestSuffix = "Request";
    private const string ResponseSuffix = "Reply";

    /// <summary><c>/a/b</c> to <c>rt/a/b</c>.</summary>
    public static string Topic(string topic) => TopicPrefix + topic;

    /// <summary><c>/s</c> to <c>rq/sRequest</c>.</summary>
    public static string RequestTopic(string service) => RequestPrefix + service + RequestSuffix;

    /// <summary><c>/s</c> to <c>rr/sReply</c>.</summary>
    public static string ResponseTopic(string service) => ResponsePrefix + service + ResponseSuffix;

    /// <summary><c>pkg/msg/Name</c> to <c>pkg::msg::dds_::Name_</c>.</summary>
    public static string Type(string type)
    {
        string[] parts = type.Split('/');
        return parts.Length == 3
            ? $"{parts[0]}::{parts[1]}::dds_::{parts[2]}_"
            : throw new MiddlewareException($"'{type}' is not the name of an interface: it must have the form package/msg/Name.");
    }

    /// <summary><c>rt/a/b</c> to <c>/a/b</c>.</summary>
    public static bool TryGetTopic(string ddsTopic, [NotNullWhen(true)] out string? topic)
    {
        topic = ddsTopic.StartsWith("rt/", StringComparison.Ordinal) ? ddsTopic[2..] : null;
        return topic is not null;
    }

    /// <summary><c>rq/sRequest</c> or <c>rr/sReply</c> to <c>/s</c>.</summary>
    public static bool TryGetService(string ddsTopic, [NotNullWhen(true)] out string? service)
    {
        service = null;
        if (ddsTopic.StartsWith("rq/", StringComparison.Ordinal) && ddsTopic.EndsWith(RequestSuffix, StringComparison.Ordinal))
            service = ddsTopic[2..^RequestSuffix.Length];
        else if (ddsTopic.StartsWith("rr/", StringComparison.Ordinal) && ddsTopic.EndsWith(ResponseSuffix, StringComparison.Ordinal))
            service = ddsTopic[2..^ResponseSuffix.Length];
        return service is not null;
    }

    /// <summary><c>pkg::msg::dds_::Name_</c> to <c>pkg/msg/Name</c>; other names come back as they are.</summary>
    public static string RosType(string ddsType)
    {
        const string Marker = "::dds_::";
        int at = ddsType.IndexOf(Marker, StringComparison.Ordinal);
        if (at < 0 || !ddsType.EndsWith('_'))
            return ddsType;
        return string.Concat(ddsType.AsSpan(0, at), "/", ddsType.AsSpan(at + Marker.Length, ddsType.Length - at - Marker.Length - 1))
            .Replace("::", "/", StringComparison.Ordinal);
    }

    /// <summary>A service's type from the type of its request or response, <c>pkg::srv::dds_::Name_Request_</c>.</summary>
    public static string RosServiceType(string ddsType)
    {
        string type = RosType(ddsType);
        foreach (string suffix in (ReadOnlySpan<string>)["_Request", "_Response"])
        {
            if (type.EndsWith(suffix, StringComparison.Ordinal))
                return type[..^suffix.Length];
        }

        return type;
    }
}
