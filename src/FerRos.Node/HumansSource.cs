using System.Collections.Concurrent;
using System.Diagnostics;
using FerRos.Interfaces.HriMsgs.Msg;
using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>
/// Another detector's faces: <c>/humans/faces/tracked</c> says which there are, and each face's <c>aligned</c> picture
/// (<c>cropped</c> where nobody publishes the other) is what the network sees. Published are <c>~/affect</c> and each face's
/// <c>expression</c>.
/// </summary>
internal sealed class HumansSource : IAffectSource
{
    /// <summary>The faces of one source picture come one after the other: this long is waited for the others.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>How often it is looked whether a face's aligned picture has a publisher.</summary>
    private const long LookInterval = 500;

    private readonly RosNode _node;
    private readonly AlignedFacePipeline _pipeline;
    private readonly AffectOutput _output;
    private readonly PersonBindings _bindings;
    private readonly HumansOutlet _humans;
    private readonly Subscription _tracked;
    // Null while the subscription is made: a list may come before the constructor is through.
    private readonly Follower? _follower;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Dictionary<string, HumansCrop> _crops = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _gone = new();
    private readonly List<(HumansCrop Crop, ImageFrame Frame)> _waiting = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _counting = new();
    private readonly Lock _lists = new();
    private HumansCrop.Totals _past;
    private NodeOptions _options;
    private NodeOptions? _changedOptions;
    private volatile string[] _ids = [];
    private volatile HumansCrop[] _active = [];
    private (long Stamp, string FrameId, long Arrival)? _emptied;
    private long _nextLook;
    private volatile bool _resetRequested;
    private volatile bool _stopped;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="MiddlewareException">hri_msgs is not there.</exception>
    internal HumansSource(RosNode node, NodeOptions options, AlignedFacePipeline pipeline, AffectOutput output, PersonBindings bindings)
    {
        _node = node;
        _options = options;
        _pipeline = pipeline;
        _output = output;
        _bindings = bindings;
        _humans = new HumansOutlet(node, output.Statistics, ownFaces: false);
        _humans.Apply(options.Humans);
        _thread = new Thread(Run) { Name = "perception", IsBackground = true };
        _tracked = node.CreateSubscription<IdsList>(HumansPublisher.Faces + "tracked", HumansPublisher.Newest, OnTracked);
        _follower = new Follower(FollowAsync, node.Logger);
        _follower.Wake();
    }

    /// <inheritdoc/>
    public event Action<int>? PublisherCountChanged
    {
        add => _tracked.PublisherCountChanged += value;
        remove => _tracked.PublisherCountChanged -= value;
    }

    /// <inheritdoc/>
    public string Topic => _tracked.Topic;

    /// <inheritdoc/>
    public int PublisherCount => _tracked.PublisherCount;

    /// <inheritdoc/>
    public long Received => Sum().Received;

    /// <inheritdoc/>
    public long Bad => Sum().Bad + _tracked.BadMessageCount;

    /// <inheritdoc/>
    public long Lost => Sum().Lost;

    /// <inheritdoc/>
    public FrameHandover.Counts Pictures => Sum().Pictures;

    /// <inheritdoc/>
    public Task Completion => _ended.Task;

    /// <inheritdoc/>
    public void Start() => _thread.Start();

    /// <inheritdoc/>
    public void RequestReset() => _resetRequested = true;

    /// <inheritdoc/>
    public void Apply(NodeOptions options)
    {
        _options = options;
        foreach (var crop in _active) crop.MaxRate = options.Perception.MaxRate;
        Interlocked.Exchange(ref _changedOptions, options);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tracked.DisposeAsync().ConfigureAwait(false);
        await _follower!.DisposeAsync().ConfigureAwait(false);
        foreach (var crop in _crops.Values) await crop.DisposeAsync().ConfigureAwait(false);
        _stopped = true;
        _arrived.Release();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _humans.DisposeAsync().ConfigureAwait(false);
        _arrived.Dispose();
    }

    private void OnTracked(IdsList list, in MessageInfo info)
    {
        var now = Environment.TickCount64;
        if (list.Ids.SequenceEqual(_ids))
        {
            if (list.Ids.Count == 0 || now < _nextLook) return;
        }
        else
        {
            // First: no picture of a face that has gone is published after the empty array.
            _ids = [.. list.Ids.Take(FaceTracker.Capacity)];
            if (list.Ids.Count == 0)
            {
                lock (_lists) _emptied = (RosTime.FromMessage(list.Header.Stamp).Nanoseconds, list.Header.FrameId, Stopwatch.GetTimestamp());
                _arrived.Release();
            }
        }

        _nextLook = now + LookInterval;
        _follower?.Wake();
    }

