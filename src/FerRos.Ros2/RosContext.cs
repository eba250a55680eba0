using FerRos.Ros2.Middleware;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FerRos.Ros2;

/// <summary>How a program takes part in ROS.</summary>
public sealed record RosContextOptions
{
    /// <summary>Which middleware; by default the installed ROS 2 where one is sourced, else the embedded one.</summary>
    public MiddlewareKind Middleware { get; init; }

    /// <summary>The peers' distribution, where the embedded middleware must know it.</summary>
    public RosDistribution Distribution { get; init; }

    /// <summary>ROS domain, 0 to 232; null: from <c>ROS_DOMAIN_ID</c>.</summary>
    public int? DomainId { get; init; }

    /// <summary>
    /// Types that the program cannot do without. Where the sourced ROS 2 lacks one, <see cref="MiddlewareKind.Auto"/> takes the
    /// embedded middleware, with a warning that says what to install, if that ROS 2's nodes hear it, and otherwise refuses.
    /// </summary>
    public IReadOnlyList<InterfaceType> RequiredTypes { get; init; } = [];

    /// <summary>Makes the loggers of the middleware and the nodes.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>
/// A program's part in ROS: the parsed <c>--ros-args</c> and the middleware, shared by all its nodes. Signals are the
/// program's business: dispose the context when it ends.
/// </summary>
public sealed class RosContext : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<RosNode> _nodes = [];
    private bool _disposed;

    private RosContext(RosArguments arguments, RosContextOptions options, IMiddleware middleware)
    {
        Arguments = arguments;
        Options = options;
        Middleware = middleware;
    }

    /// <summary>The parsed command line.</summary>
    public RosArguments Arguments { get; }

    /// <summary>What the context was created with.</summary>
    public RosContextOptions Options { get; }

    /// <summary>The middleware, for what goes beyond nodes.</summary>
    public IMiddleware Middleware { get; }

    /// <summary>Parses the command line and joins the domain.</summary>
    /// <param name="arguments">The command line without the program's name; what is not ROS's stays in <see cref="RosArguments.UserArguments"/>.</param>
    /// <param name="options">Options; null: defaults.</param>
    /// <exception cref="RosArgumentException">A ROS argument is wrong or unknown.</exception>
    /// <exception cref="MiddlewareException">The middleware is missing or refuses.</exception>
    public static RosContext Create(IEnumerable<string> arguments, RosContextOptions? options = null)
    {
        options ??= new RosContextOptions();
        ILogger logger = options.LoggerFactory.CreateLogger("rcl");
        return Create(RosArguments.Parse(arguments, logger), options);
    }

    /// <summary>Joins the domain with a command line that is parsed already.</summary>
    /// <exception cref="MiddlewareException">The middleware is missing or refuses.</exception>
    public static RosContext Create(RosArguments arguments, RosContextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        options ??= new RosContextOptions();
        ILogger logger = options.LoggerFactory.CreateLogger("rmw");
        if (arguments.Enclave != "/")
            RosLog.EnclaveIgnored(logger, arguments.Enclave);
        IMiddleware middleware = MiddlewareFactory.Create(options.Middleware, new MiddlewareOptions
        {
            DomainId = options.DomainId,
            Distribution = options.Distribution,
            Enclave = arguments.Enclave,
            RequiredTypes = options.RequiredTypes,
            Logger = logger,
        });
        return new RosContext(arguments, options, middleware);
    }

    /// <summary>Creates a node and enters it into the graph.</summary>
    /// <param name="name">Its name; a remap rule <c>__node:=</c> replaces it.</param>
    /// <param name="options">Options; null: defaults.</param>
    /// <exception cref="InvalidNameException">Name or namespace breaks ROS's rules.</exception>
    /// <exception cref="ParameterException">An override of a parameter that every node has is wrong.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public RosNode CreateNode(string name, RosNodeOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var node = new RosNode(this, name, options ?? new RosNodeOptions());
        lock (_gate)
            _nodes.Add(node);
        return node;
    }

    /// <summary>Disposes all nodes, then leaves the domain.</summary>
    public async ValueTask DisposeAsync()
    {
        RosNode[] nodes;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            nodes = [.. _nodes];
        }

        foreach (RosNode node in nodes)
            await node.DisposeAsync();
        await Middleware.DisposeAsync();
    }

    internal void Remove(RosNode node)
    {
        lock (_gate)
            _nodes.Remove(node);
    }
}
