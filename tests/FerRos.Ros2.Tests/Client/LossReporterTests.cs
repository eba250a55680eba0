using Shouldly;
using Xunit;

namespace FerRos.Ros2.Tests.Client;

public sealed class LossReporterTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void A_message_lost_now_and_then_is_counted_and_not_warned_of()
    {
        using var log = new TestLog();
        var reporter = new LossReporter("/image", log, "", _clock);
        for (var i = 0; i < 9; i++) reporter.Report(1, received: 100);
        reporter.Count.ShouldBe(9);
        log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Many_are_warned_of_once_a_minute_with_what_helps()
    {
        using var log = new TestLog();
        var reporter = new LossReporter("/image", log, " (more memory helps)", _clock);
        for (var second = 0; second < 150; second++)
        {
            _clock.Seconds = second;
            reporter.Report(20, received: second);
        }

        reporter.Count.ShouldBe(3000);
        string[] warnings = [.. log.Warnings];
        warnings.Length.ShouldBe(3, string.Join('\n', warnings));
        warnings[0].ShouldContain("20 messages on '/image' were lost on the way here, 0 came (more memory helps)");
        warnings[1].ShouldContain("1220 messages on '/image' were lost on the way here, 60 came");
        warnings[2].ShouldContain("2420 messages on '/image' were lost on the way here, 120 came");
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)(Seconds * 1_000_000);
    }
}
