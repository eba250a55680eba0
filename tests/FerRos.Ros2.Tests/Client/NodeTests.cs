using System.Buffers;
using System.Collections.Concurrent;
using FerRos.Interfaces.BuiltinInterfaces.Msg;
using FerRos.Interfaces.RosgraphMsgs.Msg;
using FerRos.Interfaces.StdMsgs.Msg;
using Shouldly;
using Log = FerRos.Interfaces.RclInterfaces.Msg.Log;
using Number = FerRos.Interfaces.StdMsgs.Msg.Int32;
using Text = FerRos.Interfaces.StdMsgs.Msg.String;

namespace FerRos.Ros2.Tests.Client;

public sealed class NodeTests : IAsyncDisposable
{
    private static readonly int Domain = TestDomain.Take();

    private readonly TestLog _log = new();
    private readonly List<RosContext> _contexts = [];

    public async ValueTask DisposeAsync()
    {
        foreach (RosContext context in _contexts)
            await context.DisposeAsync();
    }

    [Fact]
    public async Task A_typed_message_goes_from_a_publisher_to_a_subscription()
    {
        RosNode node = Start().CreateNode("node");
        var received = new ConcurrentQueue<(string Text, MessageInfo Info)>();
        Subscription subscription = node.CreateSubscription<Text>("chatter", null, (Text message, in MessageInfo info) => received.Enqueue((message.Data, info)));
        Publisher<Text> publisher = node.CreatePublisher<Text>("chatter");
        subscription.Topic.ShouldBe("/chatter");
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");
        RosTime before = RosTime.SystemNow;
        publisher.Publish(new Text { Data = "hello" });
        await Wait.Until(() => !received.IsEmpty, "a message");
        (string text, MessageInfo info) = received.Single();
        text.ShouldBe("hello");
        info.SourceTime.ShouldBeGreaterThanOrEqualTo(before - TimeSpan.FromMilliseconds(1));
        info.ReceivedTime.ShouldBeGreaterThanOrEqualTo(before);
        await Wait.Until(() => node.GetPublishers("chatter").Any(endpoint => endpoint.Gid == info.Publisher && endpoint.Node.FullName == "/node"), "its publisher in the graph");
        subscription.ReceivedCount.ShouldBe(1);
    }

    [Fact]
    public void Names_are_expanded_and_remapped_in_rcls_order()
    {
        RosContext context = Start(
            "-r", "__ns:=/robot", "-r", "camera:__node:=eye", "-r", "eye:image:=picture", "-r", "/robot/eye/private:=/elsewhere", "-r", "~/second:=~/third",
            "-r", "rosservice://both:=service_only", "-r", "rostopic://topic:=/topic_only", "-r", "a:=b", "-r", "b:=c");
        RosNode node = context.CreateNode("camera");
        (node.Name, node.Namespace, node.FullName, node.LoggerName).ShouldBe(("eye", "/robot", "/robot/eye", "robot.eye"));
        node.ResolveTopic("image").ShouldBe("/robot/picture");
        node.ResolveTopic("~/private").ShouldBe("/elsewhere");
        node.ResolveTopic("~/second").ShouldBe("/robot/eye/third");
        node.ResolveTopic("both").ShouldBe("/robot/both");
        node.ResolveService("both").ShouldBe("/robot/service_only");
        node.ResolveTopic("topic").ShouldBe("/topic_only");
        node.ResolveService("topic").ShouldBe("/robot/topic");
        node.ResolveTopic("a").ShouldBe("/robot/b"); // One rule only, no chaining.
        node.ResolveTopic("/image").ShouldBe("/image");
        Should.Throw<InvalidNameException>(() => node.ResolveTopic("im age")).Message.ShouldContain("'im age'");
    }

