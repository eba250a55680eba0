using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>A node and its endpoints.</summary>
internal sealed class RclNode(RclMiddleware middleware, RclNodeHandle handle) : IMiddlewareNode
{
    private readonly Lock _gate = new();
    private readonly HashSet<RclEndpoint> _endpoints = [];
    private RclEndpoint[] _watching = [];
    private bool _disposed;

    /// <inheritdoc/>
    public event Action? GraphChanged;

    public RclMiddleware Middleware { get; } = middleware;

    public RclNodeHandle Handle { get; } = handle;

    /// <inheritdoc/>
    public IMiddlewarePublisher CreatePublisher(string topic, InterfaceType type, QosProfile qos, EndpointEventHandler? events = null)
    {
        ThrowIfDisposed();
        return Own(new RclPublisher(this, topic, type, qos, events));
    }

    /// <inheritdoc/>
    public IMiddlewareSubscription CreateSubscription(string topic, InterfaceType type, QosProfile qos, SampleHandler handler, EndpointEventHandler? events = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfDisposed();
        return Own(new RclSubscription(this, topic, type, qos, handler, events));
    }

    /// <inheritdoc/>
    public IMiddlewareService CreateService(string service, ServiceInterfaceType type, QosProfile qos, RequestHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfDisposed();
        return Own(new RclService(this, service, type, qos, handler));
    }

    /// <inheritdoc/>
    public IMiddlewareClient CreateClient(string service, ServiceInterfaceType type, QosProfile qos, ResponseHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfDisposed();
        return Own(new RclClient(this, service, type, qos, handler));
    }

    /// <inheritdoc/>
    public IReadOnlyList<NodeName> GetNodeNames() => RclGraph.NodeNames(Handle);

    /// <inheritdoc/>
    public IReadOnlyList<NameAndTypes> GetTopicNamesAndTypes() => RclGraph.Topics(Handle);

    /// <inheritdoc/>
    public IReadOnlyList<NameAndTypes> GetServiceNamesAndTypes() => RclGraph.Services(Handle);

    /// <inheritdoc/>
    public IReadOnlyList<TopicEndpoint> GetPublishers(string topic) => RclGraph.Endpoints(Handle, topic, publishers: true);

    /// <inheritdoc/>
    public IReadOnlyList<TopicEndpoint> GetSubscriptions(string topic) => RclGraph.Endpoints(Handle, topic, publishers: false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        RclEndpoint[] endpoints;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            endpoints = [.. _endpoints];
        }

        foreach (var endpoint in endpoints) await endpoint.DisposeAsync().ConfigureAwait(false);
        Middleware.Forget(this);
        await Middleware.Loop.RemoveAsync(Handle).ConfigureAwait(false);
        Handle.Dispose();
    }

    internal void Forget(RclEndpoint endpoint)
    {
        lock (_gate)
        {
            _endpoints.Remove(endpoint);
            _watching = [.. _endpoints.Where(e => e.WatchesGraph)];
        }
    }

    /// <summary>On the wait thread.</summary>
    internal void OnGraphChanged()
    {
        foreach (var endpoint in _watching) endpoint.CheckGraph();
        var handlers = GraphChanged;
        if (handlers is null) return;
        try
        {
            handlers();
        }
#pragma warning disable CA1031 // A handler's failure must not end the wait thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Middleware.Logger.HandlerFailed("graph", exception);
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    private T Own<T>(T endpoint)
        where T : RclEndpoint
    {
        try
        {
            lock (_gate)
            {
                ThrowIfDisposed();
                _endpoints.Add(endpoint);
                _watching = [.. _endpoints.Where(e => e.WatchesGraph)];
            }

            endpoint.Start();
            return endpoint;
        }
        catch
        {
            Forget(endpoint);
            endpoint.Abandon();
            throw;
        }
    }
}
