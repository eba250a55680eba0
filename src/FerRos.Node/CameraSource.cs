using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>The camera's pictures: this node finds and follows the faces itself.</summary>
internal sealed class CameraSource : IAffectSource
{
    private readonly FrameHandover _handover;
    private readonly ImageInput _input;
    private readonly PerceptionWorker _worker;

    internal CameraSource(RosNode node, NodeOptions options, PerceptionPipeline pipeline, AffectOutput output)
    {
        _handover = new FrameHandover(options.Perception.MaxRate);
        _input = new ImageInput(node, options.Camera.Transport, _handover);
        _worker = new PerceptionWorker(node, pipeline, _handover, _input, output, options);
    }

    /// <inheritdoc/>
    public event Action<int>? PublisherCountChanged
    {
        add => _input.PublisherCountChanged += value;
        remove => _input.PublisherCountChanged -= value;
    }

    /// <inheritdoc/>
    public string Topic => _input.Topic;

    /// <inheritdoc/>
    public int PublisherCount => _input.PublisherCount;

    /// <inheritdoc/>
    public long Received => _input.Received;

    /// <inheritdoc/>
    public long Bad => _input.Bad;

    /// <inheritdoc/>
    public long Lost => _input.Lost;

    /// <inheritdoc/>
    public FrameHandover.Counts Pictures => _handover.Statistics;

    /// <inheritdoc/>
    public Task Completion => _worker.Completion;

    /// <inheritdoc/>
    public void Start() => _worker.Start();

    /// <inheritdoc/>
    public void RequestReset() => _worker.RequestReset();

    /// <inheritdoc/>
    public void Apply(NodeOptions options)
    {
        _handover.MaxRate = options.Perception.MaxRate;
        _worker.Apply(options);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _input.DisposeAsync().ConfigureAwait(false);
        _handover.Stop();
        await _worker.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _worker.DisposeAsync().ConfigureAwait(false);
    }
}
