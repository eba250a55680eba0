using System.Diagnostics.CodeAnalysis;
using FerRos.Inference;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.StdSrvs.Srv;
using FerRos.Networks;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Ros2;
using FerRos.Ros2.Lifecycle;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>
/// The node: a thin layer between the graph and <see cref="PerceptionPipeline"/>. Unconfigured it holds no model, inactive
/// it is loaded and silent, active it listens to the camera and publishes.
/// </summary>
internal sealed partial class AffectNode : ILifecycleCallbacks, IAsyncDisposable
{
    /// <summary>The network that runs when no other is named.</summary>
    internal const string DefaultModel = "facechannel-v1-fer8";

    /// <summary>How long a stop waits for subscribers to acknowledge what was published last.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(300);

    private readonly RosNode _node;
    private readonly Func<NodeOptions> _readOptions;
    private readonly ILogger _logger;
    private NodeOptions? _options;
    private PerceptionPipeline? _pipeline;
    private Publisher<FaceAffectArray>? _affect;
    private ImageInput? _input;
    private FrameHandover? _handover;
    private PerceptionWorker? _worker;
    private Service? _reset;

    internal AffectNode(RosNode node, Func<NodeOptions> readOptions)
    {
        _node = node;
        _readOptions = readOptions;
        _logger = node.Logger;
    }

    /// <summary>Raised when the perception thread broke: the node cannot go on by itself.</summary>
    internal event Action<Exception>? Broken;

    /// <summary>What is counted and timed; from the start of the node.</summary>
    internal NodeStatistics Statistics { get; } = new();

    /// <summary>What the camera side counts; null while inactive.</summary>
    internal ImageInput? Input => _input;

    /// <summary>What became of the pictures since the last activation; null while inactive.</summary>
    internal FrameHandover.Counts? Pictures => _handover?.Statistics;

    /// <summary>What runs the network; empty while unconfigured.</summary>
    internal string Device { get; private set; } = "";

    /// <summary>The options in force; null while unconfigured.</summary>
    internal NodeOptions? Options => _options;

    /// <inheritdoc/>
    public ValueTask<TransitionResult> ConfigureAsync(CancellationToken cancellationToken)
    {
        var options = _readOptions();
        var models = options.Model.Directory.Length > 0 ? new ModelDirectory(options.Model.Directory) : ModelDirectory.Default();
        try
        {
            _pipeline = PerceptionPipeline.Load(options.Perception, models, options.Model.Name, model =>
            {
                var runner = CpuRunner.Create(model.Network, model.Weights, new CpuRunnerOptions { Threads = options.Model.Threads });
                Device = runner.Device;
                return runner;
            });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or NetworkException or PerceptionException)
        {
            LogNoModel(_logger, options.Model.Name, e.Message);
            return ValueTask.FromResult(TransitionResult.Failure);
        }

        _options = options;
        _affect = _node.CreatePublisher<FaceAffectArray>("~/affect");
        LogConfigured(_logger, _pipeline.Model, Device, string.Join(", ", _pipeline.Classes));
        return ValueTask.FromResult(TransitionResult.Success);
    }

    /// <inheritdoc/>
    public ValueTask<TransitionResult> ActivateAsync(CancellationToken cancellationToken)
    {
        var options = _options!;
        if (options.Camera.Transport == ImageTransport.Compressed)
        {
            try
            {
                _ = Cv2.GetVersionString();
            }
            catch (OpenCvNotFoundException e)
            {
                LogNoOpenCv(_logger, e.Message);
                return ValueTask.FromResult(TransitionResult.Failure);
            }
        }

        _handover = new FrameHandover(options.Perception.MaxRate);
        _input = new ImageInput(_node, options.Camera.Transport, _handover);
        _input.PublisherCountChanged += count => LogCameras(_logger, _input.Topic, count);
        _worker = new PerceptionWorker(_pipeline!, _handover, _affect!, Statistics, _input, _logger);
        _worker.Start();
        _ = WatchAsync(_worker);
        _reset = _node.CreateService(Trigger.Type, "~/reset", Reset);
        LogActive(_logger, _input.Topic, _affect!.Topic);
        return ValueTask.FromResult(TransitionResult.Success);
    }

    /// <inheritdoc/>
    public async ValueTask<TransitionResult> DeactivateAsync(CancellationToken cancellationToken)
    {
        await StopAsync().ConfigureAwait(false);
        return TransitionResult.Success;
    }

    /// <inheritdoc/>
    public async ValueTask<TransitionResult> CleanUpAsync(CancellationToken cancellationToken)
    {
        await ReleaseAsync().ConfigureAwait(false);
        return TransitionResult.Success;
    }

    /// <inheritdoc/>
    public async ValueTask<TransitionResult> ShutDownAsync(LifecycleState from, CancellationToken cancellationToken)
    {
        await StopAsync().ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        return TransitionResult.Success;
    }

    /// <inheritdoc/>
    public async ValueTask<TransitionResult> HandleErrorAsync(Exception? exception, CancellationToken cancellationToken)
    {
        await StopAsync().ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        return TransitionResult.Success;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
    }

    private ValueTask<Trigger.Response> Reset(Trigger.Request request, CancellationToken cancellationToken)
    {
        _worker?.RequestReset();
        return ValueTask.FromResult(new Trigger.Response { Success = true, Message = "tracks and sequences start afresh with the next picture" });
    }

    /// <summary>Stops listening, has what was received processed and published, and ends the thread.</summary>
    private async ValueTask StopAsync()
    {
        if (_reset is { } reset) await reset.DisposeAsync().ConfigureAwait(false);
        _reset = null;
        if (_input is { } input) await input.DisposeAsync().ConfigureAwait(false);
        _handover?.Stop();
        if (_worker is { } worker)
        {
            await ((Task)worker.Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _affect?.WaitForAcknowledgements(DrainTime);
        }

        _worker = null;
        _input = null;
        _handover = null;
        // The next activation shall not continue sequences of before.
        _pipeline?.Reset();
    }

    private async ValueTask ReleaseAsync()
    {
        if (_affect is { } affect) await affect.DisposeAsync().ConfigureAwait(false);
        _affect = null;
        _pipeline?.Dispose();
        _pipeline = null;
        _options = null;
        Device = "";
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever broke the perception thread is reported; the node decides.")]
    private async Task WatchAsync(PerceptionWorker worker)
    {
        try
        {
            await worker.Completion.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogBroken(_logger, e);
            Broken?.Invoke(e);
        }
    }

    [LoggerMessage(10, LogLevel.Information, "Configured: {Model} on {Device}; classes {Classes}")]
    private static partial void LogConfigured(ILogger logger, string model, string device, string classes);

    [LoggerMessage(11, LogLevel.Error, "Cannot load the model {Model}: {Reason}")]
    private static partial void LogNoModel(ILogger logger, string model, string reason);

    [LoggerMessage(12, LogLevel.Information, "Active: listening to {Input}, publishing on {Output}")]
    private static partial void LogActive(ILogger logger, string input, string output);

    [LoggerMessage(13, LogLevel.Information, "Publishers on {Topic}: {Count}")]
    private static partial void LogCameras(ILogger logger, string topic, int count);

    [LoggerMessage(14, LogLevel.Error, "image_transport is compressed, which needs OpenCV: {Reason}")]
    private static partial void LogNoOpenCv(ILogger logger, string reason);

    [LoggerMessage(15, LogLevel.Critical, "The perception thread ended by an error")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
