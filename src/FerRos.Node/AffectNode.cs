using System.Diagnostics.CodeAnalysis;
using FerRos.Inference;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.StdSrvs.Srv;
using FerRos.Networks;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Ros2;
using FerRos.Ros2.Lifecycle;
using FerRos.Ros2.Rcl;
using FerRos.Torch;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>
/// The node: a thin layer between the graph and the pipelines of FerRos.Perception. Unconfigured it holds no model, inactive
/// it is loaded and silent, active it listens to the camera and publishes.
/// </summary>
internal sealed partial class AffectNode : ILifecycleCallbacks, IAsyncDisposable
{
    /// <summary>The network that runs when no other is named.</summary>
    internal const string DefaultModel = AffectNetworks.Default;

    /// <summary>How long a stop waits for subscribers to acknowledge what was published last.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(300);

    private readonly RosNode _node;
    private readonly Func<NodeOptions> _readOptions;
    private readonly ILogger _logger;
    private readonly QosProfile _affectQos;
    private readonly PersonBindings _persons;
    private readonly FacesInView _view = new();
    private readonly PictureGate _gate = new();
    private readonly BoundLayers _layers;
    private NodeOptions? _options;
    private PerceptionPipeline? _pipeline;
    private AlignedFacePipeline? _alignedPipeline;
    private Publisher<FaceAffectArray>? _affect;
    private HumansPersons? _humansPersons;
    private IAffectSource? _source;
    private Service? _reset;
    private PersonLearning? _learning;
    private AdaptationServices? _services;
    private PrivacyNotice? _notice;

    internal AffectNode(RosNode node, Func<NodeOptions> readOptions)
    {
        _node = node;
        _readOptions = readOptions;
        _logger = node.Logger;
        var options = readOptions();
        _persons = new PersonBindings(options.Humans.MatchThreshold);
        _layers = new BoundLayers(_persons);
        _view.Gap = options.Perception.SequenceGap;
        _view.FaceGone += _persons.ForgetFace;
        _view.FaceLost += face =>
        {
            if (_persons.DeselectFace(face) is { Length: > 0 } person) LogLost(_logger, person, face);
        };
        Statistics = new NodeStatistics(options.Diagnostics.Window);
        _affectQos = QosOverrides.ForPublisher(node, "~/affect", QosProfile.Default);
    }

    /// <summary>Raised when the perception thread broke: the node cannot go on by itself.</summary>
    internal event Action<Exception>? Broken;

    /// <summary>What is counted and timed; from the start of the node.</summary>
    internal NodeStatistics Statistics { get; }

    /// <summary>Where faces come from; null while inactive.</summary>
    internal IAffectSource? Source => _source;

    /// <summary>What runs the network; empty while unconfigured.</summary>
    internal string Device { get; private set; } = "";

    /// <summary>The options in force; null while unconfigured.</summary>
    internal NodeOptions? Options => _options;

    /// <summary>Takes changed options; they hold from the next picture on.</summary>
    internal void Apply(NodeOptions options)
    {
        _persons.Threshold = options.Humans.MatchThreshold;
        _view.Gap = options.Perception.SequenceGap;
        _learning?.Apply(options.Learning);
        _notice?.Apply(options.Learning.Enabled);
        if (_options is not null) _options = options;
        _source?.Apply(options);
    }

