namespace FerRos.Perception.Tests;

public class FrameHandoverTests
{
    private const long Frame = 33_333_333;

    private static HandoverOutcome Offer(FrameHandover handover, long stamp, byte value = 1) =>
        handover.Offer("mono8", 2, 1, 2, false, [value, value], stamp, arrival: stamp, "camera");

    [Fact]
    public void A_picture_goes_through_with_everything_that_belongs_to_it()
    {
        var handover = new FrameHandover(30);
        Offer(handover, 5 * Frame, 9).ShouldBe(HandoverOutcome.Accepted);
        handover.TryTake(TimeSpan.Zero, out ImageFrame? frame).ShouldBeTrue();
        (frame.Stamp, frame.Arrival, frame.FrameId, frame.Width).ShouldBe((5 * Frame, 5 * Frame, "camera", 2));
        frame.Data.ToArray().ShouldBe([9, 9]);
        handover.TryTake(TimeSpan.Zero, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_newest_picture_wins_and_the_dropped_ones_are_counted()
    {
        var handover = new FrameHandover(30);
        for (int i = 1; i <= 5; i++)
            Offer(handover, i * Frame, (byte)i).ShouldBe(i == 1 ? HandoverOutcome.Accepted : HandoverOutcome.Replaced);
        handover.TryTake(TimeSpan.Zero, out ImageFrame? frame).ShouldBeTrue();
        frame.Data[0].ShouldBe((byte)5);
        FrameHandover.Counts counts = handover.Statistics;
        (counts.Received, counts.Taken, counts.Replaced).ShouldBe((5, 1, 4));
    }

    [Fact]
    public void The_picture_that_is_being_processed_is_not_overwritten()
    {
        var handover = new FrameHandover(1000);
        Offer(handover, 1 * Frame, 1);
        handover.TryTake(TimeSpan.Zero, out ImageFrame? inUse).ShouldBeTrue();
        for (int i = 2; i < 50; i++)
            Offer(handover, i * Frame, (byte)i);
        inUse.Data.ToArray().ShouldBe([1, 1]);
    }

    [Theory]
    [InlineData(60, 30, 0, 300)]
    [InlineData(30, 30, 0, 300)]
    [InlineData(30, 30, 0.2, 300)]
    [InlineData(90, 30, 0.1, 300)]
    [InlineData(29, 30, 0.1, 290)]
    [InlineData(45, 30, 0, 300)]
    [InlineData(30, 10, 0.1, 100)]
    public void The_highest_rate_holds_by_the_stamps_and_jitter_does_not_lower_it(double camera, double maxRate, double jitter, int expected)
    {
        var handover = new FrameHandover(maxRate);
        var noise = new Random(3);
        int accepted = 0;
        for (int i = 0; i < camera * 10; i++)
        {
            double seconds = (i + (jitter * (noise.NextDouble() - 0.5))) / camera;
            if (Offer(handover, (long)((100 + seconds) * 1e9)) is HandoverOutcome.Accepted or HandoverOutcome.Replaced)
                accepted++;
        }

        accepted.ShouldBeInRange(expected - (expected / 20), expected + 1);
        FrameHandover.Counts counts = handover.Statistics;
        (accepted + counts.RateLimited).ShouldBe(counts.Received);
    }

    [Fact]
    public void A_late_or_repeated_picture_is_dropped_and_a_recording_that_starts_over_is_not()
    {
        var handover = new FrameHandover(30);
        Offer(handover, 100 * Frame);
        Offer(handover, 99 * Frame).ShouldBe(HandoverOutcome.Late);
        Offer(handover, 100 * Frame).ShouldBe(HandoverOutcome.Late);
        Offer(handover, 101 * Frame).ShouldBe(HandoverOutcome.Replaced);
        Offer(handover, 3 * Frame).ShouldBe(HandoverOutcome.Replaced);
        Offer(handover, 4 * Frame).ShouldBe(HandoverOutcome.Replaced);
        handover.Statistics.Late.ShouldBe(2);
    }

    [Fact]
    public void A_picture_that_does_not_fit_its_description_is_counted_and_changes_nothing()
    {
        var handover = new FrameHandover(30);
        Offer(handover, Frame, 7);
        for (int i = 0; i < 10; i++)
            Should.Throw<ImageFormatException>(() => handover.Offer("mono8", 9, 9, 9, false, new byte[3], (2 + i) * Frame, 0));
        handover.Statistics.Refused.ShouldBe(10);
        handover.TryTake(TimeSpan.Zero, out ImageFrame? frame).ShouldBeTrue();
        frame.Data.ToArray().ShouldBe([7, 7]);
        Offer(handover, 2 * Frame, 8).ShouldBe(HandoverOutcome.Accepted);
    }

    [Fact]
    public void Stopping_lets_the_last_picture_through_and_then_ends_the_waiting()
    {
        var handover = new FrameHandover(30);
        Offer(handover, Frame, 3);
        handover.Stop();
        Offer(handover, 2 * Frame).ShouldBe(HandoverOutcome.Stopped);
        handover.TryTake(Timeout.InfiniteTimeSpan, out ImageFrame? frame).ShouldBeTrue();
        frame.Data[0].ShouldBe((byte)3);
        handover.TryTake(Timeout.InfiniteTimeSpan, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Stopping_wakes_a_thread_that_waits()
    {
        var handover = new FrameHandover(30);
        Task<bool> waiting = Task.Run(() => handover.TryTake(Timeout.InfiniteTimeSpan, out _), TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        handover.Stop();
        (await waiting.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public void After_a_restart_pictures_go_through_again()
    {
        var handover = new FrameHandover(30);
        Offer(handover, 50 * Frame);
        handover.Stop();
        handover.Restart();
        handover.TryTake(TimeSpan.Zero, out _).ShouldBeFalse();
        Offer(handover, 10 * Frame).ShouldBe(HandoverOutcome.Accepted);
        handover.TryTake(TimeSpan.Zero, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Under_contention_no_picture_is_torn_lost_or_seen_twice()
    {
        const int Producers = 3;
        const int Each = 3_000;
        var handover = new FrameHandover(1000);
        long stamp = 0;
        long accepted = 0;
        Task[] producers = [.. Enumerable.Range(0, Producers).Select(p => Task.Run(() =>
        {
            var data = new byte[64];
            for (int i = 0; i < Each; i++)
            {
                long mine = Interlocked.Add(ref stamp, 2_000_000);
                data.AsSpan().Fill((byte)(mine / 2_000_000));
                if (handover.Offer("mono8", 8, 8, 8, false, data, mine, 0) is HandoverOutcome.Accepted or HandoverOutcome.Replaced)
                    Interlocked.Increment(ref accepted);
            }
        }, TestContext.Current.CancellationToken))];

        long taken = 0;
        bool torn = false;
        var stamps = new HashSet<long>();
        bool twice = false;
        Task consumer = Task.Run(() =>
        {
            while (handover.TryTake(Timeout.InfiniteTimeSpan, out ImageFrame? frame))
            {
                taken++;
                twice |= !stamps.Add(frame.Stamp);
                torn |= frame.Data.IndexOfAnyExcept((byte)(frame.Stamp / 2_000_000)) >= 0;
                Thread.SpinWait(200);
                torn |= frame.Data.IndexOfAnyExcept((byte)(frame.Stamp / 2_000_000)) >= 0;
            }
        }, TestContext.Current.CancellationToken);
        await Task.WhenAll(producers);
        handover.Stop();
        await consumer.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);

        torn.ShouldBeFalse();
        twice.ShouldBeFalse();
        FrameHandover.Counts counts = handover.Statistics;
        counts.Received.ShouldBe(Producers * Each);
        counts.Taken.ShouldBe(taken);
        (counts.Taken + counts.Replaced).ShouldBe(accepted);
        (accepted + counts.Late + counts.RateLimited).ShouldBe(counts.Received);
    }

    [Fact]
    public void Handing_over_allocates_nothing()
    {
        var handover = new FrameHandover(1000);
        var data = new byte[640 * 480 * 3];
        long stamp = 0;
        void Once()
        {
            handover.Offer("rgb8", 640, 480, 1920, false, data, stamp += Frame, 0, "camera");
            handover.TryTake(TimeSpan.FromSeconds(1), out _);
        }

        for (int i = 0; i < 10; i++)
            Once();
        Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                Once();
        }).ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    [InlineData(double.NaN)]
    public void A_rate_that_makes_no_sense_is_refused(double rate) =>
        Should.Throw<InvalidOptionException>(() => new FrameHandover(rate)).Parameter.ShouldBe("max_rate");
}
