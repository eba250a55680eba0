using System.Diagnostics.CodeAnalysis;
using FerRos.Node.Logging;
using FerRos.Ros2;
using FerRos.Ros2.Lifecycle;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>Puts the node into the graph, drives its life, and takes it out again when the host stops.</summary>
[SuppressMessage("Design", "CA1001", Justification = "StopAsync disposes what StartAsync made.")]
internal sealed partial class NodeService(
    RosContext context, NodeHostOptions options, LogLevels levels, RosoutSink rosout, IHostApplicationLifetime lifetime) : IHostedService
{
    /// <summary>Name of the node when no remap rule gives another.</summary>
    internal const string DefaultName = "ferros";

    private static readonly string[] Start = ["configure", "activate"];

    private RosNode? _node;
    private AffectNode? _affect;
    private LifecycleNode? _lifecycle;
    private NodeDiagnostics? _diagnostics;

    /// <summary>What the process returns.</summary>
    internal int ExitCode { get; private set; } = NodeHost.Success;

    /// <summary>What the node counts; null before the start.</summary>
    internal NodeStatistics? Statistics => _affect?.Statistics;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var node = context.CreateNode(DefaultName, new RosNodeOptions { Namespace = options.Namespace, LoggerLevels = new NodeLoggerLevels(levels) });
        _node = node;
        rosout.Rosout = node.Rosout;
        LogStarting(node.Logger, node.FullName, context.Middleware.Name, context.Middleware.DomainId);
        var parameters = new AffectNodeParameters(node.Parameters);
        foreach (var unknown in node.Parameters.Overrides.Keys.Except(node.Parameters.Names))
        {
            // Declared with the endpoint that they are about.
            if (!unknown.StartsWith(QosOverrides.Prefix, StringComparison.Ordinal)) LogUnknownParameter(node.Logger, unknown);
        }

        var affect = new AffectNode(node, parameters.Read);
        affect.Broken += _ => Fail();
        _affect = affect;
        var lifecycle = new LifecycleNode(node, affect);
        _lifecycle = lifecycle;
        var diagnostics = new NodeDiagnostics(node, affect, () => lifecycle.StateLabel, context.Middleware.Name, parameters.Read().Diagnostics);
        _diagnostics = diagnostics;
        parameters.Changed += changed =>
        {
            affect.Apply(changed);
            diagnostics.Apply(changed.Diagnostics);
        };
        if (!parameters.Autostart) return;

        foreach (var transition in Start)
        {
            if (await lifecycle.TriggerAsync(transition, cancellationToken).ConfigureAwait(false) == TransitionResult.Success) continue;
            Fail();
            break;
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_node is not { } node) return;
        LogStopping(node.Logger, _affect?.Statistics.Published ?? 0);
        if (_diagnostics is { } diagnostics) await diagnostics.DisposeAsync().ConfigureAwait(false);
        if (_lifecycle is { } lifecycle)
        {
            await lifecycle.TriggerAsync("shutdown", cancellationToken).ConfigureAwait(false);
            await lifecycle.DisposeAsync().ConfigureAwait(false);
        }

        if (_affect is { } affect) await affect.DisposeAsync().ConfigureAwait(false);
        rosout.Rosout = null;
        await node.DisposeAsync().ConfigureAwait(false);
    }

    private void Fail()
    {
        ExitCode = NodeHost.Failed;
        lifetime.StopApplication();
    }

    [LoggerMessage(1, LogLevel.Information, "Node {Name} over {Middleware}, domain {Domain}")]
    private static partial void LogStarting(ILogger logger, string name, string middleware, int domain);

    [LoggerMessage(2, LogLevel.Warning, "Parameter {Name} was given but the node has none of that name")]
    private static partial void LogUnknownParameter(ILogger logger, string name);

    [LoggerMessage(4, LogLevel.Information, "Stopping after {Pictures} pictures")]
    private static partial void LogStopping(ILogger logger, long pictures);
}
