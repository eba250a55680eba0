using Shouldly;
using Xunit;

namespace FerRos.Inference.Tests;

public sealed unsafe class AlignedFloatsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(1000)]
    [InlineData(70_000)]
    public void They_begin_a_cache_line_and_are_zeros_whoever_had_the_memory_before(int length)
    {
        for (var round = 0; round < 20; round++)
        {
            using var floats = new AlignedFloats(length);
            floats.Span.Length.ShouldBe(length);
            ((nint)floats.Pointer % 64).ShouldBe(0);
            floats.Span.ContainsAnyExcept(0f).ShouldBeFalse();
            floats.Span.Fill(float.NaN);
        }
    }

    [Fact]
    public void Two_that_live_never_share_memory_and_many_threads_may_take_and_give_back()
    {
        Parallel.For(0, 8, thread =>
        {
            var random = new Random(thread);
            for (var round = 0; round < 500; round++)
            {
                AlignedFloats[] mine = [.. Enumerable.Range(0, 4).Select(_ => new AlignedFloats(random.Next(1, 3000)))];
                for (var i = 0; i < mine.Length; i++)
                    mine[i].Span.Fill((4 * thread) + i);
                for (var i = 0; i < mine.Length; i++)
                {
                    mine[i].Span.ContainsAnyExcept((float)((4 * thread) + i)).ShouldBeFalse();
                    mine[i].Dispose();
                    // Twice does no harm: the memory may be another's by now.
                    mine[i].Dispose();
                }
            }
        });
    }

    [Fact]
    public void Who_uses_them_after_they_were_given_back_is_told()
    {
        var floats = new AlignedFloats(10);
        floats.Dispose();
        Should.Throw<IndexOutOfRangeException>(() => floats.Pointer[0] = 1);
        Should.Throw<ArgumentOutOfRangeException>(() => floats.Span.Clear());
    }
}
