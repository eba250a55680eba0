using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Rcl;

/// <summary>What publishers, subscriptions, services and clients have in common: an owner, events, a place in the wait loop.</summary>
internal abstract class RclEndpoint : IAsyncDisposable
{
    private readonly EndpointEventHandler? _events;
    private readonly List<RclEvent> _eventSources = [];
    private readonly HashSet<Gid> _otherTypes = [];
    private RclWaitable? _waitable;
    private InterfaceType? _type;
    private bool _isPublisher;
    private bool _countsMatches;
    private int _disposed;
    private int _matches;

    protected RclEndpoint(RclNode node, string name, EndpointEventHandler? events)
    {
        Node = node;
        Name = name;
        _events = events;
    }

    /// <summary>Fully qualified topic or service.</summary>
    public string Name { get; }

    public RclNode Node { get; }

    /// <summary>Whether someone wants to hear of what only the graph can tell.</summary>
    public bool WatchesGraph => _type is not null;

    protected ILogger Logger => Node.Middleware.Logger;

    protected abstract RclHandle EntityHandle { get; }

    /// <summary>Matched peers now.</summary>
    protected abstract int MatchCount { get; }

    /// <summary>Matched peers now, for whoever asks from outside: none once this is disposed of, which may happen on another thread at any moment.</summary>
    protected int MatchCountOrNone
    {
        get
        {
            try
            {
                return MatchCount;
            }
            catch (ObjectDisposedException)
            {
                return 0;
            }
        }
    }

    /// <summary>Stops events and samples, then leaves the graph. In a handler, returns completed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Node.Forget(this);
        foreach (var source in _eventSources)
        {
            await Node.Middleware.Loop.RemoveAsync(source).ConfigureAwait(false);
            source.Handle.Dispose();
        }

        if (_waitable is not null) await Node.Middleware.Loop.RemoveAsync(_waitable).ConfigureAwait(false);
        Release();
    }

    /// <summary>Enters the wait loop: from here on handlers are called.</summary>
    internal void Start()
    {
        foreach (var source in _eventSources) Node.Middleware.Loop.Add(source);
        if (_waitable is not null) Node.Middleware.Loop.Add(_waitable);
        if (WatchesGraph) CheckGraph();
    }

    /// <summary>Frees an endpoint that could not be started.</summary>
    internal void Abandon()
    {
        Interlocked.Exchange(ref _disposed, 1);
        foreach (var source in _eventSources) source.Handle.Dispose();
        Release();
    }

    /// <summary>
    /// Looks in the graph for peers on the topic that have another type, and, where neither distribution nor RMW has an
    /// event for it, for the number of matches. rmw's own event for types does not name the type, and some RMWs
    /// (Fast DDS) have it but never raise it. On the wait thread, or before the endpoint is known to anyone.
    /// </summary>
    internal void CheckGraph()
    {
        try
        {
            if (_countsMatches)
            {
                var now = MatchCount;
                if (Interlocked.Exchange(ref _matches, now) != now) Raise(new EndpointEvent(EndpointEventKind.Matched, now, ""));
            }

            foreach (var peer in RclGraph.Endpoints(Node.Handle, Name, publishers: !_isPublisher))
            {
                if (peer.Type.Length == 0 || peer.Type == _type!.Name) continue;
                lock (_otherTypes)
                {
                    if (!_otherTypes.Add(peer.Gid)) continue;
                }

                Raise(new EndpointEvent(EndpointEventKind.IncompatibleType, 1, peer.Type));
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed of meanwhile.
        }
        catch (MiddlewareException exception)
        {
            Logger.TakeFailed(Name, exception.Message);
        }
    }

    internal void Raise(EndpointEvent endpointEvent)
    {
        try
        {
            _events?.Invoke(in endpointEvent);
        }
#pragma warning disable CA1031 // A handler's failure must not end the wait thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.HandlerFailed(Name, exception);
        }
    }

    /// <summary>Frees the entity.</summary>
    protected virtual void Release() => EntityHandle.Dispose();

    /// <summary>Has the wait loop take for this endpoint.</summary>
    protected void TakeWith(RclWaitable waitable) => _waitable = waitable;

    /// <summary>Creates the sources of events, if anyone listens.</summary>
    protected void CreateEvents(InterfaceType type, bool publisher)
    {
        if (_events is null) return;
        _type = type;
        _isPublisher = publisher;
        try
        {
            foreach (var kind in RclEvent.Kinds)
            {
                if (RclEvent.Code(kind, publisher) is not { } code) continue;
                var source = RclLayout.Current.HasMatchedEvents || RclEvent.IsInHumble(kind) ? RclEventHandle.Create(EntityHandle, code) : null;
                if (source is not null) _eventSources.Add(new RclEvent(this, source, kind));
                else if (kind == EndpointEventKind.Matched) _countsMatches = true;
                else Logger.EventUnsupported(Node.Middleware.Name, kind, Name);
            }
        }
        catch
        {
            Abandon();
            throw;
        }
    }
}

/// <summary>A source of events in the wait loop.</summary>
internal sealed unsafe class RclEvent(RclEndpoint endpoint, RclEventHandle handle, EndpointEventKind kind)
    : RclWaitable(RclWaitableKind.Event, handle, endpoint.Name)
{
    private readonly nint _status = handle.Status;

    /// <summary>Events that rcl tells; types in conflict are found in the graph.</summary>
    public static ReadOnlySpan<EndpointEventKind> Kinds =>
    [
        EndpointEventKind.Matched,
        EndpointEventKind.IncompatibleQos,
        EndpointEventKind.SamplesLost,
    ];

    /// <summary>rcl_publisher_event_type_t or rcl_subscription_event_type_t (rcl/event.h); null where there is none.</summary>
    public static int? Code(EndpointEventKind kind, bool publisher) => (kind, publisher) switch
    {
        (EndpointEventKind.IncompatibleQos, _) => 2,
        (EndpointEventKind.Matched, true) => 4,
        (EndpointEventKind.SamplesLost, false) => 3,
        (EndpointEventKind.Matched, false) => 5,
        _ => null,
    };

    /// <summary>Events for matches came with Iron.</summary>
    public static bool IsInHumble(EndpointEventKind kind) => kind is EndpointEventKind.IncompatibleQos or EndpointEventKind.SamplesLost;

    public override void Take()
    {
        var result = NativeMethods.rcl_take_event(Handle.Pointer, (void*)_status);
        if (result == rcl_ret_t.EVENT_TAKE_FAILED)
        {
            RclError.Take();
            return;
        }

        RclError.Check(result, "Taking an event of", Name);
        if (Status() is { } status) endpoint.Raise(status);
    }

    /// <summary>What to tell; null when nothing changed since it was told last.</summary>
    private EndpointEvent? Status()
    {
        switch (kind)
        {
            case EndpointEventKind.Matched:
                var matched = (rmw_matched_status_t*)_status;
                return new EndpointEvent(kind, (int)matched->current_count, "");
            case EndpointEventKind.IncompatibleQos:
                var qos = (rmw_qos_incompatible_event_status_t*)_status;
                return qos->total_count_change == 0 ? null : new EndpointEvent(kind, qos->total_count_change, RclQos.PolicyName(qos->last_policy_kind));
            default:
                var lost = (rmw_message_lost_status_t*)_status;
                return lost->total_count_change == 0 ? null : new EndpointEvent(kind, (int)lost->total_count_change, "");
        }
    }
}
