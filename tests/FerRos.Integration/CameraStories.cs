using FerRos.Integration.Support;
using Shouldly;

namespace FerRos.Integration;

/// <summary>What holds with the rclpy of every distribution.</summary>
public abstract class CameraStories(Stage stage)
{
    private static readonly string[] Classes = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_face_before_an_rclpy_camera_is_on_the_affect_topic(bool reliable)
    {
        await stage.Start();
        stage.Robot.StartCamera("/image", reliable);
        var film = await stage.Robot.Play(RawPictures.Portrait(), reliable ? "head_reliable" : "head_best_effort", seconds: 3);
        stage.Robot.Do("stop_camera");

        film.Heard.Select(affect => affect.Stamp).ShouldBeSubsetOf(film.Stamps);
        film.Heard.Select(affect => affect.Stamp).ShouldBeInOrder(SortDirection.Ascending);
        film.Heard.ShouldAllBe(affect => affect.Model == "facechannels-joint-shunting" && affect.Latency > 0);
        film.Heard.ShouldAllBe(affect => affect.Classes.SequenceEqual(Classes));

        // A face must be in view for a moment before it gets its id; from then on it is in every estimate, under one id.
        var seen = film.Heard.SkipWhile(affect => affect.Faces.Length == 0).ToArray();
        seen.Length.ShouldBeGreaterThan(0);
        seen.ShouldAllBe(affect => affect.Faces.Length == 1);
        seen.Select(affect => affect.Faces[0].Id).Distinct().Count().ShouldBe(1);
        foreach (var face in seen.Select(affect => affect.Faces[0]))
        {
            face.Expression.ShouldBe("happiness");
            face.Confidence.ShouldBe(face.Probabilities.Max());
            face.Confidence.ShouldBe(face.Probabilities[Array.IndexOf(Classes, "happiness")]);
            face.Probabilities.Sum().ShouldBe(1, 1e-3);
            face.Arousal.ShouldBeInRange(-1, 1);
            face.Valence.ShouldBeInRange(0, 1, "a smile is pleasant");
            face.Detection.ShouldBeInRange(0.5f, 1);
            face.Keypoints.Length.ShouldBe(12);
            (face.Person, face.Adapted).ShouldBe(("", false));
        }

        // The face of the portrait has its eyes at about (204, 98) and (246, 96) of 512; here it is 420 wide, at (110, 30).
        var last = seen[^1].Faces[0];
        last.Roi[0].ShouldBeInRange(200, 290);
        last.Roi[1].ShouldBeInRange(30, 130);
        last.Roi[2].ShouldBeInRange(60, 160);
    }

    [Fact]
    public async Task A_camera_that_stops_and_comes_back_needs_no_restart()
    {
        await stage.Start();
        for (var run = 0; run < 2; run++)
        {
            stage.Robot.StartCamera("/image");
            var film = await stage.Robot.Play(RawPictures.Portrait(), $"run{run}", seconds: 1.5);
            film.Heard[^1].Faces.ShouldHaveSingleItem().Expression.ShouldBe("happiness");
            stage.Robot.Do("stop_camera");
        }

        stage.Node.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task A_picture_without_a_face_gives_an_empty_list()
    {
        await stage.Start();
        stage.Robot.StartCamera("/image");
        await stage.Robot.Play(RawPictures.Portrait(), "before", seconds: 1.5);
        var film = await stage.Robot.Play(RawPictures.Nobody(), "nobody", seconds: 2);
        stage.Robot.Do("stop_camera");
        film.Heard[^1].Faces.ShouldBeEmpty();
        film.Heard[^1].Classes.ShouldBe(Classes);
    }

    [Fact]
    public async Task Each_side_sees_the_other_in_its_graph()
    {
        await stage.Start();
        stage.Robot.StartCamera("/image");
        var graph = await stage.Robot.Graph(
            "ferros", "/ferros/affect", known => new[] { "/ferros/affect", "/image", "/diagnostics" }.All(topic => known["topics"]![topic] is not null));
        graph["nodes"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldContain("/ferros");
        Types("/ferros/affect").ShouldBe(["ferros_msgs/msg/FaceAffectArray"]);
        Types("/image").ShouldBe(["sensor_msgs/msg/Image"]);
        Types("/diagnostics").ShouldBe(["diagnostic_msgs/msg/DiagnosticArray"]);
        graph["qos"]!.AsArray().Select(qos => string.Join(' ', qos!.AsArray())).ShouldBe(["RELIABLE VOLATILE"]);

        await Shows(["nodes"], "/ferros", "/robot");
        await Shows(
            ["topics"],
            "/image sensor_msgs/msg/Image 1 publisher 1 subscription",
            "/ferros/affect ferros_msgs/msg/FaceAffectArray 1 publisher 1 subscription");
        stage.Robot.Do("stop_camera");

        IEnumerable<string> Types(string topic) =>
            graph["topics"]![topic].ShouldNotBeNull($"{topic} is in rclpy's graph").AsArray().Select(type => type!.GetValue<string>());
    }

    /// <summary>Lists the graph with <c>ferros</c>. A look at it is short: on a loaded machine a peer may be heard of later than that.</summary>
    private async Task Shows(string[] command, params string[] lines)
    {
        for (var tries = 1; ; tries++)
        {
            using var child = stage.Ros.Ferros(command);
            (await child.WaitForExit()).ShouldBe(0, child.Tail);
            string[] shown = [.. child.Output.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
            if (tries < 20 && !lines.All(shown.Contains)) continue;
            lines.ShouldBeSubsetOf(shown);
            return;
        }
    }
}

/// <summary>With Jazzy.</summary>
[Trait("Needs", "ros")]
public sealed class JazzyTests(JazzyStage stage) : CameraStories(stage), IClassFixture<JazzyStage>;
