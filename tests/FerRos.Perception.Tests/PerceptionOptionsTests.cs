namespace FerRos.Perception.Tests;

public class PerceptionOptionsTests
{
    public static TheoryData<string, PerceptionOptions> Wrong => new()
    {
        { "detector", new PerceptionOptions { Detector = (DetectorRange)7 } },
        { "detection_threshold", new PerceptionOptions { DetectionThreshold = 0 } },
        { "detection_threshold", new PerceptionOptions { DetectionThreshold = 1 } },
        { "detection_threshold", new PerceptionOptions { DetectionThreshold = double.NaN } },
        { "min_face_size", new PerceptionOptions { MinFaceSize = -1 } },
        { "max_faces", new PerceptionOptions { MaxFaces = 0 } },
        { "max_faces", new PerceptionOptions { MaxFaces = 65 } },
        { "max_rate", new PerceptionOptions { MaxRate = 0 } },
        { "max_rate", new PerceptionOptions { MaxRate = double.PositiveInfinity } },
        { "sequence_gap", new PerceptionOptions { SequenceGap = TimeSpan.Zero } },
        { "confirmation_time", new PerceptionOptions { ConfirmationTime = TimeSpan.FromSeconds(-1) } },
        { "track_timeout", new PerceptionOptions { TrackTimeout = TimeSpan.FromSeconds(61) } },
        { "smoothing", new PerceptionOptions { Smoothing = TimeSpan.FromSeconds(6) } },
    };

    [Fact]
    public void The_defaults_are_allowed() => new PerceptionOptions().Validate();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_value_is_refused_by_name_value_and_what_is_allowed(string parameter, PerceptionOptions options)
    {
        var refused = Should.Throw<InvalidOptionException>(options.Validate);
        refused.Parameter.ShouldBe(parameter);
        refused.Message.ShouldStartWith(parameter + " is ");
        refused.Allowed.ShouldNotBeEmpty();
        refused.Message.ShouldContain(refused.Allowed);
    }

    [Fact]
    public void A_detector_is_chosen_by_its_name()
    {
        PerceptionOptions.ParseDetector("short_range").ShouldBe(DetectorRange.ShortRange);
        PerceptionOptions.ParseDetector("full_range").ShouldBe(DetectorRange.FullRange);
        Should.Throw<InvalidOptionException>(() => PerceptionOptions.ParseDetector("long")).Message.ShouldContain("'long'");
    }
}
