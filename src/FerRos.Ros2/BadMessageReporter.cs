using FerRos.Ros2.Middleware;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2;

/// <summary>Counts unreadable messages and warns of them, once a cause and minute.</summary>
internal sealed class BadMessageReporter
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private const int MaxCauses = 100;

    private readonly string _name;
    private readonly ILogger _logger;
    private readonly Func<Gid, string> _findPublisher;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _warned = new(StringComparer.Ordinal);
    private long _count;

    public BadMessageReporter(string name, ILogger logger, Func<Gid, string> findPublisher)
    {
        _name = name;
        _logger = logger;
        _findPublisher = findPublisher;
    }

    public event Action<BadMessage>? Reported;

    public long Count => Interlocked.Read(ref _count);

    public void Report(int size, Gid publisher, string reason)
    {
        long count = Interlocked.Increment(ref _count);
        string node = _findPublisher(publisher);
        bool warn;
        lock (_gate)
        {
            string cause = node + "\n" + reason;
            warn = !_warned.TryGetValue(cause, out long last) || TimeSpan.FromMilliseconds(Environment.TickCount64 - last) >= Interval;
            if (warn)
            {
                // Random data give ever new reasons; the table must not grow with them, nor the log.
                if (_warned.Count >= MaxCauses && !_warned.ContainsKey(cause))
                    warn = false;
                else
                    _warned[cause] = Environment.TickCount64;
            }
        }

        if (warn)
            RosLog.BadMessage(_logger, _name, node, count, reason);
        Reported?.Invoke(new BadMessage(_name, node, size, reason, count));
    }
}
