using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FerRos.Ros2.Middleware;

/// <summary>What a middleware is told when it starts.</summary>
public sealed record MiddlewareOptions
{
    /// <summary>ROS domain, 0 to 232; null: from <c>ROS_DOMAIN_ID</c>, else 0.</summary>
    public int? DomainId { get; init; }

    /// <summary>The peers' distribution, where the wire differs.</summary>
    public RosDistribution Distribution { get; init; }

    /// <summary>Security enclave as announced to peers. Security itself is not supported.</summary>
    public string Enclave { get; init; } = "/";

    /// <summary>Types that the program cannot do without: where the installed ROS 2 lacks one, <see cref="MiddlewareKind.Auto"/> may take the embedded middleware.</summary>
    public IReadOnlyList<InterfaceType> RequiredTypes { get; init; } = [];

    /// <summary>Where warnings go.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
