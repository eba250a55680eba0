using Shouldly;
using Xunit;

namespace FerRos.Node.Tests;

public class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_are_within_three_percent_of_those_of_the_sorted_values()
    {
        var random = new Random(7);
        var histogram = new LatencyHistogram();
        var values = new double[20_000];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = 200 * Math.Exp(random.NextDouble() * 8);
            histogram.Record(TimeSpan.FromMicroseconds(values[i]));
        }

        Array.Sort(values);
        foreach (var quantile in new[] { 0.01, 0.5, 0.9, 0.99, 0.999 })
        {
            var expected = values[(int)Math.Ceiling(quantile * values.Length) - 1];
            histogram.Quantile(quantile).TotalMicroseconds.ShouldBe(expected, expected * 0.03);
        }
    }

    [Fact]
    public void An_empty_histogram_answers_zero_and_absurd_values_do_no_harm()
    {
        var histogram = new LatencyHistogram();
        histogram.Quantile(0.5).ShouldBe(TimeSpan.Zero);

        histogram.Record(TimeSpan.FromSeconds(-1));
        histogram.Record(TimeSpan.MaxValue);
        histogram.Count.ShouldBe(2);
        histogram.Quantile(0.5).ShouldBeLessThan(TimeSpan.FromMicroseconds(3));
    }
}
