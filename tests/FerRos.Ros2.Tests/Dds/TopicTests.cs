using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Dds;
using FerRos.Ros2.Middleware;
using Shouldly;

namespace FerRos.Ros2.Tests.Dds;

public sealed class TopicTests : IAsyncLifetime
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

    public async ValueTask DisposeAsync()
    {
        await _middleware.DisposeAsync();
        _log.Lines.Where(static line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_arrives_unchanged_with_its_publisher_and_time()
    {
        var received = new ConcurrentQueue<(string Text, long Stamp, Gid Publisher)>();
        await using IMiddlewareSubscription subscription = _node.CreateSubscription("/a", Samples.StringType, QosProfile.Default, (in ReceivedSample sample) =>
            received.Enqueue((Samples.ReadText(sample.Cdr), sample.SourceTimestamp, sample.Publisher)));
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/a", Samples.StringType, QosProfile.Default);
        await Wait.Until(() => publisher.SubscriptionCount == 1 && subscription.PublisherCount == 1, "a match");

        long before = Now();
        publisher.Publish(Samples.Text("für alle 😀"));

        await Wait.Until(() => !received.IsEmpty, "a message");
        (string text, long stamp, Gid gid) = received.Single();
        text.ShouldBe("für alle 😀");
        stamp.ShouldBeInRange(before - 1_000_000, Now());
        await Wait.Until(() => _node.GetPublishers("/a").Count == 1, "the publisher in the graph");
        TopicEndpoint endpoint = _node.GetPublishers("/a").Single();
        endpoint.Gid.ShouldBe(gid);
        endpoint.Node.FullName.ShouldBe("/here");
        endpoint.Type.ShouldBe("std_msgs/msg/String");
        endpoint.TypeHash.ShouldBe(Samples.StringType.Hash);
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(1920, 1080)]
    [InlineData(4096, 2160)]
    public async Task Pictures_in_several_segments_arrive_whole(int width, int height)
    {
        var received = new ConcurrentQueue<(int, int, byte, byte)>();
        await using IMiddlewareSubscription subscription = _node.CreateSubscription("/image", Samples.ImageType, QosProfile.Default, (in ReceivedSample sample) =>
            received.Enqueue(Samples.ReadImage(sample.Cdr)));
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/image", Samples.ImageType, QosProfile.Default);
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");

        byte[] pixels = new byte[width * height * 3];
        using var buffer = new SerializationBuffer();
        for (int i = 0; i < 5; i++)
        {
            pixels.AsSpan().Fill((byte)(i + 1));
            ReadOnlySequence<byte> message = Samples.Image(buffer, i, width, height, pixels);
            message.IsSingleSegment.ShouldBeFalse();
            publisher.Publish(message);
        }

        await Wait.Until(() => received.Count == 5, "five pictures");
        received.ShouldBe(Enumerable.Range(0, 5).Select(i => (i, pixels.Length, (byte)(i + 1), (byte)(i + 1))));
    }

    [Fact]
    public async Task A_late_joiner_hears_what_a_transient_local_publisher_kept()
    {
        QosProfile qos = QosProfile.Default with { Depth = 2, Durability = QosDurability.TransientLocal };
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/latched", Samples.StringType, qos);
        foreach (string text in (string[])["one", "two", "three"])
            publisher.Publish(Samples.Text(text));

        var received = new ConcurrentQueue<string>();
        await using IMiddlewareSubscription subscription = _node.CreateSubscription("/latched", Samples.StringType, qos with { Depth = 10 }, (in ReceivedSample sample) =>
            received.Enqueue(Samples.ReadText(sample.Cdr)));
        await Wait.Until(() => received.Count == 2, "two messages");
        received.ShouldBe(["two", "three"]);
    }

    [Fact]
    public async Task Both_sides_hear_why_their_qos_does_not_fit()
    {
        var events = new ConcurrentQueue<EndpointEvent>();
        void Keep(in EndpointEvent endpointEvent) => events.Enqueue(endpointEvent);
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/mismatch", Samples.StringType, QosProfile.SensorData, Keep);
        await using IMiddlewareSubscription subscription = _node.CreateSubscription("/mismatch", Samples.StringType, QosProfile.Default, (in ReceivedSample _) => { }, Keep);

        await Wait.Until(() => events.Count == 2, "two events");
        events.ShouldAllBe(static e => e.Kind == EndpointEventKind.IncompatibleQos && e.Policy == "RELIABILITY");
        publisher.SubscriptionCount.ShouldBe(0);
        subscription.PublisherCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_match_and_its_end_are_told()
    {
        var counts = new ConcurrentQueue<int>();
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/match", Samples.StringType, QosProfile.Default, (in EndpointEvent e) => counts.Enqueue(e.Count));
        IMiddlewareSubscription subscription = _node.CreateSubscription("/match", Samples.StringType, QosProfile.Default, (in ReceivedSample _) => { });
        await Wait.Until(() => counts.Contains(1), "a match");
        await subscription.DisposeAsync();
        await Wait.Until(() => counts.Last() == 0, "its end");
        publisher.SubscriptionCount.ShouldBe(0);
    }

    [Fact]
    public async Task An_empty_message_travels_as_one_octet()
    {
        var sizes = new ConcurrentQueue<int>();
        var type = new InterfaceType("std_msgs/msg/Empty", "");
        await using IMiddlewareSubscription subscription = _node.CreateSubscription("/empty", type, QosProfile.Default, (in ReceivedSample sample) => sizes.Enqueue(sample.Cdr.Length));
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/empty", type, QosProfile.Default);
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");
        publisher.Publish(new ReadOnlySequence<byte>(new byte[] { 0, 1, 0, 0 }));
        await Wait.Until(() => !sizes.IsEmpty, "a message");
        sizes.Single().ShouldBeInRange(5, 8);
    }

    [Fact]
    public async Task A_message_without_encapsulation_is_refused()
    {
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/short", Samples.StringType, QosProfile.Default);
        Should.Throw<MiddlewareException>(() => publisher.Publish(new ReadOnlySequence<byte>(new byte[] { 0, 1, 0 }))).Message.ShouldContain("3 bytes");
        Should.Throw<MiddlewareException>(() => publisher.Publish(new ReadOnlySequence<byte>(new byte[] { 9, 9, 9, 9, 1, 2, 3, 4 }))).Message.ShouldContain("09090909");
    }

    [Fact]
    public async Task A_subscription_disposed_in_its_own_handler_hears_nothing_more()
    {
        int heard = 0;
        IMiddlewareSubscription? subscription = null;
        subscription = _node.CreateSubscription("/once", Samples.StringType, QosProfile.Default with { Depth = 100 }, (in ReceivedSample _) =>
        {
            heard++;
            subscription!.DisposeAsync().AsTask().Wait();
        });
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/once", Samples.StringType, QosProfile.Default with { Depth = 100 });
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");
        for (int i = 0; i < 20; i++)
            publisher.Publish(Samples.Text("x"));
        await Wait.Until(() => publisher.SubscriptionCount == 0, "the end of the match");
        heard.ShouldBe(1);
    }

    [Fact]
    public async Task A_handler_that_throws_hears_the_next_message()
    {
        int heard = 0;
        await using (IMiddlewareSubscription subscription = _node.CreateSubscription("/throws", Samples.StringType, QosProfile.Default, (in ReceivedSample _) =>
        {
            heard++;
            throw new InvalidOperationException("as intended");
        }))
        {
            await using IMiddlewarePublisher publisher = _node.CreatePublisher("/throws", Samples.StringType, QosProfile.Default);
            await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");
            publisher.Publish(Samples.Text("x"));
            publisher.Publish(Samples.Text("y"));
            await Wait.Until(() => heard == 2, "both messages");
        }

        _log.Lines.Count(static line => line.Contains("as intended", StringComparison.Ordinal)).ShouldBe(2);
        _log.Lines.Clear();
    }

    [Fact]
    public async Task Publishing_and_receiving_pictures_allocate_nothing_once_warm()
    {
        int heard = 0;
        long onReceive = 0;
        await using IMiddlewareSubscription subscription = _node.CreateSubscription("/steady", Samples.ImageType, QosProfile.Default, (in ReceivedSample sample) =>
        {
            onReceive = GC.GetAllocatedBytesForCurrentThread();
            Volatile.Write(ref heard, heard + 1);
        });
        await using IMiddlewarePublisher publisher = _node.CreatePublisher("/steady", Samples.ImageType, QosProfile.Default);
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");
        byte[] pixels = new byte[640 * 480 * 3];
        using var buffer = new SerializationBuffer();

        long before = 0, receivedBefore = 0;
        const int Warm = 40, Measured = 300;
        for (int i = 0; i < Warm + Measured; i++)
        {
            if (i == Warm)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                receivedBefore = onReceive;
            }

            publisher.Publish(Samples.Image(buffer, i, 640, 480, pixels));
            for (long start = Environment.TickCount64; Volatile.Read(ref heard) <= i; Thread.Yield())
            {
                if (Environment.TickCount64 - start > Wait.Long.TotalMilliseconds)
                    throw new ShouldAssertException($"picture {i} was not heard");
            }
        }

        // The runtime itself allocates a few octets once when it compiles a hot method anew; the smallest object a picture
        // would be 24 octets, 300 times.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Measured);
        (onReceive - receivedBefore).ShouldBeLessThan(Measured);
    }

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
