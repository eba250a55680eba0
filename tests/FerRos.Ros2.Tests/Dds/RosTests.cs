using System.Collections.Concurrent;
using System.Text.Json;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Dds;
using FerRos.Ros2.Middleware;
using Shouldly;

namespace FerRos.Ros2.Tests.Dds;

/// <summary>Against rclpy over Fast DDS.</summary>
[Trait("Needs", "ros")]
public sealed class RosTests
{
    private static readonly int Domain = TestDomain.Take();

    public static TheoryData<string, string, string> Ranges => new()
    {
        { "kilted", "LOCALHOST", "LOCALHOST" },
        { "kilted", "SUBNET", "LOCALHOST" },
        { "kilted", "LOCALHOST", "SUBNET" },
        { "kilted", "SUBNET", "SUBNET" },
        { "jazzy", "LOCALHOST", "LOCALHOST" },
        { "jazzy", "SUBNET", "LOCALHOST" },
        { "jazzy", "LOCALHOST", "SUBNET" },
    };

    public static TheoryData<string> Distributions => new() { "kilted", "jazzy" };

    [Theory]
    [MemberData(nameof(Ranges))]
    public async Task Text_goes_both_ways(string distribution, string theirRange, string ourRange)
    {
        // Who uses the same domain elsewhere in the network is within reach here; the names keep apart.
        string fromRos = $"/from_ros_{Guid.NewGuid():N}", toRos = $"/to_ros_{Guid.NewGuid():N}";
        await using DdsMiddleware middleware = Start(ourRange);
        IMiddlewareNode node = middleware.CreateNode("here", "/");
        var heard = new ConcurrentQueue<string>();
        await using IMiddlewareSubscription subscription = node.CreateSubscription(
            fromRos, Samples.StringType, QosProfile.Default with { Durability = QosDurability.TransientLocal }, (in ReceivedSample sample) => heard.Enqueue(Samples.ReadText(sample.Cdr)));
        await using IMiddlewarePublisher publisher = node.CreatePublisher(toRos, Samples.StringType, QosProfile.Default with { Durability = QosDurability.TransientLocal });
        publisher.Publish(Samples.Text("grüße 😀"));

        using OtherProcess talker = OtherProcess.Ros(distribution, Domain, theirRange, "talk", "talker", fromRos, "eins", "zwei: ü😀");
        using OtherProcess listener = OtherProcess.Ros(distribution, Domain, theirRange, "listen", "listener", toRos, "1");
        string line = await listener.WaitForLine("text");
        JsonDocument.Parse(line).RootElement.GetProperty("text").GetString().ShouldBe("grüße 😀");
        await Wait.Until(() => heard.Count == 2, "two messages");
        heard.ShouldBe(["eins", "zwei: ü😀"]);
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public async Task Pictures_to_ros_at_30_fps_for_10_s_all_arrive(string distribution)
    {
        const int Count = 300;
        await using DdsMiddleware middleware = Start("LOCALHOST");
        IMiddlewareNode node = middleware.CreateNode("camera", "/");
        await using IMiddlewarePublisher publisher = node.CreatePublisher("/image", Samples.ImageType, QosProfile.Default with { Depth = Count });
        using OtherProcess viewer = OtherProcess.Ros(distribution, Domain, "LOCALHOST", "images_in", "viewer", "image", "300");
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");

        // That this side knows the viewer does not say that the viewer knows this side: the film begins when it has heard something.
        using var buffer = new SerializationBuffer();
        await Wait.Until(
            () =>
            {
                Samples.PublishPatiently(publisher, Samples.Image(buffer, -1, 8, 8, new byte[8 * 8 * 3]));
                return viewer.Lines.Any(static line => line.Contains("started", StringComparison.Ordinal));
            },
            "the viewer to hear a picture");

        byte[] pixels = new byte[640 * 480 * 3];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (int i = 0; i < Count; i++)
        {
            TimeSpan ahead = TimeSpan.FromSeconds(i / 30.0) - watch.Elapsed;
            if (ahead > TimeSpan.Zero)
                await Task.Delay(ahead, TestContext.Current.CancellationToken);
            pixels.AsSpan().Fill((byte)i);
            Samples.PublishPatiently(publisher, Samples.Image(buffer, i, 640, 480, pixels));
        }

        JsonElement result = JsonDocument.Parse(await viewer.WaitForLine("received")).RootElement;
        result.GetProperty("received").GetInt32().ShouldBe(Count);
        result.GetProperty("distinct").GetInt32().ShouldBe(Count);
        result.GetProperty("damaged").GetInt32().ShouldBe(0);
        result.GetProperty("ordered").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public async Task Pictures_from_ros_at_30_fps_for_10_s_all_arrive(string distribution)
    {
        const int Count = 300;
        await using DdsMiddleware middleware = Start("LOCALHOST");
        IMiddlewareNode node = middleware.CreateNode("viewer", "/");
        var received = new ConcurrentQueue<(int, int, byte, byte)>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using IMiddlewareSubscription subscription = node.CreateSubscription(
            "/image", Samples.ImageType, QosProfile.Default with { Depth = Count }, (in ReceivedSample sample) =>
            {
                started.TrySetResult();
                if (Samples.ReadImage(sample.Cdr) is { Sequence: >= 0 } picture)
                    received.Enqueue(picture);
            });
        await using IMiddlewarePublisher go = node.CreatePublisher("/image_go", Samples.StringType, QosProfile.Default with { Depth = 1, Durability = QosDurability.TransientLocal });
        using OtherProcess camera = OtherProcess.Ros(distribution, Domain, "LOCALHOST", "images_out", "camera", "image", "300", "30", "640", "480");
        await Wait.Until(() => started.Task.IsCompleted, "a first picture");
        go.Publish(Samples.Text("go"));
        await camera.WaitForLine("sent");

        // Where some are missing, it is said which.
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (received.Count < Count && watch.Elapsed < Wait.Long)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Enumerable.Range(0, Count).Except(received.Select(static picture => picture.Item1)).ShouldBeEmpty();
        received.ShouldBe(Enumerable.Range(0, Count).Select(static i => (i, 640 * 480 * 3, (byte)i, (byte)i)));
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public async Task Each_side_is_in_the_graph_of_the_other(string distribution)
    {
        await using DdsMiddleware middleware = Start("LOCALHOST");
        IMiddlewareNode node = middleware.CreateNode("here", "/robot");
        await using IMiddlewarePublisher publisher = node.CreatePublisher("/robot/chatter", Samples.StringType, QosProfile.SensorData);
        await using IMiddlewareSubscription subscription = node.CreateSubscription(
            "/robot/chatter", Samples.StringType, QosProfile.SensorData, (in ReceivedSample _) => { });
        using OtherProcess other = OtherProcess.Ros(distribution, Domain, "LOCALHOST", "graph", "there", "here", "/robot/chatter");
        JsonElement seen = JsonDocument.Parse(await other.WaitForLine("nodes")).RootElement;

        // Nodes of tests before this one, whose processes were killed, may still be there.
        Texts(seen.GetProperty("nodes")).ShouldContain("/ there");
        Texts(seen.GetProperty("nodes")).ShouldContain("/robot here");
        Texts(seen.GetProperty("topics").GetProperty("/robot/chatter")).ShouldBe(["std_msgs/msg/String"]);

        // Fast DDS 3 (Kilted) finds an endpoint's node only when the peer sends PID_PARTICIPANT_GUID, which Cyclone does not.
        string owner = distribution == "kilted" ? "_CREATED_BY_BARE_DDS_APP_ _CREATED_BY_BARE_DDS_APP_" : "/robot here";
        Texts(seen.GetProperty("publisher")).Single().ShouldBe($"{owner} std_msgs/msg/String {Samples.StringType.Hash} BEST_EFFORT");
        Texts(seen.GetProperty("subscription")).Single().ShouldBe($"{owner} VOLATILE");

        await Wait.Until(() => node.GetPublishers("/from_rclpy").Any(static endpoint => endpoint.Node.FullName == "/there"), "the other node's publisher");
        await Wait.Until(() => node.GetSubscriptions("/to_rclpy").Any(static endpoint => endpoint.Node.FullName == "/there"), "the other node's subscription");
        await Wait.Until(() => node.GetServiceNamesAndTypes().Any(static service => service.Name == "/there/get_parameters"), "the other node's services");
        node.GetNodeNames().Select(static name => name.FullName).ShouldContain("/there");
        node.GetNodeNames().Select(static name => name.FullName).ShouldContain("/robot/here");
        TopicEndpoint endpoint = node.GetPublishers("/from_rclpy").Single();
        (endpoint.Type, endpoint.TypeHash, endpoint.Qos.Reliability).ShouldBe(("std_msgs/msg/String", Samples.StringType.Hash, QosReliability.Reliable));
        node.GetSubscriptions("/to_rclpy").Single().Node.FullName.ShouldBe("/there");
        node.GetTopicNamesAndTypes().Single(static topic => topic.Name == "/from_rclpy").Types.ShouldBe(["std_msgs/msg/String"]);
        node.GetServiceNamesAndTypes().ShouldContain(static service => service.Name == "/there/get_parameters" && service.Types.Contains("rcl_interfaces/srv/GetParameters"));

        other.Kill();
        await Wait.Until(() => node.GetNodeNames().All(static name => name.Name != "there"), "the other node to go");
    }

    private static DdsMiddleware Start(string range) => new(
        new MiddlewareOptions { DomainId = Domain },
        name => name == "ROS_AUTOMATIC_DISCOVERY_RANGE" ? range : Environment.GetEnvironmentVariable(name));

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(static item => item.GetString()!);
}