    /// <inheritdoc/>
    public ValueTask<TransitionResult> ConfigureAsync(CancellationToken cancellationToken)
    {
        var options = _readOptions();
        var models = options.Model.Directory.Length > 0 ? new ModelDirectory(options.Model.Directory) : ModelDirectory.Default();
        Model model;
        IReadOnlyList<string> classes;
        try
        {
            model = models.Load(options.Model.Name);
            if (options.Input == InputKind.Humans)
            {
                _alignedPipeline = AlignedFacePipeline.Create(options.Perception, model, Load);
                _alignedPipeline.WarmUp();
                classes = _alignedPipeline.Classes;
            }
            else
            {
                _pipeline = PerceptionPipeline.Load(options.Perception, models, model, Load);
                _pipeline.WarmUp();
                classes = _pipeline.Classes;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or NetworkException or PerceptionException or TorchException)
        {
            LogNoModel(_logger, options.Model.Name, e.Message);
            return ValueTask.FromResult(TransitionResult.Failure);
        }

        _options = options;
        _affect = _node.CreatePublisher<FaceAffectArray>("~/affect", _affectQos);
        BeginLearning(options.Learning, models, model, classes);
        LogConfigured(_logger, model.Name, Device, string.Join(", ", classes));
        return ValueTask.FromResult(TransitionResult.Success);

        INetworkRunner Load(Model loaded)
        {
            var runner = CreateRunner(loaded, options.Model);
            Device = runner.Device;
            return runner;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<TransitionResult> ActivateAsync(CancellationToken cancellationToken)
    {
        // Parameters may have changed since the model was loaded.
        var options = _readOptions();
        _options = options;
        if (options.Input == InputKind.Camera && options.Camera.Transport == ImageTransport.Compressed)
        {
            try
            {
                _ = Cv2.GetVersionString();
            }
            catch (OpenCvNotFoundException e)
            {
                LogNoOpenCv(_logger, e.Message);
                return TransitionResult.Failure;
            }
        }

        var output = new AffectOutput(_affect!, _persons, _view, _learning, _gate, Statistics, _node);
        try
        {
            if (options.Input == InputKind.Humans)
            {
                _alignedPipeline!.Apply(options.Perception);
                _source = new HumansSource(_node, options, _alignedPipeline, output, _persons);
            }
            else
            {
                _pipeline!.Apply(options.Perception);
                _source = new CameraSource(_node, options, _pipeline, output);
            }
        }
        catch (MissingTypeSupportException e)
        {
            LogNoHumans(_logger, e.Message);
            await StopAsync().ConfigureAwait(false);
            return TransitionResult.Failure;
        }

        var source = _source;
        _humansPersons = new HumansPersons(_node, _persons);
        _learning?.SetActive(true);
        source.PublisherCountChanged += count => LogSources(_logger, source.Topic, count);
        source.Start();
        // A parameter that was set in between has not reached the source.
        source.Apply(_readOptions());
        _ = WatchAsync(source);
        _reset = _node.CreateService(Trigger.Type, "~/reset", Reset);
        LogActive(_logger, source.Topic, _affect!.Topic);
        return TransitionResult.Success;
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

    /// <summary>Makes what runs a network where the options say. libtorch is loaded when it is first asked for.</summary>
    /// <exception cref="TorchException">libtorch is missing, or sees no GPU; the message says what to do.</exception>
    internal static INetworkRunner CreateRunner(Model model, ModelOptions options)
    {
        if (options.Device == "cpu") return CpuRunner.Create(model.Network, model.Weights, new CpuRunnerOptions { Threads = options.Threads });
        if (!torch.cuda.is_available())
            throw new TorchException($"device is '{options.Device}', and libtorch {torch.Version} sees no GPU: install a libtorch that was built for CUDA and its driver, or set device to cpu");
        return new TorchRunner(model.Network, model.Weights, torch.CUDA);
    }

    /// <summary>Opens the profiles and offers the services around them.</summary>
    private void BeginLearning(LearningOptions options, ModelDirectory models, Model model, IReadOnlyList<string> classes)
    {
        var general = _pipeline?.LastLayer ?? _alignedPipeline?.LastLayer;
        var library = general is null ? null : ProfileLibrary.Open(options.ProfileDirectory, models, model, general, _logger, _gate);
        _learning = new PersonLearning(library, _persons, _layers, _view, classes, options, _logger);
        _services = new AdaptationServices(_node, _learning);
        if (_pipeline is { } pipeline) pipeline.Persons = _layers;
        if (_alignedPipeline is { } aligned) aligned.Persons = _layers;
        if (library is not null) _notice = new PrivacyNotice(_node, options.ProfileDirectory, options.Enabled);
    }

    private ValueTask<Trigger.Response> Reset(Trigger.Request request, CancellationToken cancellationToken)
    {
        _persons.Clear();
        _source?.RequestReset();
        return ValueTask.FromResult(new Trigger.Response { Success = true, Message = "tracks, sequences and bindings start afresh with the next picture" });
    }

    /// <summary>Stops listening, has what was received processed and published, and ends the thread.</summary>
    private async ValueTask StopAsync()
    {
        _learning?.SetActive(false);
        if (_reset is { } reset) await reset.DisposeAsync().ConfigureAwait(false);
        _reset = null;
        if (_humansPersons is { } persons) await persons.DisposeAsync().ConfigureAwait(false);
        _humansPersons = null;
        if (_source is { } source)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            _affect?.WaitForAcknowledgements(DrainTime);
        }

        _source = null;
        // The next activation shall not continue sequences of before.
        _pipeline?.Reset();
        _alignedPipeline?.Reset();
        _view.Clear();
        _persons.Clear();
    }

    private async ValueTask ReleaseAsync()
    {
        if (_services is { } services) await services.DisposeAsync().ConfigureAwait(false);
        _services = null;
        if (_learning is { } learning) await learning.DisposeAsync().ConfigureAwait(false);
        _learning = null;
        if (_notice is { } notice) await notice.DisposeAsync().ConfigureAwait(false);
        _notice = null;
        if (_affect is { } affect) await affect.DisposeAsync().ConfigureAwait(false);
        _affect = null;
        _pipeline?.Dispose();
        _pipeline = null;
        _alignedPipeline?.Dispose();
        _alignedPipeline = null;
        _options = null;
        Device = "";
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever broke the perception thread is reported; the node decides.")]
    private async Task WatchAsync(IAffectSource source)
    {
        try
        {
            await source.Completion.ConfigureAwait(false);
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
    private static partial void LogSources(ILogger logger, string topic, int count);

    [LoggerMessage(14, LogLevel.Error, "image_transport is compressed, which needs OpenCV: {Reason}")]
    private static partial void LogNoOpenCv(ILogger logger, string reason);

    [LoggerMessage(15, LogLevel.Critical, "The perception thread ended by an error")]
    private static partial void LogBroken(ILogger logger, Exception exception);

    [LoggerMessage(17, LogLevel.Information, "The face {Face} of {Person} was out of sight: it is nobody's until someone says whose it is")]
    private static partial void LogLost(ILogger logger, string person, string face);

    [LoggerMessage(16, LogLevel.Error, "input is humans, which needs the package hri_msgs: {Reason}")]
    private static partial void LogNoHumans(ILogger logger, string reason);
}
