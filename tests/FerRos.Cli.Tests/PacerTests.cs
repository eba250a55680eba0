using FerRos.Cli.Sources;

namespace FerRos.Cli.Tests;

public class PacerTests
{
    [Fact]
    public async Task Pictures_come_at_their_times_without_drift()
    {
        InstantClock clock = new();
        Pacer pacer = new(clock);
        for (int i = 0; i < 1000; i++)
        {
            await pacer.WaitAsync(TimeSpan.FromSeconds(i / 30.0), TestContext.Current.CancellationToken);
            clock.Now.TotalSeconds.ShouldBe(i / 30.0, tolerance: 0.0011); // timers count milliseconds
            clock.Pass(TimeSpan.FromMilliseconds(i % 20)); // work of varying length
        }
    }

    [Fact]
    public async Task After_a_short_delay_it_catches_up_and_after_a_long_one_it_starts_anew()
    {
        InstantClock clock = new();
        Pacer pacer = new(clock);
        await At(0);
        clock.Pass(TimeSpan.FromSeconds(0.5));
        await At(0.1);
        await At(0.6);
        clock.Now.TotalSeconds.ShouldBe(0.6, tolerance: 0.002);

        clock.Pass(TimeSpan.FromSeconds(60));
        await At(0.7);
        await At(0.8);
        clock.Now.TotalSeconds.ShouldBe(60.7, tolerance: 0.003);

        ValueTask At(double seconds) => pacer.WaitAsync(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_wait_can_be_ended()
    {
        using CancellationTokenSource stop = new();
        Pacer pacer = new(TimeProvider.System);
        await pacer.WaitAsync(TimeSpan.Zero, stop.Token);
        ValueTask wait = pacer.WaitAsync(TimeSpan.FromHours(1), stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(wait.AsTask());
    }

    /// <summary>Time passes at once where somebody waits for it.</summary>
    private sealed class InstantClock : TimeProvider
    {
        internal TimeSpan Now { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        internal void Pass(TimeSpan time) => Now += time;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
                Now += dueTime;
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
