using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Dds;

/// <summary>
/// The embedded middleware: Cyclone DDS with topics, types and discovery data as rmw_cyclonedds_cpp writes them, so
/// that ROS nodes of any DDS-based RMW hear and see each other. Needs no ROS. Services work with rmw_cyclonedds_cpp only.
/// </summary>
internal sealed class DdsMiddleware : IMiddleware
{
    private readonly DdsParticipant _participant;
    private readonly Lock _gate = new();
    private readonly List<DdsNode> _nodes = [];
    private bool _disposed;

    /// <summary>Joins the domain.</summary>
    /// <exception cref="MiddlewareException">Cyclone DDS is missing or refuses, or an environment variable is wrong.</exception>
    public DdsMiddleware(MiddlewareOptions options)
        : this(options, Environment.GetEnvironmentVariable)
    {
    }

    /// <summary>Joins the domain with other environment variables than the process has.</summary>
    internal DdsMiddleware(MiddlewareOptions options, Func<string, string?> variable)
    {
        DdsConfiguration configuration = DdsConfiguration.Read(options.DomainId, variable, options.Logger);
        DomainId = DdsConfiguration.CheckDomain(configuration.DomainId);
        _participant = new DdsParticipant(configuration, options);
        DdsLog.Started(options.Logger, Name, DomainId, configuration.Range.ToString());
    }

    /// <inheritdoc/>
    public string Name => DdsLibrary.Version.Length > 0 ? $"dds (Cyclone DDS {DdsLibrary.Version})" : "dds (Cyclone DDS)";

    /// <inheritdoc/>
    public int DomainId { get; }

    /// <inheritdoc/>
    public IMiddlewareNode CreateNode(string name, string @namespace)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var node = new DdsNode(_participant, new NodeName(name, @namespace));
        lock (_gate)
            _nodes.Add(node);
        return node;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        DdsNode[] nodes;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            nodes = [.. _nodes];
        }

        foreach (DdsNode node in nodes)
            await node.DisposeAsync();
        _participant.Dispose();
    }
}
