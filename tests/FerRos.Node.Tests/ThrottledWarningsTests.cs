using Shouldly;
using Xunit;

namespace FerRos.Node.Tests;

public class ThrottledWarningsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void The_first_occurrence_is_logged_and_the_next_ones_wait_a_minute()
    {
        var warnings = new ThrottledWarnings(_time);

        warnings.ShouldLog("bad step", out var first).ShouldBeTrue();
        first.ShouldBe(1);
        for (var i = 0; i < 100; i++) warnings.ShouldLog("bad step", out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(61));

        warnings.ShouldLog("bad step", out var since).ShouldBeTrue();
        since.ShouldBe(101);
        warnings.Total.ShouldBe(102);
    }

    [Fact]
    public void Causes_do_not_silence_each_other()
    {
        var warnings = new ThrottledWarnings(_time);

        warnings.ShouldLog("a", out _).ShouldBeTrue();
        warnings.ShouldLog("b", out _).ShouldBeTrue();
    }

    [Fact]
    public void A_peer_that_varies_its_mistakes_does_not_fill_the_memory()
    {
        var warnings = new ThrottledWarnings(_time);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 50_000; i++) warnings.ShouldLog($"cause {i}", out _);

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(1 << 20);
        warnings.Total.ShouldBe(50_000);
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
