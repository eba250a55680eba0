using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;
using Text = FerRos.Interfaces.StdMsgs.Msg.String;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>QoS that comes from parameters, as rclpy sees it and as it acts.</summary>
[Trait("Needs", "ros")]
public sealed class QosTests
{
    private const long Second = 1_000_000_000;

    [Theory, ClassData(typeof(Distributions))]
    public async Task Overrides_by_rclcpps_names_reach_the_graph_of_rclpy(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var context = Start(
            new Log(),
            "qos_overrides./tests/q.publisher.deadline:=500000000",
            "qos_overrides./tests/q.publisher.lifespan:=2000000000",
            "qos_overrides./tests/q.publisher.liveliness:=manual_by_topic",
            "qos_overrides./tests/q.publisher.liveliness_lease_duration:=3000000000",
            "qos_overrides./tests/q.subscription.deadline:=9223372036854775807",
            "qos_overrides./tests/q.subscription.liveliness_lease_duration:=1500000000",
            "qos_overrides./tests/q.subscription.reliability:=best_effort");
        var node = context.CreateNode("overridden", new RosNodeOptions { Namespace = "/tests" });
        await using var publisher = node.CreatePublisher<Text>("q", QosOverrides.ForPublisher(node, "q", QosProfile.Default));
        await using var subscription = node.CreateSubscription<Text>("q", QosOverrides.ForSubscription(node, "q", QosProfile.Default), static (Text _, in MessageInfo _) => { });
        using var tool = new Tool();

        JsonNode? endpoints = null;
        await Wait.Until(
            () =>
            {
                endpoints = tool.Do("endpoints", new { topic = "/tests/q" });
                return endpoints["publishers"]!.AsArray().Count == 1 && endpoints["subscriptions"]!.AsArray().Count == 1;
            },
            "both in rclpy's graph");
        var offered = endpoints!["publishers"]![0]!;
        Nanoseconds(offered, "deadline").ShouldBe(Second / 2);
        Nanoseconds(offered, "lifespan").ShouldBe(2 * Second);
        offered["liveliness"]!.GetValue<string>().ShouldBe("MANUAL_BY_TOPIC");
        Nanoseconds(offered, "lease").ShouldBe(3 * Second);
        var asked = endpoints["subscriptions"]![0]!;
        Nanoseconds(asked, "deadline").ShouldBe(long.MaxValue);
        asked["liveliness"]!.GetValue<string>().ShouldBe("AUTOMATIC");
        Nanoseconds(asked, "lease").ShouldBe(3 * Second / 2);
        asked["reliability"]!.GetValue<string>().ShouldBe("BEST_EFFORT");

        // rclcpp has no lifespan of subscriptions, and declares what is not given with the value in force.
        node.Parameters.Has("qos_overrides./tests/q.subscription.lifespan").ShouldBeFalse();
        node.Parameters.Get<long>("qos_overrides./tests/q.publisher.depth").ShouldBe(10);
        node.Parameters.Get<string>("qos_overrides./tests/q.subscription.liveliness").ShouldBe("automatic");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_sample_older_than_its_lifespan_does_not_reach_who_comes_later(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var context = Start(new Log(), "qos_overrides./tests/short_lived.publisher.lifespan:=300000000");
        var node = context.CreateNode("short_lived", new RosNodeOptions { Namespace = "/tests" });
        var latched = QosProfile.Default with { Durability = QosDurability.TransientLocal };
        await using var publisher = node.CreatePublisher<Text>("short_lived", QosOverrides.ForPublisher(node, "short_lived", latched));
        publisher.Publish(new Text { Data = "long ago" });
        await Task.Delay(3000, TestContext.Current.CancellationToken); // Ten lifespans.

        var heard = new ConcurrentQueue<string>();
        await using var subscription = node.CreateSubscription("short_lived", latched, (Text message, in MessageInfo _) => heard.Enqueue(message.Data));
        await Wait.Until(() => publisher.SubscriptionCount == 1, "the match");

        // A loaded machine may be late for a sample that lives so shortly; then there is another.
        await Wait.Until(
            () =>
            {
                publisher.Publish(new Text { Data = "now" });
                return !heard.IsEmpty;
            },
            "a sample");
        (await heard.Next("a sample")).ShouldBe("now");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Deadline_and_liveliness_that_do_not_fit_are_warned_of_by_name_on_both_sides(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var log = new Log();
        await using var context = Start(
            log,
            "qos_overrides./tests/slow.publisher.deadline:=2000000000",
            "qos_overrides./tests/slow.subscription.deadline:=1000000000",
            "qos_overrides./tests/dead.subscription.liveliness:=manual_by_topic",
            "qos_overrides./tests/dead.subscription.liveliness_lease_duration:=1000000000");
        var node = context.CreateNode("unfitting", new RosNodeOptions { Namespace = "/tests" });
        foreach (var (topic, policy) in new[] { ("slow", "DEADLINE"), ("dead", "LIVELINESS") })
        {
            await using var publisher = node.CreatePublisher<Text>(topic, QosOverrides.ForPublisher(node, topic, QosProfile.Default));
            await using var subscription = node.CreateSubscription<Text>(topic, QosOverrides.ForSubscription(node, topic, QosProfile.Default), static (Text _, in MessageInfo _) => { });
            await Wait.Until(() => log.Has("requesting incompatible QoS", $"'/tests/{topic}'", policy), $"the publisher's warning of {policy}");
            await Wait.Until(() => log.Has("offering incompatible QoS", $"'/tests/{topic}'", policy), $"the subscription's warning of {policy}");
            (publisher.SubscriptionCount, subscription.PublisherCount).ShouldBe((0, 0));
        }
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_value_that_is_none_is_refused_by_name(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        foreach (var (policy, value, allowed) in new[] { ("deadline", "-1", "0 to"), ("liveliness", "manual_by_node", "automatic, manual_by_topic"), ("lifespan", "0.5", "integer") })
        {
            await using var context = Start(new Log(), $"qos_overrides./tests/q.publisher.{policy}:={value}");
            var node = context.CreateNode("refused", new RosNodeOptions { Namespace = "/tests" });
            var message = Should.Throw<ParameterException>(() => QosOverrides.ForPublisher(node, "q", QosProfile.Default)).Message;
            message.ShouldContain(policy);
            message.ShouldContain(allowed);
        }
    }

    private static long Nanoseconds(JsonNode endpoint, string policy) => endpoint[policy]!.GetValue<long>();

    private static RosContext Start(Log log, params string[] parameters) => RosContext.Create(
        ["--ros-args", .. parameters.SelectMany(parameter => new[] { "-p", parameter })],
        new RosContextOptions { Middleware = MiddlewareKind.Rcl, LoggerFactory = log });
}
