using System.Collections.Concurrent;
using System.Security.Cryptography;
using FerRos.Ros2.Middleware;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

[Trait("Needs", "ros")]
public sealed class TopicTests
{
    private static readonly string[] Texts = ["plain", "", "grüße, 世界 🤖", new string('ü', 5000)];

    // A history as long as the film: what a loaded machine handles late is not lost.
    private const int FilmLength = 30;
    private static readonly QosProfile Film = new() { Depth = FilmLength };
    private static readonly QosProfile Camera = new() { Depth = 1, Reliability = QosReliability.BestEffort };

    [Theory, ClassData(typeof(Distributions))]
    public async Task Strings_published_here_are_heard_by_rclpy(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("talker", "/tests");
        await using var publisher = node.CreatePublisher("/tests/out", Cdr.String, QosProfile.Default);
        using var peer = new Peer("hear_strings", "/tests/out", "reliable,volatile,10");
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");

        foreach (var text in Texts) publisher.Publish(Cdr.Whole(Cdr.Text(text)));

        foreach (var text in Texts) peer.Next("heard").GetValue<string>().ShouldBe(text);
        publisher.WaitForAcknowledgements(TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Strings_published_by_rclpy_are_heard_here(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = new ConcurrentQueue<(string Text, long Stamp)>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("listener", "/tests");
        await using var subscription = node.CreateSubscription("/tests/in", Cdr.String, QosProfile.Default, (in ReceivedSample sample) =>
            heard.Enqueue((Cdr.ReadText(sample.Cdr), sample.SourceTimestamp)));
        using var peer = new Peer("say_strings", ["/tests/in", "reliable,volatile,10", .. Texts]);

        var first = await heard.Next("a string");
        var stamp = DateTimeOffset.FromUnixTimeMilliseconds(first.Stamp / 1_000_000);
        (DateTimeOffset.UtcNow - stamp).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(10));
        var received = new HashSet<string> { first.Text };
        while (received.Count < Texts.Length) received.Add((await heard.Next("another string")).Text);
        received.ShouldBe(Texts, ignoreOrder: true);
        subscription.PublisherCount.ShouldBe(1);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Pictures_of_1_5_MB_at_30_fps_published_here_reach_rclpy_whole(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("camera", "/tests");
        await using var publisher = node.CreatePublisher("/tests/image", Cdr.Image, Film);
        using var peer = new Peer("hear_images", "/tests/image", $"reliable,volatile,{FilmLength}");
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");

        var data = new byte[800 * 640 * 3];
        var checksums = new Dictionary<int, string>();
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / 30));
        for (var number = 0; number < FilmLength; number++)
        {
            new Random(number).NextBytes(data);
            checksums[number] = Convert.ToHexStringLower(SHA256.HashData(data));
            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            publisher.Publish(Cdr.InTwo(Cdr.ImageHead(number, 800, 640), data));
        }

        for (var number = 0; number < FilmLength; number++)
        {
            var heard = peer.NextWith("number");
            heard["number"]!.GetValue<int>().ShouldBe(number);
            heard["encoding"]!.GetValue<string>().ShouldBe("rgb8");
            heard["width"]!.GetValue<int>().ShouldBe(800);
            heard["size"]!.GetValue<int>().ShouldBe(data.Length);
            heard["sha256"]!.GetValue<string>().ShouldBe(checksums[number]);
        }
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Pictures_of_1_5_MB_at_30_fps_published_by_rclpy_arrive_whole(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = new ConcurrentQueue<(int Number, int Width, string Encoding, byte[] Data)>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("viewer", "/tests");
        await using var subscription = node.CreateSubscription("/tests/image", Cdr.Image, Film, (in ReceivedSample sample) =>
            heard.Enqueue(Cdr.ReadImage(sample.Cdr)));
        using var peer = new Peer("say_images", "/tests/image", $"reliable,volatile,{FilmLength}", "800", "640", "30", "yes", $"{FilmLength}");

        for (var number = 0; number < FilmLength; number++)
        {
            var image = await heard.Next("a picture");
            image.Number.ShouldBe(number % 8);
            image.Width.ShouldBe(800);
            image.Encoding.ShouldBe("rgb8");
            image.Data.Length.ShouldBe(800 * 640 * 3);
            image.Data.AsSpan().ContainsAnyExcept((byte)(number % 8)).ShouldBeFalse();
        }
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_message_in_two_pieces_is_the_same_message(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = new ConcurrentQueue<string>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("both", "/tests");
        await using var subscription = node.CreateSubscription("/tests/pieces", Cdr.String, QosProfile.Default, (in ReceivedSample sample) =>
            heard.Enqueue(Cdr.ReadText(sample.Cdr)));
        await using var publisher = node.CreatePublisher("/tests/pieces", Cdr.String, QosProfile.Default);
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");

        var message = Cdr.Text("in two pieces");
        publisher.Publish(Cdr.InTwo(message[..7], message[7..]));
        publisher.Publish(Cdr.Whole(message));

        (await heard.Next("the first")).ShouldBe("in two pieces");
        (await heard.Next("the second")).ShouldBe("in two pieces");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Rclpy_that_joins_late_hears_what_was_said_transient_local(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("latched", "/tests");
        await using var publisher = node.CreatePublisher("/tests/latched", Cdr.String, new QosProfile { Depth = 2, Durability = QosDurability.TransientLocal });
        foreach (var text in new[] { "forgotten", "last but one", "last" }) publisher.Publish(Cdr.Whole(Cdr.Text(text)));

        using var peer = new Peer("hear_strings", "/tests/latched", "reliable,transient_local,10");

        peer.Next("heard").GetValue<string>().ShouldBe("last but one");
        peer.Next("heard").GetValue<string>().ShouldBe("last");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Who_joins_late_here_hears_what_rclpy_said_transient_local(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        using var peer = new Peer("say_once", "/tests/latched", "reliable,transient_local,2", "forgotten", "last but one", "last");
        peer.Next("ready");
        var heard = new ConcurrentQueue<string>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("late", "/tests");
        await using var subscription = node.CreateSubscription(
            "/tests/latched",
            Cdr.String,
            new QosProfile { Durability = QosDurability.TransientLocal },
            (in ReceivedSample sample) => heard.Enqueue(Cdr.ReadText(sample.Cdr)));

        (await heard.Next("the first")).ShouldBe("last but one");
        (await heard.Next("the second")).ShouldBe("last");
        subscription.Qos.Durability.ShouldBe(QosDurability.TransientLocal);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_publisher_killed_in_the_middle_of_a_picture_leaves_no_trace(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = new ConcurrentQueue<(int Number, int Width, string Encoding, byte[] Data)>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("viewer", "/tests");
        await using var subscription = node.CreateSubscription("/tests/killed", Cdr.Image, Camera, (in ReceivedSample sample) =>
            heard.Enqueue(Cdr.ReadImage(sample.Cdr)));

        // As fast as it can: at any moment it is in the middle of one.
        for (var round = 0; round < 2; round++)
        {
            using var victim = new Peer("say_images", "/tests/killed", "best_effort,volatile,1", "800", "640", "100000");
            await heard.Next("a picture");
            victim.Kill();
        }

        heard.Clear();
        using var peer = new Peer("say_images", "/tests/killed", "best_effort,volatile,1", "80", "64", "30");
        var after = await heard.Next(image => image.Width == 80, "a picture of the next publisher");
        after.Data.Length.ShouldBe(80 * 64 * 3);
        after.Data.AsSpan().ContainsAnyExcept((byte)after.Number).ShouldBeFalse();
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_node_that_comes_back_is_heard_again(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        using var peer = new Peer("hear_strings", "/tests/restart", "reliable,volatile,10");
        peer.Next("ready");
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        for (var life = 0; life < 3; life++)
        {
            await using var node = middleware.CreateNode("restarted", "/tests");
            await using var publisher = node.CreatePublisher("/tests/restart", Cdr.String, QosProfile.Default);
            await Wait.Until(() => publisher.SubscriptionCount == 1, $"a match in life {life}");
            publisher.Publish(Cdr.Whole(Cdr.Text($"life {life}")));
            peer.Next("heard").GetValue<string>().ShouldBe($"life {life}");
        }
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Ten_participants_at_once_all_hear_each_other(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        const int Count = 10;
        var heard = new ConcurrentDictionary<(int By, string Text), bool>();
        var publishers = new List<IMiddlewarePublisher>();
        var middlewares = new List<RclMiddleware>();
        try
        {
            for (var i = 0; i < Count; i++)
            {
                // Half of them share a participant with others, half have their own.
                if (i < Count / 2 || i == Count - 1) middlewares.Add(RclMiddleware.Create(new MiddlewareOptions()));
                var node = middlewares[^1].CreateNode($"node_{i}", "/tests");
                var self = i;
                publishers.Add(node.CreatePublisher("/tests/crowd", Cdr.String, QosProfile.Default));
                node.CreateSubscription("/tests/crowd", Cdr.String, new QosProfile { Depth = 100 }, (in ReceivedSample sample) =>
                    heard[(self, Cdr.ReadText(sample.Cdr))] = true);
            }

            await Wait.Until(() => publishers.TrueForAll(publisher => publisher.SubscriptionCount == Count), "all matches");
            for (var i = 0; i < Count; i++) publishers[i].Publish(Cdr.Whole(Cdr.Text($"from {i}")));
            await Wait.Until(() => heard.Count == Count * Count, "everyone hearing everyone");
        }
        finally
        {
            foreach (var middleware in middlewares) await middleware.DisposeAsync();
        }
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_sample_that_is_too_short_is_handed_on_as_it_is_and_the_next_one_comes(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = new ConcurrentQueue<int>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("short", "/tests");
        await using var subscription = node.CreateSubscription("/tests/short", Cdr.String, QosProfile.Default, (in ReceivedSample sample) =>
            heard.Enqueue(sample.Cdr.Length));
        await using var publisher = node.CreatePublisher("/tests/short", Cdr.String, QosProfile.Default);
        using var peer = new Peer("hear_strings", "/tests/short", "reliable,volatile,10");
        await Wait.Until(() => publisher.SubscriptionCount == 2, "two matches");

        byte[] truncated = [0, 1, 0, 0, 200, 0, 0, 0, (byte)'a'];
        publisher.Publish(Cdr.Whole(truncated));
        publisher.Publish(Cdr.Whole([0, 1, 0, 0]));
        publisher.Publish(Cdr.Whole(Cdr.Text("whole")));

        (await heard.Next("the truncated sample")).ShouldBeInRange(truncated.Length, truncated.Length + 3);
        (await heard.Next("the sample without a body")).ShouldBe(4);
        (await heard.Next("the whole sample")).ShouldBeInRange(14, 17);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_message_without_a_header_is_refused(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("headless", "/tests");
        await using var publisher = node.CreatePublisher("/tests/headless", Cdr.String, QosProfile.Default);

        Should.Throw<MiddlewareException>(() => publisher.Publish(Cdr.Whole([0, 1, 0]))).Message.ShouldContain("3 bytes");
        Should.Throw<MiddlewareException>(() => publisher.Publish(default)).Message.ShouldContain("/tests/headless");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_handler_that_throws_does_not_keep_the_next_sample_away(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = new ConcurrentQueue<string>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("throwing", "/tests");
        await using var subscription = node.CreateSubscription("/tests/throwing", Cdr.String, QosProfile.Default, (in ReceivedSample sample) =>
        {
            var text = Cdr.ReadText(sample.Cdr);
            heard.Enqueue(text);
            if (text == "bad") throw new InvalidOperationException(text);
        });
        await using var publisher = node.CreatePublisher("/tests/throwing", Cdr.String, QosProfile.Default);
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");

        publisher.Publish(Cdr.Whole(Cdr.Text("bad")));
        publisher.Publish(Cdr.Whole(Cdr.Text("good")));

        (await heard.Next("the first")).ShouldBe("bad");
        (await heard.Next("the second")).ShouldBe("good");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_handler_may_dispose_of_its_own_subscription(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = 0;
        var disposed = false;
        IMiddlewareSubscription? subscription = null;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("suicidal", "/tests");
        await using var publisher = node.CreatePublisher("/tests/once", Cdr.String, QosProfile.Default);
        subscription = node.CreateSubscription("/tests/once", Cdr.String, QosProfile.Default, (in ReceivedSample sample) =>
        {
            disposed = subscription!.DisposeAsync().AsTask().IsCompletedSuccessfully;
            Cdr.ReadText(sample.Cdr).ShouldBe("once");
            heard++;
        });
        await Wait.Until(() => publisher.SubscriptionCount == 1, "a match");

        for (var i = 0; i < 5; i++) publisher.Publish(Cdr.Whole(Cdr.Text("once")));

        await Wait.Until(() => publisher.SubscriptionCount == 0, "the subscription leaving");
        heard.ShouldBe(1);
        disposed.ShouldBeTrue();
    }
}
