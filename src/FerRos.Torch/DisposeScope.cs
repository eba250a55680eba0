namespace FerRos.Torch;

/// <summary>
/// Disposes the tensors that were made on its thread while it was the innermost scope:
/// <c>using var scope = torch.NewDisposeScope();</c>. A tensor that shall live on is moved out.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    private readonly HashSet<torch.Tensor> _tensors = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScopeManager _manager;
    private bool _disposed;

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer)
    {
        _manager = manager;
        OuterScope = outer;
    }

    /// <summary>The scope around this one.</summary>
    public DisposeScope? OuterScope { get; }

    /// <summary>Number of tensors that it would dispose now.</summary>
    public int Count => _tensors.Count;

    /// <summary>Takes tensors over from the scopes that they are in.</summary>
    public void Attach(params ReadOnlySpan<torch.Tensor> tensors)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        foreach (var tensor in tensors)
        {
            tensor.Scope?.Detach(tensor);
            Add(tensor);
            _manager.Statistics.AttachedToScopeCount++;
        }
    }

    /// <summary>Lets tensors go: only their own Dispose releases them then.</summary>
    public void Detach(params ReadOnlySpan<torch.Tensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            if (_tensors.Remove(tensor))
            {
                tensor.Scope = null;
                _manager.Statistics.DetachedFromScopeCount++;
            }
        }
    }

    /// <summary>Hands tensors to the scope around this one; without one, lets them go.</summary>
    public void MoveToOuter(params ReadOnlySpan<torch.Tensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            if (!_tensors.Remove(tensor))
                continue;
            tensor.Scope = null;
            if (OuterScope is null)
                _manager.Statistics.DetachedFromScopeCount++;
            else
                OuterScope.Add(tensor);
        }
    }

    /// <summary>Disposes all of its tensors.</summary>
    public void DisposeEverything()
    {
        foreach (var tensor in _tensors.ToArray())
            tensor.Dispose();
    }

    /// <summary>Disposes its tensors and closes it. Scopes that were opened in it and forgotten close with it.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _manager.Close(this);
        DisposeEverything();
        _disposed = true;
    }

    internal void Add(torch.Tensor tensor)
    {
        _tensors.Add(tensor);
        tensor.Scope = this;
    }

    internal void Remove(torch.Tensor tensor) => _tensors.Remove(tensor);
}

/// <summary>Counts of one thread's tensors since the last <see cref="Reset"/>.</summary>
public sealed class DisposeScopeStatistics
{
    /// <summary>Made while no scope was open.</summary>
    public long CreatedOutsideScopeCount { get; internal set; }

    /// <summary>Made in a scope.</summary>
    public long CreatedInScopeCount { get; internal set; }

    /// <summary>Disposed while in a scope, by it or by themselves.</summary>
    public long DisposedInScopeCount { get; internal set; }

    /// <summary>Disposed while in no scope.</summary>
    public long DisposedOutsideScopeCount { get; internal set; }

    /// <summary>Taken over by a scope.</summary>
    public long AttachedToScopeCount { get; internal set; }

    /// <summary>Let go by a scope.</summary>
    public long DetachedFromScopeCount { get; internal set; }

    /// <summary>Made and not disposed yet.</summary>
    public long ThreadTotalLiveCount =>
        CreatedInScopeCount + CreatedOutsideScopeCount - DisposedInScopeCount - DisposedOutsideScopeCount;

    /// <summary>Sets all counts to 0.</summary>
    public void Reset()
    {
        CreatedOutsideScopeCount = CreatedInScopeCount = 0;
        DisposedInScopeCount = DisposedOutsideScopeCount = 0;
        AttachedToScopeCount = DetachedFromScopeCount = 0;
    }
}

/// <summary>The scopes of one thread.</summary>
#pragma warning disable CA1001 // The scopes belong to those who opened them.
public sealed class DisposeScopeManager
#pragma warning restore CA1001
{
    [ThreadStatic]
    private static DisposeScopeManager? _ofThread;

    private DisposeScope? _current;

    private DisposeScopeManager()
    {
    }

    /// <summary>Counts of the current thread.</summary>
    public static DisposeScopeStatistics ThreadStatistics => OfThread.Statistics;

    internal DisposeScopeStatistics Statistics { get; } = new();

    private static DisposeScopeManager OfThread => _ofThread ??= new DisposeScopeManager();

    internal static DisposeScope Open()
    {
        var manager = OfThread;
        return manager._current = new DisposeScope(manager, manager._current);
    }

    internal static void Created(torch.Tensor tensor)
    {
        var manager = OfThread;
        if (manager._current is { } scope)
        {
            scope.Add(tensor);
            manager.Statistics.CreatedInScopeCount++;
        }
        else
        {
            manager.Statistics.CreatedOutsideScopeCount++;
        }
    }

    internal static void Disposed(torch.Tensor tensor)
    {
        var statistics = OfThread.Statistics;
        if (tensor.Scope is { } scope)
        {
            scope.Remove(tensor);
            tensor.Scope = null;
            statistics.DisposedInScopeCount++;
        }
        else
        {
            statistics.DisposedOutsideScopeCount++;
        }
    }

    internal void Close(DisposeScope scope)
    {
        for (var open = _current; open is not null; open = open.OuterScope)
        {
            if (open != scope)
                continue;
            for (var inner = _current; inner != scope; inner = inner!.OuterScope)
                inner!.DisposeEverything();
            _current = scope.OuterScope;
            return;
        }

        throw new InvalidOperationException("a DisposeScope must be disposed on the thread that opened it");
    }
}
