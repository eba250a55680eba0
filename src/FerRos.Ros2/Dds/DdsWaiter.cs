using FerRos.Ros2.Dds.Interop;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Dds;

/// <summary>
/// The participant's one thread: waits for data and events of all its endpoints and calls their handlers, one after
/// the other. Steady state allocates nothing.
/// </summary>
internal sealed unsafe class DdsWaiter : IDisposable
{
    private readonly ILogger _logger;
    private readonly DdsEntity _waitset;
    private readonly DdsEntity _guard;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private Action?[] _handlers = new Action?[64];
    private int _count = 1; // Cookie 0 is the guard.
    private volatile bool _stopping;

    public DdsWaiter(DdsEntity participant, string name, ILogger logger)
    {
        _logger = logger;
        _waitset = DdsEntity.Own(Ddsc.dds_create_waitset(participant.Id), "create a waitset", participant);
        _guard = DdsEntity.Own(Ddsc.dds_create_guardcondition(participant.Id), "create a guard condition", participant);
        DdsResult.Check(Ddsc.dds_waitset_attach(_waitset.Id, _guard.Id, 0), "attach the guard condition");
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Begins to wait.</summary>
    public void Start() => _thread.Start();

    /// <summary>Calls the handler whenever the entity has something to tell. Handlers must reset what triggered them.</summary>
    /// <returns>The attachment, for <see cref="Detach"/>.</returns>
    public int Attach(DdsEntity entity, Action handler)
    {
        int slot;
        lock (_gate)
        {
            slot = Array.IndexOf(_handlers, null, 1, _count - 1);
            if (slot < 0)
            {
                if (_count == _handlers.Length)
                    Array.Resize(ref _handlers, _count * 2);
                slot = _count++;
            }

            _handlers[slot] = handler;
        }

        try
        {
            DdsResult.Check(Ddsc.dds_waitset_attach(_waitset.Id, entity.Id, slot), "attach an entity to the waitset");
        }
        catch
        {
            Release(slot);
            throw;
        }

        return slot;
    }

    /// <summary>Ends the calls. One that runs at this moment may still end on the waiting thread.</summary>
    public void Detach(DdsEntity entity, int slot)
    {
        if (!_waitset.IsClosed && !entity.IsClosed)
            _ = Ddsc.dds_waitset_detach(_waitset.Id, entity.Id);
        Release(slot);
    }

    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _ = Ddsc.dds_set_guardcondition(_guard.Id, true);
        if (Thread.CurrentThread != _thread && _thread.IsAlive)
            _thread.Join();
        _guard.Dispose();
        _waitset.Dispose();
    }

    private void Release(int slot)
    {
        lock (_gate)
            _handlers[slot] = null;
    }

    private void Run()
    {
        nint[] ready = new nint[64];
        while (!_stopping)
        {
            int count;
            fixed (nint* p = ready)
                count = Ddsc.dds_waitset_wait(_waitset.Id, p, (nuint)ready.Length, Ddsc.Infinity);
            if (_stopping)
                return;
            if (count < 0)
            {
                DdsLog.WaitFailed(_logger, DdsResult.Describe(count));
                Thread.Sleep(100);
                continue;
            }

            // The library reports the first ones only: with room for all, a busy entity cannot starve a later one.
            int reported = Math.Min(count, ready.Length);
            for (int i = 0; i < reported && !_stopping; i++)
                Dispatch(ready[i]);
            if (count > ready.Length)
                ready = new nint[count * 2];
        }
    }

    private void Dispatch(nint cookie)
    {
        if (cookie == 0)
        {
            byte triggered;
            _ = Ddsc.dds_take_guardcondition(_guard.Id, &triggered);
            return;
        }

        Action? handler;
        lock (_gate)
            handler = _handlers[cookie];
        if (handler is null)
            return;
#pragma warning disable CA1031 // Whatever a handler throws, the other endpoints go on.
        try
        {
            handler();
        }
        catch (Exception exception)
        {
            DdsLog.HandlerFailed(_logger, exception);
        }
#pragma warning restore CA1031
    }
}
