using System.Diagnostics;
using System.Runtime.InteropServices;
using FerRos.Ros2.Rcl.Interop;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Rcl;

/// <summary>What a <see cref="RclWaitable"/> is in a wait set.</summary>
internal enum RclWaitableKind
{
    Subscription,
    Service,
    Client,
    Event,
}

/// <summary>
/// An entity in the wait set. The loop alone calls <see cref="Take"/>, and never after
/// <see cref="RclWaitLoop.RemoveAsync(RclWaitable)"/> has completed.
/// </summary>
internal abstract class RclWaitable(RclWaitableKind kind, RclHandle handle, string name)
{
    private volatile bool _removed;

    public RclWaitableKind Kind { get; } = kind;

    public RclHandle Handle { get; } = handle;

    /// <summary>Topic or service, for the log.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it left the loop; set while a take may still be running.</summary>
    public bool Removed
    {
        get => _removed;
        set => _removed = value;
    }

    /// <summary>Takes what is there and hands it on. On the wait thread.</summary>
    /// <exception cref="MiddlewareException">Taking failed.</exception>
    public abstract void Take();
}

/// <summary>
/// The one thread of a context that waits and takes. rcl's takes and waits are not thread-safe, and an entity must
/// not be finished while a wait set that waits holds it: the loop alone touches the wait set, and tells when an
/// entity has left it.
/// </summary>
internal sealed unsafe class RclWaitLoop : IDisposable
{
    // Index of the guard conditions that every wait set begins with.
    private const int InterruptIndex = 0;

    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(20);

    private readonly ILogger _logger;
    private readonly RclWaitSetHandle _waitSet;
    private readonly RclGuardConditionHandle _interrupt;
    private readonly Thread _thread;
    private readonly Action _graphChanged;

    private readonly Lock _gate = new();
    private readonly List<RclWaitable> _members = [];
    private readonly List<RclNodeHandle> _nodes = [];
    private readonly List<TaskCompletionSource> _leaving = [];
    private bool _changed = true;
    private bool _stopping;
    private bool _stopped;

    // The loop's own view of the members, by kind: index in the array = index in the wait set.
    private RclWaitable[] _subscriptions = [];
    private RclWaitable[] _services = [];
    private RclWaitable[] _clients = [];
    private RclWaitable[] _events = [];
    private nint[] _graphConditions = [];

    /// <summary>Starts waiting.</summary>
    /// <param name="context">The context.</param>
    /// <param name="logger">Where failures go.</param>
    /// <param name="graphChanged">Called on the wait thread after changes of the graph.</param>
    public RclWaitLoop(RclContextHandle context, ILogger logger, Action graphChanged)
    {
        _logger = logger;
        _graphChanged = graphChanged;
        _interrupt = new RclGuardConditionHandle(context);
        try
        {
            _waitSet = new RclWaitSetHandle(context);
        }
        catch
        {
            _interrupt.Dispose();
            throw;
        }

        _thread = new Thread(Run) { Name = "ROS 2 wait", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether the caller is on the wait thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Waits for an entity from now on.</summary>
    public void Add(RclWaitable member)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            _members.Add(member);
            _changed = true;
        }

        Interrupt();
    }

