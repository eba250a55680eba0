using FerRos.Ros2.Dds;

namespace FerRos.Ros2.Middleware;

/// <summary>Starts the middleware that was asked for.</summary>
internal static class MiddlewareFactory
{
    public static IMiddleware Create(MiddlewareKind kind, MiddlewareOptions options) => kind switch
    {
        MiddlewareKind.Dds or MiddlewareKind.Auto => new DdsMiddleware(options),
        _ => throw new MiddlewareException($"The middleware '{kind}' is not available."),
    };
}
