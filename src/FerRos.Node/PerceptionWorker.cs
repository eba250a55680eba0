using System.Diagnostics;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>
/// The perception thread: takes the newest picture, has the pipeline look at it, publishes what it saw. Allocates nothing
/// per picture once warm.
/// </summary>
internal sealed class PerceptionWorker : IAsyncDisposable
{
    /// <summary>How long a change of options waits for the next picture when the camera is silent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly PerceptionPipeline _pipeline;
    private readonly FrameHandover _handover;
    private readonly ImageInput _input;
    private readonly AffectOutput _output;
    private readonly DebugImage _debugImage;
    private readonly HumansOutlet _humans;
    private readonly Thread _thread;
    private readonly ImageFrame _decodedFrame = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NodeOptions? _changedOptions;
    private Mat? _decoded;
    private volatile bool _resetRequested;

    internal PerceptionWorker(
        RosNode node,
        PerceptionPipeline pipeline,
        FrameHandover handover,
        ImageInput input,
        AffectOutput output,
        NodeOptions options)
    {
        _pipeline = pipeline;
        _handover = handover;
        _input = input;
        _output = output;
        _debugImage = new DebugImage(node, output.Statistics);
        _humans = new HumansOutlet(node, output.Statistics, ownFaces: true);
        _humans.Apply(options.Humans);
        _thread = new Thread(Run) { Name = "perception", IsBackground = true };
    }

    /// <summary>Ends when the thread has ended; faulted when it broke.</summary>
    internal Task Completion => _ended.Task;

    internal void Start() => _thread.Start();

    /// <summary>Has tracks and sequences started afresh before the next picture.</summary>
    internal void RequestReset() => _resetRequested = true;

    /// <summary>Has changed options applied between two pictures.</summary>
    internal void Apply(NodeOptions options) => Interlocked.Exchange(ref _changedOptions, options);

    /// <summary>Takes the topics out of the graph; the thread has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _humans.DisposeAsync().ConfigureAwait(false);
        await _debugImage.DisposeAsync().ConfigureAwait(false);
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                // Read first: what came before the stop is still taken.
                var stopped = _handover.IsStopped;
                var taken = _handover.TryTake(Patience, out var frame);
                ApplyChanges();
                if (frame is not null && taken) Look(frame);
                else if (stopped) break;
            }

            _ended.SetResult();
        }
#pragma warning disable CA1031 // Whatever ends this thread must reach the node, which decides.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _ended.SetException(e);
        }
        finally
        {
            _decoded?.Dispose();
        }
    }

    private void ApplyChanges()
    {
        if (Volatile.Read(ref _changedOptions) is not null && Interlocked.Exchange(ref _changedOptions, null) is { } options)
        {
            _pipeline.Apply(options.Perception);
            _humans.Apply(options.Humans);
        }

        if (!_resetRequested) return;
        _resetRequested = false;
        _pipeline.Reset();
    }

    private void Look(ImageFrame frame)
    {
        _output.Begin(frame.Stamp);
        if (frame.Format != PixelFormat.Encoded) Process(frame);
        else if (TryDecode(frame)) Process(_decodedFrame);
        _output.End();
    }

    private void Process(ImageFrame frame)
    {
        var result = _pipeline.Process(frame);
        _output.Publish(result);
        _humans.Publish(result, frame, _pipeline.Aligner);
        _debugImage.Publish(result, frame);
    }

    private bool TryDecode(ImageFrame frame)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            _decoded ??= new Mat();
            if (!Cv2.ImDecode(frame.Data, ImreadModes.Color, _decoded))
            {
                Reject("the data cannot be decoded: cut short or damaged");
                return false;
            }

            _decodedFrame.Load(
                PixelFormat.Bgr24, (uint)_decoded.Width, (uint)_decoded.Height, (uint)_decoded.Step(), isBigEndian: false,
                _decoded.AsSpan<byte>(), frame.Stamp, frame.Arrival, frame.FrameId);
        }
        catch (Exception e) when (e is OpenCVException or PictureTooLargeException or ImageFormatException)
        {
            Reject(e.Message);
            return false;
        }

        _output.Statistics.Decoding.Record(Stopwatch.GetElapsedTime(started));
        return true;

        void Reject(string reason)
        {
            _output.Statistics.RecordUndecodable();
            _input.RejectEncoded(frame.Data.Length, reason);
        }
    }
}
