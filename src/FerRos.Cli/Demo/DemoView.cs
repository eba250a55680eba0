using System.Globalization;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Node;

namespace FerRos.Cli.Demo;

/// <summary>What arrives at the demonstration's subscriber, told once a second. Messages come from the middleware's thread.</summary>
internal sealed class DemoView(TextWriter output)
{
    private readonly Lock _gate = new();
    private readonly LatencyHistogram _latency = new();
    private readonly LatencyHistogram _second = new();
    private string _seen = "";
    private long _sinceLast;

    /// <summary>Raised for every message: from the picture's arrival to publication, and how many faces it names.</summary>
    public event Action<TimeSpan, int>? Taken;

    /// <summary>Messages received: pictures that the node processed.</summary>
    public long Received { get; private set; }

    /// <summary>Messages with at least one face.</summary>
    public long WithFace { get; private set; }

    /// <summary>From a picture's arrival in the node to publication.</summary>
    public (TimeSpan P50, TimeSpan P99) Latency
    {
        get
        {
            lock (_gate) return (_latency.Quantile(0.5), _latency.Quantile(0.99));
        }
    }

    /// <summary>Takes a message.</summary>
    public void Take(FaceAffectArray message)
    {
        TimeSpan latency = TimeSpan.FromSeconds(message.Latency.Sec) + TimeSpan.FromTicks(message.Latency.Nanosec / TimeSpan.NanosecondsPerTick);
        Taken?.Invoke(latency, message.Faces.Count);
        lock (_gate)
        {
            Received++;
            _sinceLast++;
            _latency.Record(latency);
            _second.Record(latency);
            if (message.Faces.Count > 0) WithFace++;
            _seen = message.Faces.Count == 0
                ? "no face"
                : string.Create(CultureInfo.InvariantCulture, $"{message.Faces[0].FaceId}  {message.Faces[0].Expression,-10} {message.Faces[0].Confidence,4:P0}   arousal {message.Faces[0].Arousal,5:+0.00;-0.00}   valence {message.Faces[0].Valence,5:+0.00;-0.00}");
        }
    }

    /// <summary>Prints the line of the second that has just passed.</summary>
    public void Tell(TimeSpan elapsed)
    {
        string line;
        lock (_gate)
        {
            line = string.Create(
                CultureInfo.InvariantCulture,
                $"{elapsed.TotalSeconds,4:0} s   {(_sinceLast == 0 ? "nothing received" : _seen),-62}   latency {_second.Quantile(0.5).TotalMilliseconds,5:0.0} ms   {_sinceLast,3} pictures");
            _second.Clear();
            _sinceLast = 0;
        }

        output.WriteLine(line);
    }
}
