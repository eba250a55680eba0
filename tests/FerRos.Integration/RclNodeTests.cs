using System.Text.Json.Nodes;
using FerRos.Integration.Support;
using Shouldly;

namespace FerRos.Integration;

/// <summary>The node over the sourced ROS 2, as a lifecycle manager, a user of parameters and ROS4HRI's nodes meet it.</summary>
[Trait("Needs", "ros")]
public sealed class RclNodeTests
{
    private const string Node = "/ferros";

    /// <summary>Restricted to this machine, Fast DDS has less shared memory than a picture: best effort loses all of them by bad luck.</summary>
    internal static readonly string[] Reliable = ["-p", "qos_overrides./image.subscription.reliability:=reliable"];

    [Theory]
    [InlineData("kilted", 77)]
    [InlineData("jazzy", 78)]
    public async Task A_lifecycle_manager_brings_the_node_up_and_down(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain);
        // Diagnostics so often that they fall into every transition: they look at what is being made or taken down.
        using var node = ros.SourcedFerros(["run", "--middleware", "rcl", "--ros-args", "-p", "autostart:=false", "-p", "diagnostics.period:=0.1", .. Reliable]);
        using var robot = new Robot(ros, "robot", "/ferros/affect");
        using var tool = new Tool(ros, "ferros_msgs");
        tool.State(Node).ShouldBe("unconfigured");
        tool.Hear("lifecycle_msgs/msg/TransitionEvent", "/ferros/transition_event");
        Publishers("/ferros/affect").ShouldBe(0);

        // Unconfigured and inactive, it does not listen to the camera; what is not allowed changes nothing.
        tool.Change(Node, "activate").ShouldBe((false, "unconfigured"));
        tool.Change(Node, "configure").ShouldBe((true, "inactive"));
        Subscriptions("/image").ShouldBe(0);

        for (var round = 0; round < 2; round++)
        {
            tool.Change(Node, "activate").ShouldBe((true, "active"));
            robot.StartCamera("/image");
            var film = await robot.Play(RawPictures.Portrait(), $"round{round}", seconds: 1.5);
            film.Heard[^1].Faces.ShouldHaveSingleItem().Expression.ShouldBe("happiness");
            robot.Do("stop_camera");
            tool.Change(Node, "deactivate").ShouldBe((true, "inactive"));
            await Wait.Until(() => Subscriptions("/image") == 0, () => "the end of the subscription");
        }

        tool.Change(Node, "cleanup").ShouldBe((true, "unconfigured"));
        await Wait.Until(() => Publishers("/ferros/affect") == 0, () => "the end of the publisher");
        tool.Change(Node, "shutdown").ShouldBe((true, "finalized"));
        tool.Change(Node, "configure").ShouldBe((false, "finalized"));

        string[] states = [.. tool.Heard("/ferros/transition_event", 14).Select(e => e!["goal_state"]!["label"]!.GetValue<string>())];
        states.ShouldBe([
            "configuring", "inactive", "activating", "active", "deactivating", "inactive", "activating", "active", "deactivating", "inactive",
            "cleaningup", "unconfigured", "shuttingdown", "finalized"]);
        node.Signal("INT");
        (await node.WaitForExit()).ShouldBe(0, node.Tail);

