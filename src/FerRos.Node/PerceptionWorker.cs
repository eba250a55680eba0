using System.Diagnostics;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Ros2;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>
/// The perception thread: takes the newest picture, has the pipeline look at it, publishes what it saw. Allocates nothing
/// per picture once warm.
/// </summary>
internal sealed partial class PerceptionWorker
{
    private readonly PerceptionPipeline _pipeline;
    private readonly FrameHandover _handover;
    private readonly Publisher<FaceAffectArray> _publisher;
    private readonly NodeStatistics _statistics;
    private readonly ImageInput _input;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly FaceAffectArray _message = new();
    private readonly List<FaceAffect> _spare = [];
    private readonly ImageFrame _decodedFrame = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Mat? _decoded;
    private volatile bool _resetRequested;

    internal PerceptionWorker(
        PerceptionPipeline pipeline,
        FrameHandover handover,
        Publisher<FaceAffectArray> publisher,
        NodeStatistics statistics,
        ImageInput input,
        ILogger logger)
    {
        _pipeline = pipeline;
        _handover = handover;
        _publisher = publisher;
        _statistics = statistics;
        _input = input;
        _logger = logger;
        _thread = new Thread(Run) { Name = "perception", IsBackground = true };
    }

    /// <summary>Ends when the thread has ended; faulted when it broke.</summary>
    internal Task Completion => _ended.Task;

    internal void Start() => _thread.Start();

    /// <summary>Has tracks and sequences started afresh before the next picture.</summary>
    internal void RequestReset() => _resetRequested = true;

    private void Run()
    {
        try
        {
            while (_handover.TryTake(Timeout.InfiniteTimeSpan, out var frame))
            {
                if (_resetRequested)
                {
                    _resetRequested = false;
                    _pipeline.Reset();
                }

                if (frame.Format == PixelFormat.Encoded)
                {
                    if (!TryDecode(frame)) continue;
                    frame = _decodedFrame;
                }

                Process(frame);
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

    private void Process(ImageFrame frame)
    {
        var result = _pipeline.Process(frame);
        AffectMessages.Fill(_message, result, _spare);
        AffectMessages.Set(_message.Latency, Stopwatch.GetElapsedTime(frame.Arrival));
        try
        {
            _publisher.Publish(_message);
        }
        catch (MiddlewareException e)
        {
            LogNotPublished(_logger, _publisher.Topic, e.Message);
        }

        _statistics.Record(result, Stopwatch.GetElapsedTime(frame.Arrival));
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

        _statistics.Decoding.Record(Stopwatch.GetElapsedTime(started));
        return true;

        void Reject(string reason)
        {
            _statistics.RecordUndecodable();
            _input.RejectEncoded(frame.Data.Length, reason);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Could not publish on {Topic}: {Reason}")]
    private static partial void LogNotPublished(ILogger logger, string topic, string reason);
}
