using FerRos.Ros2;
using FerRos.Ros2.Middleware;

namespace FerRos.Cli.Graph;

/// <summary>A short visit to the graph: a hidden node, and waiting until the graph has been heard.</summary>
internal sealed class GraphSession : IAsyncDisposable
{
    /// <summary>
    /// Discovery is complete when nothing new has been heard for this long. A Fast DDS peer is known after 0.9 s, and tells
    /// its nodes 1.9 s later.
    /// </summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(2500);

    private readonly RosContext _context;
    private readonly ConsoleLoggerFactory _loggers;

    private GraphSession(RosContext context, ConsoleLoggerFactory loggers, RosNode node)
    {
        _context = context;
        _loggers = loggers;
        Node = node;
    }

    /// <summary>The ROS domain.</summary>
    public int Domain => _context.Middleware.DomainId;

    /// <summary>The node; its name begins with an underscore, so that tools hide it.</summary>
    public RosNode Node { get; }

    /// <summary>Joins the graph.</summary>
    public static GraphSession Open(string command, RosArguments arguments, MiddlewareKind middleware, TextWriter error)
    {
        // Types are asked for by name: those of the interfaces' assembly must be known before the first is used.
        Interfaces.InterfaceCatalog.Register();
        ConsoleLoggerFactory loggers = new(error, ConsoleLoggerFactory.Minimum(arguments));
        RosContext context = RosContext.Create(arguments, new RosContextOptions { Middleware = middleware, LoggerFactory = loggers });
        RosNode node = context.CreateNode($"_ferros_{command}_{Environment.ProcessId}", new RosNodeOptions { StartParameterServices = false, EnableRosout = false });
        return new GraphSession(context, loggers, node);
    }

    /// <summary>Waits until the graph has been quiet for a moment, but not longer than the limit.</summary>
    public async Task SettleAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        long changed = Environment.TickCount64;
        void OnChange() => Interlocked.Exchange(ref changed, Environment.TickCount64);
        Node.GraphChanged += OnChange;
        try
        {
            long start = Environment.TickCount64;
            while (Environment.TickCount64 - start < limit.TotalMilliseconds
                && Environment.TickCount64 - Math.Max(start, Interlocked.Read(ref changed)) < Quiet.TotalMilliseconds)
            {
                await Task.Delay(20, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Node.GraphChanged -= OnChange;
        }
    }

    /// <summary>Waits until something is in the graph; the default value when the time ran out.</summary>
    public static async Task<T?> WaitForAsync<T>(Func<T?> find, TimeSpan limit, CancellationToken cancellationToken)
        where T : class
    {
        long start = Environment.TickCount64;
        while (true)
        {
            if (find() is { } found) return found;
            if (Environment.TickCount64 - start >= limit.TotalMilliseconds) return null;
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>QoS with which a subscription hears all publishers that are there, reliably where all of them are.</summary>
    public static QosProfile MatchingQos(IReadOnlyList<TopicEndpoint> publishers) => QosProfile.Default with
    {
        Depth = 100,
        Reliability = publishers.Any(p => p.Qos.Reliability == QosReliability.BestEffort) ? QosReliability.BestEffort : QosReliability.Reliable,
        Durability = publishers.Count > 0 && publishers.All(p => p.Qos.Durability == QosDurability.TransientLocal)
            ? QosDurability.TransientLocal
            : QosDurability.Volatile,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync().ConfigureAwait(false);
        _loggers.Dispose();
    }
}
