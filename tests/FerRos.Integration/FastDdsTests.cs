using System.Globalization;
using System.Text.RegularExpressions;
using FerRos.Integration.Support;
using Shouldly;

namespace FerRos.Integration;

/// <summary>
/// Pictures over Fast DDS with the QoS and the discovery of a user who sets nothing: best effort, and shared memory of
/// 512 KB for pictures of 900 KB, were it not for what the program does about it.
/// </summary>
[Trait("Needs", "ros")]
public sealed partial class FastDdsTests
{
    private const string Variable = "FASTDDS_BUILTIN_TRANSPORTS";
    private const int Picture = 640 * 480 * 3;

    [Theory]
    [InlineData("kilted", 79)]
    [InlineData("jazzy", 80)]
    public async Task The_node_and_the_camera_as_they_come_lose_no_pictures_on_the_way(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain, asItComes: true);
        using var node = ros.SourcedFerros("run", "--middleware", "rcl");
        using var robot = new Robot(ros, "robot", "/ferros/affect");
        await node.WaitForError("Active:");
        using var camera = ros.SourcedFerros("camera", "--source", "demo", "--fps", "15");
        await Wait.Until(() => robot.Heard("camera").Count >= 30, () => $"estimates; the node says:\n{node.Tail}\nthe camera:\n{camera.Tail}");
        LostOnTheWay(node).ShouldBeLessThan(0.5, node.Tail);
    }

    [Theory]
    [InlineData("kilted", 79)]
    [InlineData("jazzy", 80)]
    public async Task Another_camera_with_room_is_heard_with_the_nodes_own_QoS(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain, asItComes: true);
        using var node = ros.SourcedFerros("run", "--middleware", "rcl");
        ros.Environment[Variable] = "DEFAULT?sockets_size=4MB";
        using var robot = new Robot(ros, "robot", "/ferros/affect");
        await node.WaitForError("Active:");
        robot.StartCamera("/image");
        (await robot.Play(RawPictures.Portrait(), "head", seconds: 3)).Heard[^1].Faces.ShouldHaveSingleItem().Expression.ShouldBe("happiness");
        LostOnTheWay(node).ShouldBeLessThan(0.5, node.Tail);
    }

    [Theory]
    [InlineData("kilted", 79, null, 2 * Picture, long.MaxValue)]
    [InlineData("jazzy", 80, null, 2 * Picture, long.MaxValue)]
    [InlineData("kilted", 79, "DEFAULT", 512 * 1024, Picture)]
    [InlineData("jazzy", 80, "DEFAULT", 512 * 1024, Picture)]
    public async Task A_process_has_room_for_pictures_unless_the_user_says_otherwise(string distribution, int domain, string? transports, long least, long most)
    {
        var ros = Ros.Find(distribution, domain, asItComes: true);
        if (transports is not null) ros.Environment[Variable] = transports;
        using var camera = ros.SourcedFerros("camera", "--source", "demo");
        await Wait.Until(() => camera.HasExited || SharedMemory(camera) >= least, () => $"shared memory of {least} octets; the camera says:\n{camera.Tail}");
        camera.HasExited.ShouldBeFalse(camera.Tail);
        SharedMemory(camera).ShouldBeInRange(least, most);
    }

    /// <summary>Part of the pictures that the node warned of as lost; a starved machine may lose some in spite of all.</summary>
    private static double LostOnTheWay(Child node) => node.Errors
        .Select(line => Losses().Match(line))
        .Where(match => match.Success)
        .Select(match => (Lost: Number(match, 1), Came: Number(match, 2)))
        .Select(told => told.Lost / (told.Lost + told.Came))
        .LastOrDefault();

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("([0-9]+) messages on '[^']+' were lost on the way here, ([0-9]+) came")]
    private static partial Regex Losses();

    /// <summary>The largest piece of Fast DDS's shared memory that a process has mapped, in bytes; 0: none yet. Of one that has no peers, its own.</summary>
    private static long SharedMemory(Child child) => File.ReadLines($"/proc/{child.Id}/maps")
        .Where(line => line.Contains("/dev/shm/fast", StringComparison.Ordinal) && !line.Contains("_port", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[0].Split('-').Select(address => long.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray())
        .Select(range => range[1] - range[0])
        .DefaultIfEmpty(0)
        .Max();
}