    [Fact]
    public void A_nodes_own_rules_go_before_the_programs()
    {
        RosContext context = Start("-r", "image:=/global", "-r", "__ns:=/global");
        var own = RosArguments.Parse(["--ros-args", "-r", "image:=/own", "-r", "__ns:=/mine"]);
        context.CreateNode("a", new RosNodeOptions { Arguments = own }).ResolveTopic("image").ShouldBe("/own");
        context.CreateNode("b", new RosNodeOptions { Arguments = own }).Namespace.ShouldBe("/mine");
        context.CreateNode("c").ResolveTopic("image").ShouldBe("/global");
        context.CreateNode("d", new RosNodeOptions { UseContextArguments = false, Namespace = "x" }).ResolveTopic("image").ShouldBe("/x/image");
    }

    [Theory]
    [InlineData("bad name")]
    [InlineData("1")]
    [InlineData("")]
    public void A_wrong_node_name_is_refused(string name)
    {
        RosContext context = Start();
        Should.Throw<InvalidNameException>(() => context.CreateNode(name));
    }

    [Fact]
    public void A_wrong_parameter_stops_the_node_and_leaves_nothing_behind()
    {
        RosContext context = Start("-p", "use_sim_time:=maybe");
        Should.Throw<ParameterException>(() => context.CreateNode("node")).Message.ShouldContain("'maybe'");
        RosNode other = context.CreateNode("other", new RosNodeOptions { UseContextArguments = false });
        other.GetNodeNames().Select(static name => name.FullName).ShouldBe(["/other"]);
    }

    [Fact]
    public async Task A_slow_reader_of_a_stream_gets_the_newest_messages_and_the_drops_are_counted()
    {
        RosNode node = Start().CreateNode("node");
        MessageStream<Number> stream = node.CreateStream<Number>("numbers", QosProfile.Default with { Depth = 100 }, capacity: 3);
        Publisher<Number> publisher = node.CreatePublisher<Number>("numbers", QosProfile.Default with { Depth = 100 });
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");
        for (int i = 0; i < 10; i++)
            publisher.Publish(new Number { Data = i });
        await Wait.Until(() => stream.DroppedCount == 7, "seven drops");

        await stream.DisposeAsync();
        var read = new List<int>();
        await foreach (Received<Number> received in stream)
            read.Add(received.Message.Data);
        read.ShouldBe([7, 8, 9]);
    }

    [Fact]
    public async Task Unreadable_messages_are_told_counted_and_warned_of_once()
    {
        RosNode node = Start().CreateNode("listener");
        RosNode bad = Start().CreateNode("bad_camera");
        var told = new ConcurrentQueue<BadMessage>();
        var heard = new ConcurrentQueue<string>();
        Subscription subscription = node.CreateSubscription<Text>("bad", null, (Text message, in MessageInfo _) => heard.Enqueue(message.Data));
        subscription.BadMessage += told.Enqueue;
        Publisher<Text> publisher = bad.CreatePublisher<Text>("bad");
        await Wait.Until(() => publisher.SubscriptionCount == 1 && node.GetPublishers("bad").Any(static p => p.Node.Name == "bad_camera"), "a match");

        byte[] truncated = [0, 1, 0, 0, 200, 0, 0, 0, (byte)'x', 0];
        byte[] endless = [0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, (byte)'x', 0];
        foreach (byte[] cdr in (byte[][])[truncated, truncated, endless, truncated])
            publisher.Publish(new ReadOnlySequence<byte>(cdr));
        publisher.Publish(new Text { Data = "good" });

        await Wait.Until(() => !heard.IsEmpty, "the good one");
        heard.ShouldBe(["good"]);
        subscription.BadMessageCount.ShouldBe(4);
        told.Count.ShouldBe(4);
        told.ShouldAllBe(static message => message.Name == "/bad" && message.Publisher == "/bad_camera" && message.Reason.Length > 0);
        string[] warnings = [.. _log.Warnings.Where(static line => line.Contains("was dropped", StringComparison.Ordinal))];
        warnings.Length.ShouldBe(2);
        warnings.ShouldAllBe(static line => line.Contains("'/bad'") && line.Contains("/bad_camera"));
    }

