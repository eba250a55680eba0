using FerRos.Ros2.Dds;
using FerRos.Ros2.Rcl;

namespace FerRos.Ros2.Middleware;

/// <summary>Starts the middleware that was asked for.</summary>
internal static class MiddlewareFactory
{
    public static IMiddleware Create(MiddlewareKind kind, MiddlewareOptions options) => kind switch
    {
        MiddlewareKind.Dds => new DdsMiddleware(options),
        MiddlewareKind.Rcl => RclMiddleware.Create(options),
        MiddlewareKind.Auto => Choose(options),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such middleware."),
    };

    private static IMiddleware Choose(MiddlewareOptions options)
    {
        if (RclMiddleware.IsAvailable(out string reason))
            return RclMiddleware.Create(options);
        RosLog.EmbeddedMiddlewareChosen(options.Logger, reason);
        return new DdsMiddleware(options);
    }
}
