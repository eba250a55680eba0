using FerRos.Ros2.Dds;
using FerRos.Ros2.Rcl;

namespace FerRos.Ros2.Middleware;

/// <summary>Starts the middleware that was asked for.</summary>
internal static class MiddlewareFactory
{
    public static IMiddleware Create(MiddlewareKind kind, MiddlewareOptions options) => kind switch
    {
        MiddlewareKind.Dds => new DdsMiddleware(options),
        MiddlewareKind.Rcl => Complete(options),
        MiddlewareKind.Auto => Choose(options),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such middleware."),
    };

    /// <summary>
    /// The sourced ROS 2, where there is one and it has the types that the program cannot do without. Where it lacks them
    /// (a workspace that is not built, or not sourced) the embedded middleware takes its place, if it speaks to the nodes
    /// of that ROS 2; otherwise what is missing is an error, as it is when rcl was asked for by name.
    /// </summary>
    private static IMiddleware Choose(MiddlewareOptions options)
    {
        if (!RclMiddleware.IsAvailable(out string reason))
        {
            if (RclMiddleware.IsSourced)
                RosLog.EmbeddedMiddlewareInstead(options.Logger, reason);
            else
                RosLog.EmbeddedMiddlewareChosen(options.Logger, reason);
            return new DdsMiddleware(options);
        }

        try
        {
            return Complete(options);
        }
        catch (MissingTypeSupportException exception)
        {
            string rmw = RclMiddleware.Rmw;
            if (WhyNotEmbedded(rmw) is { } obstacle)
                throw new MissingTypeSupportException($"{exception.Message} The embedded middleware was not taken instead: {obstacle}.", exception);
            RosLog.EmbeddedMiddlewareForTypes(options.Logger, exception.Message, rmw);
            return new DdsMiddleware(options);
        }
    }

    /// <summary>The sourced ROS 2 with all that the program needs of it.</summary>
    private static RclMiddleware Complete(MiddlewareOptions options)
    {
        RclMiddleware middleware = RclMiddleware.Create(options);
        try
        {
            RclMiddleware.Require(options.RequiredTypes);
            return middleware;
        }
        catch
        {
            middleware.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>Why nodes of the sourced ROS 2 would not hear the embedded middleware; null: they do.</summary>
    internal static string? WhyNotEmbedded(string rmw) => WhyNotEmbedded(rmw, Environment.GetEnvironmentVariable);

    internal static string? WhyNotEmbedded(string rmw, Func<string, string?> variable)
    {
        // RMWs that speak DDS-RTPS on the wire.
        if (rmw is not ("rmw_fastrtps_cpp" or "rmw_fastrtps_dynamic_cpp" or "rmw_cyclonedds_cpp" or "rmw_connextdds"))
            return $"nodes over {rmw} do not hear it";
        if (variable("ROS_DISCOVERY_SERVER") is { Length: > 0 } server)
            return $"ROS_DISCOVERY_SERVER is set ('{server}'), which it does not use";
        return string.Equals(variable("ROS_SECURITY_ENABLE"), "true", StringComparison.OrdinalIgnoreCase) ? "ROS_SECURITY_ENABLE is true, and it has no security" : null;
    }
}
