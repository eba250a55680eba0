using System.Diagnostics;
using System.Text.Json.Nodes;
using FerRos.Integration.Support;
using Shouldly;

namespace FerRos.Integration;

/// <summary>The process: its start, its arguments, its end.</summary>
[Trait("Needs", "ros")]
public sealed class ProcessTests : IDisposable
{
    /// <summary>A second on an idle machine, which the tests' machine may not be; what hangs takes longer.</summary>
    private const double SecondsToStop = 30;

    private readonly string _parameters = Path.GetTempFileName();

    public ProcessTests() => File.WriteAllText(_parameters, """
        /**:
          ros__parameters:
            max_faces: 3
            max_rate: 25.0
        /robot/eyes:
          ros__parameters:
            max_rate: 12.5
        /somebody/else:
          ros__parameters:
            max_faces: 0
        """);

    public void Dispose() => File.Delete(_parameters);

    [Theory]
    [InlineData("kilted", 73)]
    [InlineData("jazzy", 74)]
    public async Task In_a_sourced_ROS_the_node_runs_over_rcl_and_takes_its_arguments(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain);
        // The same as elsewhere, but the topic has another name (RclNodeTests.Reliable).
        using var node = ros.SourcedFerros(
            "run", "--ros-args", "-r", "__ns:=/robot", "-r", "__node:=eyes", "-r", "image:=/head/image", "--params-file", _parameters, "-p", "smoothing:=0.25",
            "-p", "qos_overrides./head/image.subscription.reliability:=reliable");
        using var robot = new Robot(ros, "head", "/robot/eyes/affect");
        await node.WaitForError("Active: listening to /head/image, publishing on /robot/eyes/affect");
        node.Errors.ShouldContain(line => line.Contains($"Node /robot/eyes over rcl ({distribution}", StringComparison.Ordinal), node.Tail);

        var values = robot.Do("parameters", new { node = "/robot/eyes", names = new[] { "max_faces", "max_rate", "smoothing", "detector" } })["values"];
        values.ShouldNotBeNull().ToJsonString().ShouldBe("""[3,12.5,0.25,"short_range"]""");

        robot.StartCamera("/head/image");
        var film = await robot.Play(RawPictures.Portrait(), "head", seconds: 2);
        film.Heard[^1].Faces.ShouldHaveSingleItem().Expression.ShouldBe("happiness");
        string[] nodes = ["/head", "/robot/eyes"];
        Names(await robot.Graph("eyes", "/robot/eyes/affect", known => nodes.All(Names(known).Contains))).ShouldBe(nodes);
        await Stops(node, "TERM");

        static string[] Names(JsonObject graph) => [.. graph["nodes"]!.AsArray().Select(name => name!.GetValue<string>())];
    }

    [Fact]
    public async Task In_a_sourced_ROS_the_embedded_middleware_can_be_chosen()
    {
        using var node = Ros.Find("kilted", 75).SourcedFerros("run", "--middleware", "dds");
        await node.WaitForError("Active:");
        node.Errors.ShouldContain(line => line.Contains("Node /ferros over dds", StringComparison.OrdinalIgnoreCase), node.Tail);
        await Stops(node, "INT");
    }

    [Fact]
    public async Task Compressed_pictures_are_heard_and_damaged_ones_reported_once()
    {
        var jpeg = RawPictures.PortraitJpeg();
        var ros = Ros.Find("kilted", 76);
        using var node = ros.Ferros(
            "run", "--ros-args", "-r", "__ns:=/robot", "-r", "__node:=eyes", "-r", "image:=/head/image", "--params-file", _parameters, "-p", "image_transport:=compressed");
        using var robot = new Robot(ros, "head", "/robot/eyes/affect");
        await node.WaitForError("Active: listening to /head/image/compressed, publishing on /robot/eyes/affect");
        robot.StartCamera("/head/image/compressed", compressed: true);
        await Show(new { frame = "cut", files = new[] { jpeg }, cut = 400 }, () => Told("cannot be decoded"));
        await Show(new { frame = "text", files = new[] { _parameters } }, () => Told("neither JPEG nor PNG"));
        await Show(new { frame = "good", files = new[] { jpeg }, times = 5 }, () => robot.Heard("good") is [.., { Faces.Length: 1 }]);
        await robot.Settle("good");
        robot.Heard("good")[^1].Faces.ShouldHaveSingleItem().Expression.ShouldBe("happiness");
        robot.Heard("cut").ShouldBeEmpty();
        robot.Heard("text").ShouldBeEmpty();

        string[] warnings = [.. node.Warnings.Where(line => line.Contains("'/head/image/compressed'", StringComparison.Ordinal))];
        warnings.Length.ShouldBe(2, string.Join('\n', warnings));
        warnings.ShouldContain(line => line.Contains("cannot be decoded", StringComparison.Ordinal));
        warnings.ShouldContain(line => line.Contains("neither JPEG nor PNG", StringComparison.Ordinal));
        await Stops(node, "INT");

        bool Told(string reason) => node.Warnings.Any(line => line.Contains(reason, StringComparison.Ordinal));

        // The node asks for best effort, and takes the newest picture only: some times, and until it has taken one.
        Task Show(object pictures, Func<bool> until) => Wait.Until(
            () =>
            {
                robot.Do("files", pictures);
                return until();
            },
            () => $"an answer to {pictures}; the node says:\n{node.Tail}");
    }

    [Theory]
    [InlineData("max_faces:=0", "max_faces", "0", "1 to 64")]
    [InlineData("detector:=best", "detector", "best", "short_range, full_range")]
    [InlineData("max_rate:=fast", "max_rate", "string", "double")]
    public async Task A_wrong_parameter_stops_the_start_in_one_line(string parameter, params string[] words)
    {
        using var node = Ros.Find("kilted", 75).Ferros("run", "--ros-args", "-p", parameter);
        (await node.WaitForExit()).ShouldBe(2, node.Tail);
        var line = node.Errors.Where(line => !line.Contains(" INFO ", StringComparison.Ordinal)).ShouldHaveSingleItem();
        foreach (var word in words) line.ShouldContain(word);
    }

    private static async Task Stops(Child node, string signal)
    {
        var watch = Stopwatch.StartNew();
        node.Signal(signal);
        (await node.WaitForExit()).ShouldBe(0, node.Tail);
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(SecondsToStop, node.Tail);
        node.Errors.ShouldContain(line => line.Contains("Stopping after", StringComparison.Ordinal));
    }
}
