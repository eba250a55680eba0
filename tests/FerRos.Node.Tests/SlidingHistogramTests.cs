namespace FerRos.Node.Tests;

public class SlidingHistogramTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void What_is_older_than_the_window_no_longer_counts()
    {
        var histogram = new SlidingHistogram(TimeSpan.FromSeconds(10), _clock);
        for (var i = 0; i < 100; i++) histogram.Record(TimeSpan.FromMilliseconds(800));
        Median(histogram).ShouldBe(800, 800 * 0.03);

        _clock.Seconds = 5;
        for (var i = 0; i < 10; i++) histogram.Record(TimeSpan.FromMilliseconds(5));
        Median(histogram).ShouldBe(800, 800 * 0.03);

        _clock.Seconds = 10.5;
        Median(histogram).ShouldBe(5, 5 * 0.03);

        _clock.Seconds = 16;
        Median(histogram).ShouldBe(0);
    }

    [Fact]
    public void Slices_are_used_again_after_a_long_silence()
    {
        var histogram = new SlidingHistogram(TimeSpan.FromSeconds(10), _clock);
        histogram.Record(TimeSpan.FromMilliseconds(100));
        _clock.Seconds = 3600;
        histogram.Record(TimeSpan.FromMilliseconds(7));
        Median(histogram).ShouldBe(7, 7 * 0.03);
    }

    [Fact]
    public void Recording_and_reading_allocate_nothing()
    {
        var histogram = new SlidingHistogram(TimeSpan.FromSeconds(1), _clock);
        histogram.Record(TimeSpan.FromMilliseconds(1));
        Median(histogram);
        Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                _clock.Seconds += 0.01;
                histogram.Record(TimeSpan.FromMilliseconds(i));
            }

            Median(histogram);
        }).ShouldBe(0);
    }

    private static double Median(SlidingHistogram histogram)
    {
        Span<TimeSpan> times = stackalloc TimeSpan[1];
        histogram.Quantiles([0.5], times);
        return times[0].TotalMilliseconds;
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)(Seconds * 1_000_000);
    }
}