        int Publishers(string topic) => tool.Do("endpoints", new { topic })["publishers"]!.AsArray().Count;
        int Subscriptions(string topic) => tool.Do("endpoints", new { topic })["subscriptions"]!.AsArray().Count;
    }

    [Fact]
    public async Task A_model_that_is_not_there_fails_configure_and_the_node_waits_for_the_next_try()
    {
        var ros = Ros.Find("kilted", 77);
        using var node = ros.SourcedFerros("run", "--middleware", "rcl", "--ros-args", "-p", "autostart:=false", "-p", "model:=nothing");
        using var tool = new Tool(ros);
        tool.Change(Node, "configure").ShouldBe((false, "unconfigured"));
        await node.WaitForError("Cannot load the model nothing");
        tool.Change(Node, "configure").ShouldBe((false, "unconfigured"));
        node.HasExited.ShouldBeFalse();
    }

    [Theory]
    [InlineData("kilted", 77)]
    [InlineData("jazzy", 78)]
    public async Task Rclpys_parameter_client_changes_what_may_be_changed_and_hears_why_the_rest_may_not(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain);
        using var node = ros.SourcedFerros(["run", "--middleware", "rcl", "--ros-args", .. Reliable]);
        using var robot = new Robot(ros, "robot", "/ferros/affect");
        using var tool = new Tool(ros, "ferros_msgs");
        await node.WaitForError("Active:");
        robot.StartCamera("/image");
        (await robot.Play(RawPictures.Portrait(), "before", seconds: 1.5)).Heard[^1].Faces.Length.ShouldBe(1);

        Set("max_faces", 0).ShouldContain("1 to 64");
        Set("max_faces", "many").ShouldContain("type");
        Set("model", "another").ShouldContain("read-only");
        Set("no_such_parameter", 1).ShouldContain("not declared");
        Set("min_face_size", 400).ShouldBe("");

        // It holds from the next picture on: the face is 130 pixels wide.
        (await robot.Play(RawPictures.Portrait(), "after", seconds: 1.5)).Heard[^1].Faces.ShouldBeEmpty();

        string Set(string name, object value)
        {
            var order = new JsonObject { ["node"] = Node, ["method"] = "set_parameters", ["parameters"] = new JsonObject { [name] = JsonValue.Create(value) } };
            var result = tool.Do("parameters", order)["results"]!.AsArray().ShouldHaveSingleItem()!;
            result["successful"]!.GetValue<bool>().ShouldBe(result["reason"]!.GetValue<string>().Length == 0);
            return result["reason"]!.GetValue<string>();
        }
    }

    [Theory]
    [InlineData("kilted", 77)]
    [InlineData("jazzy", 78)]
    public async Task With_hri_msgs_in_the_workspace_rclpy_hears_the_ROS4HRI_topics(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain);
        using var node = ros.SourcedFerros(["ferros_msgs", "hri_msgs"], ["run", "--middleware", "rcl", "--ros-args", "-p", "track_timeout:=60.0", .. Reliable]);
        using var robot = new Robot(ros, "robot", "/ferros/affect");
        using var tool = new Tool(ros, "ferros_msgs", "hri_msgs");
        await node.WaitForError("Active:");
        robot.StartCamera("/image");
        await robot.Play(RawPictures.Portrait(), "first", seconds: 1.5);
        tool.Hear("hri_msgs/msg/IdsList", "/humans/faces/tracked", depth: 1);
        await robot.Play(RawPictures.Portrait(), "second", seconds: 1);
        var id = tool.Heard("/humans/faces/tracked")[^1]!["ids"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>();

        var face = $"/humans/faces/{id}/";
        tool.Hear("hri_msgs/msg/NormalizedRegionOfInterest2D", face + "roi");
        tool.Hear("hri_msgs/msg/Expression", face + "expression");
        tool.Hear("sensor_msgs/msg/Image", face + "cropped", depth: 2);
        tool.Hear("sensor_msgs/msg/Image", face + "aligned", depth: 2);
        var film = await robot.Play(RawPictures.Portrait(), "third", seconds: 1.5);

        // The same face, the same estimates, the same stamps as on the affect topic.
        var affects = film.Heard.Where(affect => affect.Faces.Length == 1).ToDictionary(affect => affect.Stamp);
        var expressions = tool.Heard(face + "expression").Where(e => affects.ContainsKey(Stamp(e))).ToArray();
        expressions.Length.ShouldBeGreaterThan(0);
        foreach (var expression in expressions)
        {
            var seen = affects[Stamp(expression)].Faces[0];
            seen.Id.ShouldBe(id);
            expression!["expression"]!.GetValue<string>().ShouldBe("happy");
            expression["confidence"]!.GetValue<float>().ShouldBe(seen.Confidence);
            (expression["valence"]!.GetValue<float>(), expression["arousal"]!.GetValue<float>()).ShouldBe((seen.Valence, seen.Arousal));
        }

        foreach (var roi in tool.Heard(face + "roi").Where(r => affects.ContainsKey(Stamp(r))))
        {
            var seen = affects[Stamp(roi)].Faces[0].Roi;
            roi!["xmin"]!.GetValue<double>().ShouldBe(seen[0] / 640.0, 0.01);
            roi["ymax"]!.GetValue<double>().ShouldBe((seen[1] + seen[3]) / 480.0, 0.01);
        }

        foreach (var crop in new[] { tool.Heard(face + "cropped")[0]!, tool.Heard(face + "aligned")[0]! })
            (crop["width"]!.GetValue<int>(), crop["height"]!.GetValue<int>(), crop["encoding"]!.GetValue<string>(), crop["data"]!["length"]!.GetValue<int>()).ShouldBe((128, 128, "bgr8", 128 * 128 * 3));
        node.Warnings.ShouldBeEmpty(node.Tail);

        static long Stamp(JsonNode? message)
        {
            var stamp = message!["header"]!["stamp"]!;
            return (stamp["sec"]!.GetValue<long>() * 1_000_000_000) + stamp["nanosec"]!.GetValue<long>();
        }
    }

    [Theory]
    [InlineData("kilted", 77)]
    [InlineData("jazzy", 78)]
    public async Task Without_hri_msgs_that_is_said_once_and_the_node_goes_on(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain);
        using var node = ros.SourcedFerros(["run", "--middleware", "rcl", "--ros-args", .. Reliable]);
        using var robot = new Robot(ros, "robot", "/ferros/affect");
        using var tool = new Tool(ros);
        await node.WaitForError("Active:");
        robot.StartCamera("/image");
        (await robot.Play(RawPictures.Portrait(), "pictures", seconds: 2)).Heard[^1].Faces.ShouldHaveSingleItem().Expression.ShouldBe("happiness");

        var warning = node.Warnings.ShouldHaveSingleItem();
        warning.ShouldContain("The ROS4HRI topics are not published");
        warning.ShouldContain($"ros-{distribution}-hri-msgs");
        tool.Do("graph", new { })["topics"]!.AsObject().Select(topic => topic.Key).ShouldNotContain(topic => topic.StartsWith("/humans/faces", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kilted", 77)]
    [InlineData("jazzy", 78)]
    public async Task Where_ferros_msgs_is_not_built_the_node_says_what_to_do_and_goes_on_over_dds(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain);
        using var node = ros.SourcedFerros([], ["run", "--ros-args", .. Reliable]);
        using var robot = new Robot(ros, "robot", "/ferros/affect");
        await node.WaitForError("Active:");
        var warning = node.Warnings.ShouldHaveSingleItem();
        foreach (var word in new[] { "'ferros_msgs/msg/FaceAffectArray'", "colcon", "setup.bash", "Going on over the embedded middleware", "rmw_fastrtps_cpp" }) warning.ShouldContain(word);
        node.Errors.ShouldContain(line => line.Contains("Node /ferros over dds", StringComparison.Ordinal), node.Tail);

        robot.StartCamera("/image");
        (await robot.Play(RawPictures.Portrait(), "pictures", seconds: 1.5)).Heard[^1].Faces.ShouldHaveSingleItem().Expression.ShouldBe("happiness");
    }

    [Fact]
    public async Task Where_ferros_msgs_is_not_built_and_rcl_was_asked_for_the_node_refuses_in_one_line()
    {
        using var node = Ros.Find("kilted", 77).SourcedFerros([], ["run", "--middleware", "rcl"]);
        (await node.WaitForExit()).ShouldBe(2, node.Tail);
        var line = node.Errors.ShouldHaveSingleItem();
        foreach (var word in new[] { "ferros run:", "'ferros_msgs/msg/FaceAffectArray'", "colcon", "setup.bash", "--middleware dds" }) line.ShouldContain(word);
    }
}
