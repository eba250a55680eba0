namespace FerRos.Perception.Tests;

public sealed class EpisodeCollectorTests
{
    private const long Frame = 100_000_000;

    [Fact]
    public void Good_frames_are_taken_until_there_are_enough()
    {
        EpisodeCollector collector = Collector(3);
        for (int i = 0; i < 5; i++)
            collector.Observe(i * Frame, Face());
        collector.State.ShouldBe(EpisodeState.Complete);
        collector.Collected.ShouldBe(3);
        collector.Samples.ShouldAllBe(s => s.Expression == 1 && s.Episode == collector.Episode && s.Features.Length == 4);
        collector.Samples.Select(s => s.Stamp).ShouldBe([0, Frame, 2 * Frame]);
    }

    [Fact]
    public void Every_refusal_is_counted_and_said()
    {
        EpisodeCollector collector = Collector(10);
        collector.Observe(0, Face()).ShouldBe(FrameRefusal.None);
        collector.Observe(1_000_000, Face()).ShouldBe(FrameRefusal.TooSoon);
        collector.Observe(1 * Frame, Face(sharpness: 0.001f)).ShouldBe(FrameRefusal.Blurred);
        collector.Observe(2 * Frame, Face(frontalness: 0.1f)).ShouldBe(FrameRefusal.Turned);
        collector.Observe(3 * Frame, Face(width: 10)).ShouldBe(FrameRefusal.TooSmall);
        collector.Observe(4 * Frame, null).ShouldBe(FrameRefusal.NotSeen);
        collector.Observe(5 * Frame, Face(value: float.NaN)).ShouldBe(FrameRefusal.NotFinite);
        collector.Collected.ShouldBe(1);
        string told = collector.Describe();
        foreach (string word in new[] { "1 of 10", "1 blurred", "1 turned aside", "1 too small", "1 too soon", "1 without the face", "1 without a finite" })
            told.ShouldContain(word);
    }

    [Fact]
    public void A_face_that_leaves_ends_it_with_what_is_there()
    {
        EpisodeCollector collector = Collector(10);
        collector.Observe(0, Face());
        collector.Observe(Frame, null, followed: true);
        collector.State.ShouldBe(EpisodeState.Collecting);
        collector.Observe(2 * Frame, null, followed: false);
        collector.State.ShouldBe(EpisodeState.FaceLost);
        collector.Observe(3 * Frame, Face());
        collector.Collected.ShouldBe(1);
        collector.Describe().ShouldContain("lost");
    }

    [Fact]
    public void Time_that_goes_back_or_runs_out_ends_it()
    {
        EpisodeCollector back = Collector(10);
        back.Observe(5 * Frame, Face());
        back.Observe(4 * Frame, Face());
        back.State.ShouldBe(EpisodeState.FaceLost);

        EpisodeCollector late = Collector(10, TimeSpan.FromSeconds(1));
        late.Observe(0, Face());
        late.Observe(10 * Frame, Face());
        late.Observe(11 * Frame, Face());
        late.State.ShouldBe(EpisodeState.TimedOut);
        late.Collected.ShouldBe(2);

        EpisodeCollector cancelled = Collector(10);
        cancelled.Cancel();
        cancelled.Expire();
        cancelled.State.ShouldBe(EpisodeState.Cancelled);
    }

    [Fact]
    public void Requests_that_make_no_sense_are_refused_by_name()
    {
        Should.Throw<InvalidOptionException>(() => Collector(100_000)).Parameter.ShouldBe("frames");
        Should.Throw<InvalidOptionException>(() => Collector(0)).Parameter.ShouldBe("frames");
        Should.Throw<InvalidOptionException>(() => new EpisodeCollector(new EpisodeRequest("f1", 5, Arousal: 7), new AdaptationOptions())).Parameter.ShouldBe("arousal");
        Should.Throw<InvalidOptionException>(() => new EpisodeCollector(new EpisodeRequest("f1", 5), new AdaptationOptions())).Parameter.ShouldBe("expression");
        Should.Throw<InvalidOptionException>(() => Collector(5, TimeSpan.FromSeconds(-1))).Parameter.ShouldBe("timeout");
    }

    private static EpisodeCollector Collector(int frames, TimeSpan timeout = default) =>
        new(new EpisodeRequest("f1", frames, Expression: 1, Timeout: timeout), new AdaptationOptions());

    private static AffectEstimate Face(float sharpness = 0.2f, float frontalness = 0.9f, float width = 80, float value = 0.5f)
    {
        var estimate = new AffectEstimate();
        var keypoints = new FaceKeypoints(new(1, 1), new(2, 1), new(1.5f, 2), new(1.5f, 3), new(0, 1), new(3, 1));
        estimate.Fill(
            new TrackedFace("f1", 0, new BoundingBox(0, 0, width, width), keypoints, 0.9f, 0), ["a", "b"], [0.4f, 0.6f], 0, 0, 1,
            new CropQuality(sharpness, frontalness), [value, 1, 2, 3], null);
        return estimate;
    }
}
