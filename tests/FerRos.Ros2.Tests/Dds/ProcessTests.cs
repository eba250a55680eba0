using System.Collections.Concurrent;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Dds;
using FerRos.Ros2.Middleware;
using Shouldly;

namespace FerRos.Ros2.Tests.Dds;

/// <summary>Across processes, over the loopback interface: what happens in one process takes other ways in the library.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private static readonly int Domain = TestDomain.Take();

    private readonly TestLog _log = new();
    private DdsMiddleware _middleware = null!;
    private IMiddlewareNode _node = null!;

    public ValueTask InitializeAsync()
    {
        _middleware = new DdsMiddleware(new MiddlewareOptions { DomainId = Domain, Logger = _log });
        _node = _middleware.CreateNode("here", "/");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _middleware.DisposeAsync();

    [Fact]
    public async Task Pictures_from_another_process_all_arrive_when_reliable()
    {
        const int Count = 90;
        var received = new ConcurrentQueue<(int Sequence, int Length, byte First, byte Last)>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using IMiddlewareSubscription subscription = _node.CreateSubscription(
            "/film", Samples.ImageType, QosProfile.Default with { Depth = Count }, (in ReceivedSample sample) =>
            {
                started.TrySetResult();
                if (Samples.ReadImage(sample.Cdr) is { Sequence: >= 0 } picture)
                    received.Enqueue(picture);
            });
        await using IMiddlewarePublisher go = _node.CreatePublisher("/film_go", Samples.StringType, QosProfile.Default with { Durability = QosDurability.TransientLocal });
        using OtherProcess camera = OtherProcess.Peer(Domain, "LOCALHOST", "film", "camera", "/film", "640", "480", "90", "60");
        await Wait.Until(() => started.Task.IsCompleted, "a first picture");
        go.Publish(Samples.Text("go"));
        await Wait.Until(() => received.Count == Count, "all pictures");
        received.ShouldBe(Enumerable.Range(0, Count).Select(static i => (i, 640 * 480 * 3, (byte)i, (byte)i)));
    }

    [Fact]
    public async Task A_publisher_that_is_killed_and_started_again_is_heard_again()
    {
        var received = new ConcurrentQueue<string>();
        await using IMiddlewareSubscription subscription = _node.CreateSubscription(
            "/talk", Samples.StringType, QosProfile.Default, (in ReceivedSample sample) => received.Enqueue(Samples.ReadText(sample.Cdr)));
        for (int i = 0; i < 2; i++)
        {
            string name = $"talker{i}";
            using OtherProcess talker = OtherProcess.Peer(Domain, "LOCALHOST", "talk", name, "/talk");
            await Wait.Until(() => received.Count(text => text.StartsWith(name, StringComparison.Ordinal)) >= 3, $"messages of {name}");
            talker.Kill();
        }
    }

    [Fact]
    public async Task Ten_nodes_in_ten_processes_find_each_other_and_leave()
    {
        OtherProcess[] others = [.. Enumerable.Range(0, 10).Select(static i => OtherProcess.Peer(Domain, "LOCALHOST", "talk", $"node{i}", "/ten"))];
        try
        {
            var heard = new ConcurrentDictionary<string, bool>();
            await using IMiddlewareSubscription subscription = _node.CreateSubscription(
                "/ten", Samples.StringType, QosProfile.Default with { Depth = 100 }, (in ReceivedSample sample) => heard.TryAdd(Samples.ReadText(sample.Cdr).Split(' ')[0], true));
            await Wait.Until(() => heard.Count == 10, "a message of each");
            string[] expected = [.. Enumerable.Range(0, 10).Select(static i => $"/node{i}")];
            await Wait.Until(() => _node.GetNodeNames().Select(static node => node.FullName).Intersect(expected).Count() == 10, "ten nodes in the graph");
            await Wait.Until(() => _node.GetPublishers("/ten").Count(static publisher => publisher.Node.Name.StartsWith("node", StringComparison.Ordinal)) == 10, "ten publishers with their nodes");
            _node.GetTopicNamesAndTypes().Single(static topic => topic.Name == "/ten").Types.ShouldBe(["std_msgs/msg/String"]);
        }
        finally
        {
            foreach (OtherProcess other in others)
                other.Dispose();
        }

        await Wait.Until(() => !_node.GetNodeNames().Any(static node => node.Name.StartsWith("node", StringComparison.Ordinal)), "the nodes of killed processes to go");
    }

    [Fact]
    public async Task Discovery_reaches_from_localhost_to_subnet_on_one_machine()
    {
        // Who uses the same domain elsewhere in the network is within reach here; the name keeps apart.
        string topic = $"/ranges_{Guid.NewGuid():N}";
        var heard = new ConcurrentDictionary<string, bool>();
        await using IMiddlewareSubscription subscription = _node.CreateSubscription(
            topic, Samples.StringType, QosProfile.Default with { Depth = 100 }, (in ReceivedSample sample) => heard.TryAdd(Samples.ReadText(sample.Cdr).Split(' ')[0], true));
        using OtherProcess subnet = OtherProcess.Peer(Domain, "SUBNET", "talk", "subnet", topic);
        using OtherProcess localhost = OtherProcess.Peer(Domain, "LOCALHOST", "talk", "localhost", topic);
        using OtherProcess off = OtherProcess.Peer(Domain, "OFF", "talk", "off", topic);
        await Wait.Until(() => heard.ContainsKey("subnet") && heard.ContainsKey("localhost"), "both");
        await off.WaitForLine("talking");
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        heard.Keys.ShouldNotContain("off");
    }

    [Fact]
    public async Task A_stopped_subscriber_delays_a_publisher_that_keeps_all_by_a_bounded_time()
    {
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/stuck", Samples.ImageType, QosProfile.Default with { History = QosHistory.KeepAll });
        using OtherProcess watcher = OtherProcess.Peer(Domain, "LOCALHOST", "watch", "watcher", "/stuck");
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");
        await watcher.Stop();

        byte[] pixels = new byte[640 * 480 * 3];
        using var buffer = new SerializationBuffer();
        MiddlewareException? refusal = null;
        for (int i = 0; i < 50 && refusal is null; i++)
        {
            try
            {
                publisher.Publish(Samples.Image(buffer, i, 640, 480, pixels));
            }
            catch (MiddlewareException exception)
            {
                refusal = exception;
            }
        }

        refusal.ShouldNotBeNull();
        refusal.Message.ShouldContain("rt/stuck");
        watcher.Continue();
        await Wait.Until(
            () =>
            {
                try
                {
                    publisher.Publish(Samples.Image(buffer, 99, 640, 480, pixels));
                    return true;
                }
                catch (MiddlewareException)
                {
                    return false;
                }
            },
            "the publisher to go on");
    }

    [Fact]
    public async Task A_stopped_subscriber_does_not_keep_the_program_from_ending()
    {
        var other = new DdsMiddleware(new MiddlewareOptions { DomainId = Domain });
        IMiddlewareNode node = other.CreateNode("ending", "/");
        IMiddlewarePublisher[] publishers = [.. Enumerable.Range(0, 3).Select(_ => node.CreatePublisher("/stuck", Samples.ImageType, QosProfile.Default))];
        using OtherProcess watcher = OtherProcess.Peer(Domain, "LOCALHOST", "watch", "watcher", "/stuck");
        await Wait.Until(() => publishers.All(static publisher => publisher.SubscriptionCount == 1), "matches");
        await watcher.Stop();
        using var buffer = new SerializationBuffer();
        foreach (IMiddlewarePublisher publisher in publishers)
            publisher.Publish(Samples.Image(buffer, 0, 640, 480, new byte[640 * 480 * 3]));
        publishers[0].WaitForAcknowledgements(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Task.Run(() => other.DisposeAsync().AsTask(), TestContext.Current.CancellationToken).WaitAsync(Wait.Long, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage($"ended after {watch.Elapsed.TotalSeconds:0.0} s");
        watcher.Continue();
    }

    [Fact]
    public async Task A_peer_of_another_type_is_told()
    {
        var events = new ConcurrentQueue<EndpointEvent>();
        await using IMiddlewareSubscription subscription = _node.CreateSubscription(
            "/typed", Samples.HeaderType, QosProfile.Default, (in ReceivedSample _) => { }, (in EndpointEvent e) => events.Enqueue(e));
        using OtherProcess talker = OtherProcess.Peer(Domain, "LOCALHOST", "talk", "talker", "/typed");
        await Wait.Until(() => events.Any(static e => e.Kind == EndpointEventKind.IncompatibleType), "the event");
        events.First(static e => e.Kind == EndpointEventKind.IncompatibleType).Policy.ShouldBe("std_msgs/msg/String");
        subscription.PublisherCount.ShouldBe(0);
    }
}
