using System.Globalization;
using FerRos.Interfaces.DiagnosticMsgs.Msg;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>Publishes on <c>/diagnostics</c> how the node does: rates, drops by cause, ages, times per stage.</summary>
internal sealed class NodeDiagnostics : IAsyncDisposable
{
    /// <summary>Prefix of the status' name: where ROS4HRI's nodes group theirs.</summary>
    internal const string NamePrefix = "/social_perception/faces/";

    private readonly RosNode _node;
    private readonly AffectNode _affect;
    private readonly Func<string> _state;
    private readonly string _middleware;
    private readonly Publisher<DiagnosticArray> _publisher;
    private readonly Outlet _outlet;
    private readonly Timer _timer;
    private readonly DiagnosticArray _message = new() { Status = [new DiagnosticStatus()] };
    private DiagnosticsOptions _limits;
    private long _lastReceived;
    private long _lastPublished;
    private long _lastRefused;
    private long _lastTime = TimeProvider.System.GetTimestamp();

    internal NodeDiagnostics(RosNode node, AffectNode affect, Func<string> state, string middleware, DiagnosticsOptions limits)
    {
        _node = node;
        _affect = affect;
        _state = state;
        _middleware = middleware;
        _limits = limits;
        _outlet = new Outlet(node.Logger);
        _publisher = node.CreatePublisher<DiagnosticArray>("/diagnostics", QosProfile.Default with { Depth = 1 });
        _timer = new Timer(_ => Publish(), null, limits.Period, limits.Period);
    }

    /// <summary>Changes the limits; the period stays.</summary>
    internal void Apply(DiagnosticsOptions limits) => Volatile.Write(ref _limits, limits);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
    }

    private void Publish()
    {
        lock (_message)
        {
            _node.Clock.Now.WriteTo(_message.Header.Stamp);
            try
            {
                Fill(_message.Status[0]);
            }
            catch (Exception e) when (e is MiddlewareException or ObjectDisposedException)
            {
                // What is asked is being taken down on another thread, and thrown from here it would end the process.
                return;
            }

            _outlet.TryPublish(_publisher, _message);
        }
    }

    private void Fill(DiagnosticStatus status)
    {
        var statistics = _affect.Statistics;
        var source = _affect.Source;
        var pictures = source?.Pictures ?? default;
        var state = _state();
        // Rates are by the monotonic clock: simulated time may stand still or run fast.
        var time = TimeProvider.System.GetTimestamp();
        var seconds = Math.Max(1e-3, TimeProvider.System.GetElapsedTime(_lastTime, time).TotalSeconds);
        var received = source?.Received ?? 0;
        var refused = source?.Bad ?? 0;
        var ages = statistics.TakeAges();
        Span<TimeSpan> latency = stackalloc TimeSpan[1];
        statistics.Latency.Quantiles([0.99], latency);
        var health = new NodeHealth
        {
            State = state,
            Topic = source?.Topic ?? "",
            Publishers = source?.PublisherCount ?? 0,
            IsCamera = source is CameraSource,
            InputRate = Math.Max(0, received - _lastReceived) / seconds,
            OutputRate = (statistics.Published - _lastPublished) / seconds,
            Refused = Math.Max(0, refused - _lastRefused),
            Latency = latency[0],
            Ages = ages,
        };
        (_lastTime, _lastReceived, _lastPublished, _lastRefused) = (time, received, statistics.Published, refused);

        status.Name = NamePrefix + _node.FullName.TrimStart('/') + ": perception";
        status.HardwareId = _affect.Device;
        (status.Level, status.Message) = health.Judge(Volatile.Read(ref _limits));
        status.Values.Clear();

        Add("State", state);
        Add("Input topic", health.Topic);
        Add("Pictures received", received);
        Add("Pictures processed", statistics.Published);
        Add("Dropped: newer picture came first", pictures.Replaced);
        Add("Dropped: above max_rate", pictures.RateLimited);
        Add("Dropped: late", pictures.Late);
        Add("Dropped: lost on the way", source?.Lost ?? 0);
        Add("Refused: bad message or picture", refused);
        Add("Refused: could not be decoded", statistics.Undecodable);
        Add("Input rate (Hz)", health.InputRate);
        Add("Output rate (Hz)", health.OutputRate);
        Add("Least age of pictures (s)", Age(ages.Youngest));
        Add("Greatest age of pictures (s)", Age(ages.Oldest));
        Add("Faces", statistics.Faces);
        Add("Crops made for listeners", statistics.Crops);
        Add("Debug pictures made for listeners", statistics.DebugImages);
        Times("Latency", statistics.Latency);
        Times("Decoding", statistics.Decoding);
        Times("Detection", statistics.Detection);
        Times("Tracking", statistics.Tracking);
        Times("Alignment", statistics.Alignment);
        Times("Estimation", statistics.Estimation);
        Add("Garbage collections (generations 0, 1, 2)", $"{GC.CollectionCount(0)}, {GC.CollectionCount(1)}, {GC.CollectionCount(2)}");
        Add("Paused by garbage collections (ms)", GC.GetTotalPauseDuration().TotalMilliseconds);
        Add("Model", _affect.Options?.Model.Name ?? "");
        Add("Device", _affect.Device);
        Add("Middleware", _middleware);

        string Age(TimeSpan age) => ages.Count == 0 ? "" : age.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

        void Add(string key, object value) => status.Values.Add(new KeyValue
        {
            Key = key,
            Value = value is double number ? number.ToString("0.0", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        });

        void Times(string stage, SlidingHistogram histogram)
        {
            Span<TimeSpan> times = stackalloc TimeSpan[2];
            histogram.Quantiles([0.5, 0.99], times);
            Add(stage + " p50 (ms)", times[0].TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture));
            Add(stage + " p99 (ms)", times[1].TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture));
        }
    }
}