    /// <summary>Waits for changes of the graph that a node sees.</summary>
    public void Add(RclNodeHandle node)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            _nodes.Add(node);
            _changed = true;
        }

        Interrupt();
    }

    /// <summary>
    /// Stops waiting for an entity. When the task has completed, the wait set does not hold the entity, and its handler
    /// neither runs nor will run; on the wait thread itself (in a handler) that is so at once.
    /// </summary>
    public Task RemoveAsync(RclWaitable member)
    {
        member.Removed = true;
        lock (_gate)
        {
            return _members.Remove(member) ? LeaveLocked() : Task.CompletedTask;
        }
    }

    /// <summary>Stops waiting for changes of the graph that a node sees.</summary>
    public Task RemoveAsync(RclNodeHandle node)
    {
        lock (_gate)
        {
            return _nodes.Remove(node) ? LeaveLocked() : Task.CompletedTask;
        }
    }

    /// <summary>Stops the thread and frees the wait set. In a handler it does not wait for the thread, which ends after the handler.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping) return;
            _stopping = true;
        }

        Interrupt();
        if (!IsCurrent) _thread.Join();
    }

    private Task LeaveLocked()
    {
        _changed = true;
        if (_stopped || IsCurrent) return Task.CompletedTask;
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _leaving.Add(left);

        // Triggering the same guard condition from two threads at once is not allowed; the gate is held here.
        InterruptLocked();
        return left.Task;
    }

    private void Interrupt()
    {
        lock (_gate) InterruptLocked();
    }

    private void InterruptLocked()
    {
        if (_stopped) return;
        RclError.Check(NativeMethods.rcl_trigger_guard_condition(_interrupt), "Waking the wait thread");
    }

    private void Run()
    {
        try
        {
            while (Prepare())
            {
                var result = NativeMethods.rcl_wait(_waitSet.Pointer, -1);
                if (result is rcl_ret_t.OK or rcl_ret_t.TIMEOUT)
                {
                    Dispatch();
                }
                else
                {
                    _logger.WaitFailed(RclError.Failure(result, "Waiting").Message);
                    Thread.Sleep(PauseAfterError);
                }
            }
        }
        catch (MiddlewareException exception)
        {
            _logger.WaitFailed(exception.Message);
        }
        finally
        {
            lock (_gate)
            {
                _stopping = true;
                _stopped = true;
                foreach (var left in _leaving) left.SetResult();
                _leaving.Clear();
            }

            _waitSet.Dispose();
            _interrupt.Dispose();
        }
    }

    /// <summary>Fills the wait set for the next wait; false when the loop is to end.</summary>
    private bool Prepare()
    {
        lock (_gate)
        {
            if (_stopping) return false;
            if (_changed)
            {
                _changed = false;
                _subscriptions = Members(RclWaitableKind.Subscription);
                _services = Members(RclWaitableKind.Service);
                _clients = Members(RclWaitableKind.Client);
                _events = Members(RclWaitableKind.Event);
                _graphConditions = GraphConditions();
                RclError.Check(
                    NativeMethods.rcl_wait_set_resize(
                        _waitSet.Pointer,
                        (nuint)_subscriptions.Length,
                        (nuint)(_graphConditions.Length + 1),
                        0,
                        (nuint)_clients.Length,
                        (nuint)_services.Length,
                        (nuint)_events.Length),
                    "Resizing the wait set");
                foreach (var left in _leaving) left.SetResult();
                _leaving.Clear();
            }

            // Members stay referenced by the lists, so their memory is there; whoever removes one from now on
            // waits until the next round.
            Fill();
        }

        return true;
    }

    private void Fill()
    {
        var set = _waitSet.Pointer;
        RclError.Check(NativeMethods.rcl_wait_set_clear(set), "Clearing the wait set");
        nuint index;
        Added(NativeMethods.rcl_wait_set_add_guard_condition(set, _interrupt.Pointer, &index), index, InterruptIndex);
        for (var i = 0; i < _graphConditions.Length; i++)
            Added(NativeMethods.rcl_wait_set_add_guard_condition(set, _graphConditions[i], &index), index, i + 1);
        for (var i = 0; i < _subscriptions.Length; i++)
            Added(NativeMethods.rcl_wait_set_add_subscription(set, _subscriptions[i].Handle.Pointer, &index), index, i);
        for (var i = 0; i < _services.Length; i++)
            Added(NativeMethods.rcl_wait_set_add_service(set, _services[i].Handle.Pointer, &index), index, i);
        for (var i = 0; i < _clients.Length; i++)
            Added(NativeMethods.rcl_wait_set_add_client(set, _clients[i].Handle.Pointer, &index), index, i);
        for (var i = 0; i < _events.Length; i++)
            Added(NativeMethods.rcl_wait_set_add_event(set, _events[i].Handle.Pointer, &index), index, i);
    }

    private static void Added(int result, nuint index, int expected)
    {
        RclError.Check(result, "Adding to the wait set");
        Debug.Assert(index == (nuint)expected, "rcl numbers entries in the order of their addition");
    }

    private void Dispatch()
    {
        var arrays = _waitSet.Arrays;

        // Events first: who handles a sample may want to know that its publisher has matched.
        Dispatch(_events, arrays->events);
        Dispatch(_subscriptions, arrays->subscriptions);
        Dispatch(_services, arrays->services);
        Dispatch(_clients, arrays->clients);
        for (var i = 0; i < _graphConditions.Length; i++)
        {
            if (arrays->guard_conditions[i + 1] == 0) continue;
            _graphChanged();
            break;
        }
    }

    private void Dispatch(RclWaitable[] members, nint* ready)
    {
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[i];
            if (ready[i] == 0 || member.Removed) continue;

            // A handler may dispose of what it is called by; the samples it looks at stay until it returns.
            var referenced = false;
            try
            {
                member.Handle.DangerousAddRef(ref referenced);
                member.Take();
            }
            catch (ObjectDisposedException) when (!referenced)
            {
                // Disposed of between the wait and here.
            }
            catch (MiddlewareException exception)
            {
                _logger.TakeFailed(member.Name, exception.Message);
                Thread.Sleep(PauseAfterError);
            }
            finally
            {
                if (referenced) member.Handle.DangerousRelease();
            }
        }
    }

    private RclWaitable[] Members(RclWaitableKind kind) => [.. _members.Where(member => member.Kind == kind)];

    /// <summary>
    /// The guard conditions for changes of the graph, without repetition: RMWs have one for all nodes of a context, and
    /// whichever entry of a wait set is looked at first would consume the trigger of the others.
    /// </summary>
    private nint[] GraphConditions()
    {
        var seen = new HashSet<nint>();
        var conditions = new List<nint>();
        foreach (var node in _nodes)
        {
            var condition = NativeMethods.rcl_node_get_graph_guard_condition(node);
            if (condition != 0 && seen.Add(NativeMethods.rcl_guard_condition_get_rmw_handle(condition))) conditions.Add(condition);
        }

        return [.. conditions];
    }
}
