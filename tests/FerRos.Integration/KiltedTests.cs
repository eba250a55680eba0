using FerRos.Integration.Support;
using Shouldly;

namespace FerRos.Integration;

/// <summary>With Kilted, where all stories are told.</summary>
[Trait("Needs", "ros")]
public sealed class KiltedTests(KiltedStage stage) : CameraStories(stage), IClassFixture<KiltedStage>
{
    private readonly Stage _stage = stage;

    [Fact]
    public async Task Two_faces_that_move_keep_two_ids()
    {
        await _stage.Start();
        _stage.Robot.StartCamera("/image");
        var film = await _stage.Robot.Play(RawPictures.TwoHeads(), "two");
        _stage.Robot.Do("stop_camera");

        var seen = film.Heard.SkipWhile(affect => affect.Faces.Length < 2).ToArray();
        seen.Length.ShouldBeGreaterThan(0);
        seen.ShouldAllBe(affect => affect.Faces.Length == 2);
        var left = seen.Select(affect => affect.Faces.MinBy(face => face.Roi[0])!.Id).Distinct().ShouldHaveSingleItem();
        var right = seen.Select(affect => affect.Faces.MaxBy(face => face.Roi[0])!.Id).Distinct().ShouldHaveSingleItem();
        left.ShouldNotBe(right);
    }

    [Theory]
    [InlineData("happiness", "S055_005")]
    [InlineData("surprise", "S052_001")]
    public async Task A_change_of_expression_is_on_the_topic_within_a_second(string expression, string person)
    {
        await _stage.Start();
        _stage.Robot.StartCamera("/image");
        var film = await _stage.Robot.Play(RawPictures.Sequence(expression, person), person, seconds: 3.5);
        _stage.Robot.Do("stop_camera");

        var seen = film.Heard.Where(affect => affect.Faces.Length == 1).Select(affect => (affect.Stamp, Face: affect.Faces[0])).ToArray();
        seen[0].Face.Expression.ShouldNotBe(expression, "the sequence begins with a neutral face");
        seen.Select(estimate => estimate.Face.Id).Distinct().Count().ShouldBe(1);
        var told = string.Join(", ", seen.Select(estimate => $"{(estimate.Stamp - film.LastNew) / 1_000_000} ms {estimate.Face.Expression} {estimate.Face.Confidence:0.00}"));

        // Stamps, not the time of arrival: a loaded machine leaves pictures out, but says of those it takes when they were made.
        seen.ShouldContain(estimate => estimate.Face.Expression == expression && estimate.Stamp <= film.LastNew + 1_000_000_000, told);
        seen.Where(estimate => estimate.Stamp > film.LastNew + 1_000_000_000).ShouldNotBeEmpty();
        seen.Where(estimate => estimate.Stamp > film.LastNew + 1_000_000_000).ShouldAllBe(estimate => estimate.Face.Expression == expression, told);
    }

    [Fact]
    public async Task Pictures_that_make_no_sense_are_reported_once_a_cause_and_the_node_goes_on()
    {
        await _stage.Start();
        _stage.Robot.StartCamera("/image");
        // By the end of this film the node knows whose camera it is.
        await _stage.Robot.Play(RawPictures.Portrait(), "before_bad", seconds: 1);
        await Bad("'rgb99'", new { frame = "bad", width = 640, height = 480, step = 1920, encoding = "rgb99", size = 921_600 });
        await Bad("the step is 640", new { frame = "bad", width = 640, height = 480, step = 640, encoding = "rgb8", size = 921_600 });
        await Bad("this one is 0x0", new { frame = "bad", width = 0, height = 0, step = 0, encoding = "rgb8", size = 0 });
        await Bad("20000x20000", new { frame = "bad", width = 20_000, height = 20_000, step = 60_000, encoding = "rgb8", size = 1000 });
        await Bad("1000 were given", new { frame = "bad", width = 640, height = 480, step = 1920, encoding = "rgb8", size = 1000 });

        var film = await _stage.Robot.Play(RawPictures.Portrait(), "after_bad", seconds: 1.5);
        _stage.Robot.Do("stop_camera");
        film.Heard[^1].Faces.ShouldHaveSingleItem().Expression.ShouldBe("happiness");
        _stage.Robot.Heard("bad").ShouldBeEmpty();

        string[] warnings = [.. _stage.Node.Warnings.Where(line => line.Contains("'/image'", StringComparison.Ordinal))];
        string[] reasons = ["'rgb99'", "the step is 640", "this one is 0x0", "20000x20000", "1000 were given"];
        var all = string.Join('\n', warnings);
        foreach (var reason in reasons)
            warnings.Count(line => line.Contains(reason, StringComparison.Ordinal) && line.Contains("/robot", StringComparison.Ordinal)).ShouldBe(1, $"{reason}:\n{all}");
        warnings.Length.ShouldBe(reasons.Length, all);

        // The node asks for best effort: some times, and until one has arrived.
        Task Bad(string reason, object picture) => Wait.Until(
            () =>
            {
                _stage.Robot.Do("bad", picture);
                return _stage.Node.Warnings.Any(line => line.Contains(reason, StringComparison.Ordinal));
            },
            () => $"a warning of {reason}; the node says:\n{_stage.Node.Tail}");
    }
}
