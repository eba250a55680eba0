using Microsoft.Extensions.Logging;

namespace FerRos.Ros2;

/// <summary>Counts the messages that were lost on their way to a subscription and warns of them, once a minute. Reports come on one thread.</summary>
internal sealed class LossReporter(string topic, ILogger logger, string advice, TimeProvider time)
{
    // A message now and then says nothing; a third of a second of a camera's pictures does.
    private const int Worth = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _count;
    private long _told;
    private long? _toldAt;

    public long Count => Interlocked.Read(ref _count);

    /// <param name="count">Lost since the last report.</param>
    /// <param name="received">Received in all, for comparison.</param>
    public void Report(int count, long received)
    {
        var lost = Interlocked.Add(ref _count, count);
        if (lost - _told < Worth || (_toldAt is { } at && time.GetElapsedTime(at) < Interval)) return;
        _told = lost;
        _toldAt = time.GetTimestamp();
        RosLog.SamplesLost(logger, topic, lost, received, advice);
    }
}