    [Fact]
    public async Task Qos_and_types_that_do_not_fit_are_warned_of_on_both_sides()
    {
        RosNode here = Start().CreateNode("here");
        RosNode there = Start().CreateNode("there");
        Publisher<Text> publisher = here.CreatePublisher<Text>("q", QosProfile.SensorData);
        Subscription subscription = there.CreateSubscription<Text>("q", QosProfile.Default, static (Text _, in MessageInfo _) => { });
        Subscription typed = there.CreateSubscription<Header>("t", null, static (Header _, in MessageInfo _) => { });
        Publisher<Text> other = here.CreatePublisher<Text>("t");
        await Wait.Until(() => Warned("requesting incompatible QoS", "'/q'", "RELIABILITY"), "the publisher's warning");
        await Wait.Until(() => Warned("offering incompatible QoS", "'/q'", "RELIABILITY"), "the subscription's warning");
        await Wait.Until(() => Warned("'/t'", "a peer uses std_msgs/msg/String, this node std_msgs/msg/Header"), "the warning of the type");
        (publisher.SubscriptionCount, subscription.PublisherCount, typed.PublisherCount, other.SubscriptionCount).ShouldBe((0, 0, 0, 0));
    }

    [Fact]
    public void A_publisher_sends_its_own_type_only()
    {
        RosNode node = Start().CreateNode("node");
        Publisher publisher = node.CreatePublisher(Text.MessageType.Interface, "x");
        Should.Throw<ArgumentException>(() => publisher.Publish(new Number())).Message.ShouldContain("std_msgs/msg/Int32");
    }

    [Fact]
    public async Task A_match_tells_a_lazy_publisher_when_to_work()
    {
        RosNode node = Start().CreateNode("node");
        Publisher<Text> publisher = node.CreatePublisher<Text>("lazy");
        var counts = new ConcurrentQueue<int>();
        publisher.SubscriptionCountChanged += counts.Enqueue;
        Subscription subscription = node.CreateSubscription<Text>("lazy", null, static (Text _, in MessageInfo _) => { });
        await Wait.Until(() => counts.Contains(1), "the match");
        await subscription.DisposeAsync();
        await Wait.Until(() => counts.Last() == 0, "its end");
    }

