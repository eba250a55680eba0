using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FerRos.Ros2.Middleware;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

[Trait("Needs", "ros")]
public sealed class GraphTests
{
    [Theory, ClassData(typeof(Distributions))]
    public async Task Rclpy_is_seen_from_here(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var changes = 0;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var first = middleware.CreateNode("first", "/tests");
        await using var node = middleware.CreateNode("watcher", "/tests");
        node.GraphChanged += () => Interlocked.Increment(ref changes);
        var before = 0;
        await Wait.Until(() => (before = Volatile.Read(ref changes)) >= 0 && node.GetNodeNames().Count == 2, "seeing ourselves");

        using var peer = new Peer("graph", "/tests/graph");
        peer.Next("ready");

        await Wait.Until(() => node.GetNodeNames().Contains(new NodeName("peer", "/tests")), "the peer's node");
        await Wait.Until(() => node.GetPublishers("/tests/graph/from_peer").Any(p => p.Node.Name == "peer"), "the peer's publisher");
        await Wait.Until(() => node.GetSubscriptions("/tests/graph/to_peer").Any(p => p.Node.Name == "peer"), "the peer's subscription");
        await Wait.Until(() => node.GetServiceNamesAndTypes().Any(s => s.Name == "/tests/graph/trigger"), "the peer's service");
        await Wait.Until(() => Volatile.Read(ref changes) > before, "a change told, after the graph has it");

        node.GetNodeNames().ShouldBe([new NodeName("first", "/tests"), new NodeName("watcher", "/tests"), new NodeName("peer", "/tests")], ignoreOrder: true);
        node.GetTopicNamesAndTypes().Single(t => t.Name == "/tests/graph/from_peer").Types.ShouldBe(["std_msgs/msg/String"]);
        node.GetServiceNamesAndTypes().Single(t => t.Name == "/tests/graph/trigger").Types.ShouldBe(["std_srvs/srv/Trigger"]);

        var publisher = node.GetPublishers("/tests/graph/from_peer").ShouldHaveSingleItem();
        publisher.Node.ShouldBe(new NodeName("peer", "/tests"));
        publisher.Topic.ShouldBe("/tests/graph/from_peer");
        publisher.Type.ShouldBe("std_msgs/msg/String");
        publisher.TypeHash.ShouldBe(Cdr.String.Hash);
        publisher.Qos.Reliability.ShouldBe(QosReliability.BestEffort);
        publisher.Qos.Durability.ShouldBe(QosDurability.Volatile);
        publisher.Qos.Deadline.ShouldBe(Timeout.InfiniteTimeSpan);

        var subscription = node.GetSubscriptions("/tests/graph/to_peer").ShouldHaveSingleItem();
        subscription.Qos.Reliability.ShouldBe(QosReliability.Reliable);
        subscription.Qos.Durability.ShouldBe(QosDurability.TransientLocal);
        subscription.TypeHash.ShouldBe(Cdr.String.Hash);
        node.GetPublishers("/tests/nobody_is_here").ShouldBeEmpty();

        before = Volatile.Read(ref changes);
        peer.Kill();
        peer.Dispose();

        // Killed: its lease has to run out, which takes longer than tests wait. A restarted node is seen at once.
        using var next = new Peer("hear_strings", "/tests/graph/next", "reliable,volatile,1");
        await Wait.Until(() => node.GetSubscriptions("/tests/graph/next").Count == 1, "the next peer");
        await Wait.Until(() => Volatile.Read(ref changes) > before, "a change told, after the graph has it");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Rclpy_sees_what_is_here(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        using var peer = new Peer("graph", "/tests/graph");
        peer.Next("ready");
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("seen", "/tests");
        await using var publisher = node.CreatePublisher("/tests/graph/from_us", Cdr.Image, QosProfile.SensorData);
        await using var subscription = node.CreateSubscription(
            "/tests/graph/to_us", Cdr.String, new QosProfile { Durability = QosDurability.TransientLocal }, (in ReceivedSample _) => { });
        await using var service = node.CreateService("/tests/graph/ours", Cdr.SetBool, QosProfile.Services, (RequestId _, in ReceivedSample _) => { });

        JsonObject seen = [];
        await Wait.Until(
            () =>
            {
                peer.Say("");
                seen = peer.NextWith("nodes");
                return seen["endpoints"]!.AsArray().Count(e => e!["node"]!.GetValue<string>() == "/tests/seen") == 2 && seen["services"]!["/tests/graph/ours"] is not null;
            },
            "our node in rclpy's graph");

        seen["nodes"]!.AsArray().Select(n => n!.GetValue<string>()).ShouldContain("/tests/seen");
        seen["topics"]!["/tests/graph/from_us"]![0]!.GetValue<string>().ShouldBe("sensor_msgs/msg/Image");
        seen["services"]!["/tests/graph/ours"]![0]!.GetValue<string>().ShouldBe("std_srvs/srv/SetBool");
        var endpoints = seen["endpoints"]!.AsArray();
        endpoints.Count.ShouldBe(2);
        endpoints[0]!["hash"]!.GetValue<string>().ShouldBe(Cdr.Image.Hash);
        endpoints[0]!["reliability"]!.GetValue<string>().ShouldBe("BEST_EFFORT");
        endpoints[0]!["durability"]!.GetValue<string>().ShouldBe("VOLATILE");
        endpoints[1]!["type"]!.GetValue<string>().ShouldBe("std_msgs/msg/String");
        endpoints[1]!["durability"]!.GetValue<string>().ShouldBe("TRANSIENT_LOCAL");

        // The same identifier on both sides, in the order of its bytes.
        await Wait.Until(() => node.GetPublishers("/tests/graph/from_us").Count == 1, "the publisher in our graph");
        endpoints[0]!["gid"]!.GetValue<string>()[..32].ShouldBe(node.GetPublishers("/tests/graph/from_us").Single().Gid.ToString());
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_sample_tells_who_published_it(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var senders = new ConcurrentQueue<Gid>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("asker", "/tests");
        await using var subscription = node.CreateSubscription("/tests/who", Cdr.String, QosProfile.Default, (in ReceivedSample sample) => senders.Enqueue(sample.Publisher));
        using var peer = new Peer("say_strings", "/tests/who", "reliable,volatile,10", "me");

        var sender = await senders.Next("a sample");
        await Wait.Until(() => node.GetPublishers("/tests/who").Any(p => p.Gid == sender && p.Node == new NodeName("peer", "/tests")), "the sender in the graph");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Matches_are_told_as_they_come_and_go(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var atPublisher = new ConcurrentQueue<EndpointEvent>();
        var atSubscription = new ConcurrentQueue<EndpointEvent>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("matched", "/tests");
        await using var publisher = node.CreatePublisher("/tests/matched", Cdr.String, QosProfile.Default, (in EndpointEvent e) => atPublisher.Enqueue(e));
        var subscription = node.CreateSubscription(
            "/tests/matched", Cdr.String, QosProfile.Default, (in ReceivedSample _) => { }, (in EndpointEvent e) => atSubscription.Enqueue(e));

        (await atPublisher.Next("a match")).ShouldBe(new EndpointEvent(EndpointEventKind.Matched, 1, ""));
        (await atSubscription.Next("a match")).ShouldBe(new EndpointEvent(EndpointEventKind.Matched, 1, ""));
        await subscription.DisposeAsync();
        (await atPublisher.Next("the end of the match")).ShouldBe(new EndpointEvent(EndpointEventKind.Matched, 0, ""));
        publisher.SubscriptionCount.ShouldBe(0);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_qos_that_does_not_fit_is_told_by_the_policys_name_on_both_sides(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var atPublisher = new ConcurrentQueue<EndpointEvent>();
        var atSubscription = new ConcurrentQueue<EndpointEvent>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("unfit", "/tests");
        await using var publisher = node.CreatePublisher(
            "/tests/unfit/reliability", Cdr.String, QosProfile.SensorData, (in EndpointEvent e) => atPublisher.Enqueue(e));
        await using var subscription = node.CreateSubscription(
            "/tests/unfit/durability",
            Cdr.String,
            new QosProfile { Durability = QosDurability.TransientLocal },
            (in ReceivedSample _) => { },
            (in EndpointEvent e) => atSubscription.Enqueue(e));

        using var listener = new Peer("hear_strings", "/tests/unfit/reliability", "reliable,volatile,10");
        using var talker = new Peer("say_strings", "/tests/unfit/durability", "reliable,volatile,10", "unheard");

        (await atPublisher.Next("the publisher's event")).ShouldBe(new EndpointEvent(EndpointEventKind.IncompatibleQos, 1, "RELIABILITY"));
        (await atSubscription.Next("the subscription's event")).ShouldBe(new EndpointEvent(EndpointEventKind.IncompatibleQos, 1, "DURABILITY"));
        publisher.SubscriptionCount.ShouldBe(0);
        subscription.PublisherCount.ShouldBe(0);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_peer_with_another_type_on_the_topic_is_not_heard(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = new ConcurrentQueue<string>();
        var events = new ConcurrentQueue<EndpointEvent>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("mistyped", "/tests");
        await using var subscription = node.CreateSubscription(
            "/tests/mistyped",
            Cdr.String,
            QosProfile.Default,
            (in ReceivedSample sample) => heard.Enqueue(Cdr.ReadText(sample.Cdr)),
            (in EndpointEvent e) => events.Enqueue(e));
        using var wrong = new Peer("say_images", "/tests/mistyped", "reliable,volatile,10", "8", "8", "100", "no");
        wrong.Next("ready");
        (await events.Next("the conflict")).ShouldBe(new EndpointEvent(EndpointEventKind.IncompatibleType, 1, "sensor_msgs/msg/Image"));

        using var right = new Peer("say_strings", "/tests/mistyped", "reliable,volatile,10", "right");

        (await heard.Next("the right one")).ShouldBe("right");
        subscription.PublisherCount.ShouldBe(1);
        node.GetTopicNamesAndTypes().Single(t => t.Name == "/tests/mistyped").Types.ShouldBe(["sensor_msgs/msg/Image", "std_msgs/msg/String"], ignoreOrder: true);
    }
}
