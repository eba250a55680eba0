namespace FerRos.Perception.Tests;

public class FaceSequenceTests
{
    private const long Frame = 33_000_000;

    [Fact]
    public void The_last_ten_frames_are_kept_oldest_first()
    {
        FaceSequence sequence = NewSequence();
        for (int i = 0; i < 25; i++)
        {
            sequence.Append(i * Frame).Fill(i);
            sequence.Count.ShouldBe(Math.Min(i + 1, 10));
        }

        sequence.Values.ToArray().ShouldBe(Enumerable.Range(15, 10).SelectMany(i => new float[] { i, i }));
    }

    [Fact]
    public void A_gap_of_more_than_half_a_second_starts_afresh_and_a_shorter_one_does_not()
    {
        FaceSequence sequence = NewSequence();
        for (int i = 0; i < 5; i++)
            sequence.Append(i * Frame);
        sequence.Append((4 * Frame) + 500_000_000);
        sequence.Count.ShouldBe(6);
        sequence.Append((4 * Frame) + 1_000_000_001).Fill(7);
        sequence.Count.ShouldBe(1);
        sequence.Values.ToArray().ShouldBe([7, 7]);
    }

    [Fact]
    public void A_stamp_that_goes_back_starts_afresh()
    {
        FaceSequence sequence = NewSequence();
        sequence.Append(100);
        sequence.Append(200);
        sequence.Append(150);
        sequence.Count.ShouldBe(1);
    }

    private static FaceSequence NewSequence() => new(2, FaceSequence.DefaultLength, TimeSpan.FromSeconds(0.5));
}
