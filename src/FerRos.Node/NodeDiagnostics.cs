using System.Globalization;
using FerRos.Interfaces.DiagnosticMsgs.Msg;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>Publishes on <c>/diagnostics</c> how the node does: rates, drops by cause, times per stage.</summary>
internal sealed class NodeDiagnostics : IAsyncDisposable
{
    /// <summary>Prefix of the status' name: where ROS4HRI's nodes group theirs.</summary>
    internal const string NamePrefix = "/social_perception/faces/";

    private readonly RosNode _node;
    private readonly AffectNode _affect;
    private readonly Func<string> _state;
    private readonly string _middleware;
    private readonly Publisher<DiagnosticArray> _publisher;
    private readonly Timer _timer;
    private readonly DiagnosticArray _message = new() { Status = [new DiagnosticStatus()] };
    private long _lastReceived;
    private long _lastPublished;
    private RosTime _lastTime = RosTime.SystemNow;

    internal NodeDiagnostics(RosNode node, AffectNode affect, Func<string> state, string middleware, TimeSpan period)
    {
        _node = node;
        _affect = affect;
        _state = state;
        _middleware = middleware;
        _publisher = node.CreatePublisher<DiagnosticArray>("/diagnostics", QosProfile.Default with { Depth = 1 });
        _timer = new Timer(_ => Publish(), null, period, period);
    }

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
            var now = _node.Clock.Now;
            now.WriteTo(_message.Header.Stamp);
            Fill(_message.Status[0]);
            try
            {
                _publisher.Publish(_message);
            }
            catch (Exception e) when (e is MiddlewareException or ObjectDisposedException)
            {
                // The node is leaving the graph.
            }
        }
    }

    private void Fill(DiagnosticStatus status)
    {
        var statistics = _affect.Statistics;
        var input = _affect.Input;
        var pictures = _affect.Pictures ?? default;
        var state = _state();
        var time = RosTime.SystemNow;
        var seconds = Math.Max(1e-3, (time - _lastTime).TotalSeconds);
        var received = input?.Received ?? 0;
        var inRate = Math.Max(0, received - _lastReceived) / seconds;
        var outRate = (statistics.Published - _lastPublished) / seconds;
        (_lastTime, _lastReceived, _lastPublished) = (time, received, statistics.Published);

        status.Name = NamePrefix + _node.FullName.TrimStart('/') + ": perception";
        status.HardwareId = _affect.Device;
        status.Values.Clear();
        (status.Level, status.Message) = (input, inRate) switch
        {
            (null, _) => (DiagnosticStatus.Ok, state),
            ({ PublisherCount: 0 }, _) => (DiagnosticStatus.Warn, $"no publisher on {input.Topic}"),
            (_, 0) => (DiagnosticStatus.Warn, $"no pictures on {input.Topic}"),
            _ => (DiagnosticStatus.Ok, "seeing"),
        };

        Add("State", state);
        Add("Input topic", input?.Topic ?? "");
        Add("Pictures received", received);
        Add("Pictures processed", statistics.Published);
        Add("Dropped: newer picture came first", pictures.Replaced);
        Add("Dropped: above max_rate", pictures.RateLimited);
        Add("Dropped: late", pictures.Late);
        Add("Dropped: lost on the way", input?.Lost ?? 0);
        Add("Refused: bad message or picture", input?.Bad ?? 0);
        Add("Refused: could not be decoded", statistics.Undecodable);
        Add("Input rate (Hz)", inRate);
        Add("Output rate (Hz)", outRate);
        Add("Faces", statistics.Faces);
        Times("Latency", statistics.Latency);
        Times("Decoding", statistics.Decoding);
        Times("Detection", statistics.Detection);
        Times("Tracking", statistics.Tracking);
        Times("Alignment", statistics.Alignment);
        Times("Estimation", statistics.Estimation);
        Add("Model", _affect.Options?.Model.Name ?? "");
        Add("Device", _affect.Device);
        Add("Middleware", _middleware);

        void Add(string key, object value) => status.Values.Add(new KeyValue
        {
            Key = key,
            Value = value is double number ? number.ToString("0.0", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        });

        void Times(string stage, LatencyHistogram histogram)
        {
            Add(stage + " p50 (ms)", histogram.Quantile(0.5).TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture));
            Add(stage + " p99 (ms)", histogram.Quantile(0.99).TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture));
        }
    }
}