    /// <summary>Listens to the faces that are tracked, and no longer to those that have gone.</summary>
    private async Task FollowAsync()
    {
        var ids = _ids;
        foreach (var (id, crop) in _crops.ToArray())
        {
            if (ids.Contains(id)) continue;
            await crop.DisposeAsync().ConfigureAwait(false);
            lock (_counting)
            {
                _crops.Remove(id);
                _active = [.. _crops.Values];
                _past += crop.Sum();
            }

            _gone.Enqueue(id);
        }

        foreach (var id in ids)
        {
            if (_crops.TryGetValue(id, out var known))
            {
                await known.ChooseAsync().ConfigureAwait(false);
                continue;
            }

            try
            {
                _crops[id] = new HumansCrop(_node, id, _options.Perception.MaxRate, OnArrival);
                _active = [.. _crops.Values];
            }
            catch (InvalidNameException e)
            {
                HumansCrop.LogBadFace(_node.Logger, id, e.Message);
                _ids = [.. _ids.Where(other => other != id)];
            }
        }
    }

    private void OnArrival()
    {
        try
        {
            _arrived.Release();
        }
        catch (ObjectDisposedException)
        {
            // A last picture on the way out.
        }
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                var stopped = _stopped;
                _arrived.Wait(Patience);
                ApplyChanges();
                Gather();
                Look();
                if (stopped) break;
            }

            _ended.SetResult();
        }
#pragma warning disable CA1031 // Whatever ends this thread must reach the node, which decides.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _ended.SetException(e);
        }
    }

    private void ApplyChanges()
    {
        if (Volatile.Read(ref _changedOptions) is not null && Interlocked.Exchange(ref _changedOptions, null) is { } options)
        {
            _pipeline.Apply(options.Perception);
            _humans.Apply(options.Humans);
        }

        while (_gone.TryDequeue(out var id))
        {
            _humans.Remove(id);
            _bindings.ForgetFace(id);
        }

        if (!_resetRequested) return;
        _resetRequested = false;
        _pipeline.Reset();
    }

    /// <summary>Takes what waits, giving the other faces of the same picture a moment to come.</summary>
    private void Gather()
    {
        _waiting.Clear();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var crops = _active;
            foreach (var crop in crops)
            {
                // A frame is valid until the next one of its face is taken.
                if (!crop.IsTaken && crop.TryTake(out var frame)) _waiting.Add((crop, frame));
            }

            if (_waiting.Count == 0 || _waiting.Count >= crops.Length) break;
            var left = Gathering - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !_arrived.Wait(left)) break;
        }

        foreach (var (crop, _) in _waiting) crop.IsTaken = false;
        _waiting.Sort(static (left, right) => left.Frame.Stamp.CompareTo(right.Frame.Stamp));
    }

    private void Look()
    {
        // A face's last picture may come after the list that no longer has it.
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (!_ids.Contains(_waiting[i].Crop.Id)) _waiting.RemoveAt(i);
        }

        for (var first = 0; first < _waiting.Count;)
        {
            var frame = _waiting[first].Frame;
            _output.Begin(frame.Stamp);
            _pipeline.Begin(frame.Stamp, frame.Arrival, frame.FrameId);
            for (; first < _waiting.Count && _waiting[first].Frame.Stamp == frame.Stamp; first++)
                _pipeline.TryAdd(_waiting[first].Crop.Id, _waiting[first].Frame);
            Publish();
        }

        (long Stamp, string FrameId, long Arrival)? emptied;
        lock (_lists) (emptied, _emptied) = (_emptied, null);
        if (emptied is not { } empty) return;
        _pipeline.Begin(empty.Stamp, empty.Arrival, empty.FrameId);
        Publish();
    }

    private void Publish()
    {
        _output.Publish(_pipeline.Result);
        _humans.Publish(_pipeline.Result, null, null);
        _output.End();
    }

    private HumansCrop.Totals Sum()
    {
        lock (_counting)
        {
            var sum = _past;
            foreach (var crop in _active) sum += crop.Sum();
            return sum;
        }
    }
}