    [Fact]
    public async Task Rosout_reaches_who_comes_later()
    {
        RosNode node = Start().CreateNode("talker", new RosNodeOptions { Namespace = "ns" });
        RosNode listener = Start().CreateNode("listener");

        // It lives for 10 s, so little comes between the two.
        node.Rosout.Publish(LogSeverity.Warn, "something", file: "a.cs", function: "F", line: 7);
        await using MessageStream<Log> stream = listener.CreateStream<Log>("/rosout", QosProfile.Rosout);
        Log log = await Wait.Next(stream, static _ => true, "the message");
        (log.Level, log.Name, log.Msg, log.File, log.Function, log.Line).ShouldBe(((byte)30, "ns.talker", "something", "a.cs", "F", 7u));
        log.Stamp.Sec.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Rosout_can_be_turned_off()
    {
        RosNode node = Start("--disable-rosout-logs").CreateNode("node");
        node.Rosout.IsEnabled.ShouldBeFalse();
        node.Rosout.Publish(LogSeverity.Info, "nobody hears this");
        node.GetPublishers("/rosout").ShouldBeEmpty();
    }

    [Fact]
    public async Task Simulated_time_follows_the_clock_topic_and_tells_of_jumps_back()
    {
        RosNode node = Start("-p", "use_sim_time:=true").CreateNode("node");
        RosNode simulator = Start().CreateNode("simulator");
        node.Clock.IsSimulated.ShouldBeTrue();
        node.Clock.Now.ShouldBe(new RosTime(0));
        var jumps = new ConcurrentQueue<(RosTime, RosTime)>();
        node.Clock.Jumped += (from, to) => jumps.Enqueue((from, to));
        Publisher<Clock> clock = simulator.CreatePublisher<Clock>("/clock");
        await Wait.Until(() => clock.SubscriptionCount == 1, "a match");
        clock.Publish(new Clock { ClockValue = new Time { Sec = 5, Nanosec = 7 } });
        await Wait.Until(() => node.Clock.Now == new RosTime(5_000_000_007), "the time");
        jumps.ShouldBeEmpty();
        clock.Publish(new Clock { ClockValue = new Time { Sec = 1 } });
        await Wait.Until(() => node.Clock.Now == new RosTime(1_000_000_000), "the earlier time");
        await Wait.Until(() => !jumps.IsEmpty, "the jump, told after the time is set");
        jumps.ShouldBe([(new RosTime(5_000_000_007), new RosTime(1_000_000_000))]);
        node.Parameters.Set("use_sim_time", false).Successful.ShouldBeTrue();
        node.Clock.IsSimulated.ShouldBeFalse();
        node.Clock.Now.ShouldBeGreaterThan(new RosTime(1_500_000_000L * 1_000_000_000L));
        await Wait.Until(() => clock.SubscriptionCount == 0, "the end of the subscription");
        node.Parameters.Set("use_sim_time", 1).Successful.ShouldBeFalse();
    }

    [Fact]
    public async Task Two_nodes_of_one_name_are_warned_of()
    {
        Start().CreateNode("twin");
        RosContext other = Start();
        RosNode observer = other.CreateNode("observer");
        await Wait.Until(() => observer.GetNodeNames().Any(static node => node.Name == "twin"), "the first one");
        other.CreateNode("twin");
        Warned("Another node named '/twin'").ShouldBeTrue();
    }

    [Fact]
    public async Task A_disposed_node_leaves_the_graph_and_takes_everything_along()
    {
        RosContext context = Start();
        RosNode observer = Start().CreateNode("observer");
        RosNode node = context.CreateNode("leaver");
        Publisher<Text> publisher = node.CreatePublisher<Text>("gone");
        await Wait.Until(() => observer.GetNodeNames().Any(static name => name.Name == "leaver") && observer.GetPublishers("gone").Count == 1, "the node");
        await node.DisposeAsync();
        await node.DisposeAsync();
        await Wait.Until(() => observer.GetNodeNames().All(static name => name.Name != "leaver") && observer.GetPublishers("gone").Count == 0, "its end");
        Should.Throw<ObjectDisposedException>(() => publisher.Publish(new Text()));
        Should.Throw<ObjectDisposedException>(() => node.CreatePublisher<Text>("again"));
        await context.DisposeAsync();
        Should.Throw<ObjectDisposedException>(() => context.CreateNode("again"));
    }

    [Fact]
    public async Task The_graph_tells_of_changes()
    {
        RosNode observer = Start().CreateNode("observer");
        int changes = 0;
        observer.GraphChanged += () => Interlocked.Increment(ref changes);
        RosNode other = Start().CreateNode("other");
        await Wait.Until(() => observer.GetNodeNames().Any(static name => name.Name == "other"), "the node");
        await Wait.Until(() => Volatile.Read(ref changes) > 0, "a change told, after the graph has it");
        other.CreatePublisher<Text>("new_topic");
        await Wait.Until(() => observer.GetTopicNamesAndTypes().Any(static topic => topic.Name == "/new_topic"), "the topic");
    }

    private bool Warned(params string[] texts) => _log.Warnings.Any(line => texts.All(text => line.Contains(text, StringComparison.Ordinal)));

    private RosContext Start(params string[] rosArguments)
    {
        RosContext context = RosContext.Create(
            ["--ros-args", .. rosArguments], new RosContextOptions { Middleware = MiddlewareKind.Dds, DomainId = Domain, LoggerFactory = _log });
        _contexts.Add(context);
        return context;
    }
}
