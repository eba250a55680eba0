using System.Collections.Concurrent;
using FerRos.Ros2.Middleware;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

[Trait("Needs", "ros")]
public sealed class ServiceTests
{
    [Theory, ClassData(typeof(Distributions))]
    public async Task Rclpy_calls_services_that_are_served_here(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        IMiddlewareService? setBool = null;
        IMiddlewareService? empty = null;
        var emptyLength = 0;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("server", "/tests");
        setBool = node.CreateService("/tests/served/set_bool", Cdr.SetBool, QosProfile.Services, (RequestId id, in ReceivedSample request) =>
            setBool!.Respond(id, Cdr.Whole(Cdr.BoolAndText(request.Cdr[4] != 0, request.Cdr[4] != 0 ? "grüße, 世界" : ""))));

        // Answered later, from another thread.
        empty = node.CreateService("/tests/served/empty", Cdr.Empty, QosProfile.Services, (RequestId id, in ReceivedSample request) =>
        {
            emptyLength = request.Cdr.Length;
            Task.Run(() => empty!.Respond(id, Cdr.Whole(Cdr.Bool(false))));
        });
        using var peer = new Peer("call", "/tests/served", "6");

        for (var i = 0; i < 6; i++)
        {
            var answer = peer.NextWith("success");
            answer["success"]!.GetValue<bool>().ShouldBe(i % 2 == 0);
            answer["message"]!.GetValue<string>().ShouldBe(i % 2 == 0 ? "grüße, 世界" : "");
        }

        peer.Next("empty").GetValue<bool>().ShouldBeTrue();
        emptyLength.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Services_of_rclpy_are_called_from_here(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var answers = new ConcurrentQueue<(long Number, bool Success, string Message)>();
        var empties = new ConcurrentQueue<long>();
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("caller", "/tests");
        await using var setBool = node.CreateClient("/tests/called/set_bool", Cdr.SetBool, QosProfile.Services, (long number, in ReceivedSample response) =>
        {
            var (success, message) = Cdr.ReadBoolAndText(response.Cdr);
            answers.Enqueue((number, success, message));
        });
        await using var empty = node.CreateClient("/tests/called/empty", Cdr.Empty, QosProfile.Services, (long number, in ReceivedSample _) => empties.Enqueue(number));
        setBool.IsServiceAvailable.ShouldBeFalse();
        using var peer = new Peer("serve", "/tests/called");
        peer.Next("ready");
        await Wait.Until(() => setBool.IsServiceAvailable && empty.IsServiceAvailable, "both services");

        var numbers = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            numbers.Add(setBool.Send(Cdr.Whole(Cdr.Bool(i % 2 == 0))));
            var answer = await answers.Next("an answer");
            answer.Number.ShouldBe(numbers[^1]);
            answer.Success.ShouldBe(i % 2 == 0);
            answer.Message.ShouldBe("grüße, 世界: " + (i % 2 == 0 ? "an" : "aus"));
        }

        numbers.Distinct().Count().ShouldBe(6);
        var sent = empty.Send(Cdr.Whole(Cdr.Bool(false)));
        (await empties.Next("the empty answer")).ShouldBe(sent);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Many_requests_at_once_get_each_their_own_answer(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        const int Requests = 100;
        var answers = new ConcurrentDictionary<long, string>();
        IMiddlewareService? service = null;
        await using var serving = RclMiddleware.Create(new MiddlewareOptions());
        await using var calling = RclMiddleware.Create(new MiddlewareOptions());
        await using var server = serving.CreateNode("server", "/tests");
        await using var caller = calling.CreateNode("caller", "/tests");
        var qos = new QosProfile { Depth = 2 * Requests };
        service = server.CreateService("/tests/many", Cdr.SetBool, qos, (RequestId id, in ReceivedSample request) =>
            service!.Respond(id, Cdr.Whole(Cdr.BoolAndText(request.Cdr[4] != 0, $"{id.SequenceNumber}"))));
        await using var client = caller.CreateClient("/tests/many", Cdr.SetBool, qos, (long number, in ReceivedSample response) =>
            answers[number] = Cdr.ReadBoolAndText(response.Cdr).Text);
        await Wait.Until(() => client.IsServiceAvailable, "the service");

        var numbers = new ConcurrentBag<long>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Requests / 4; i++) numbers.Add(client.Send(Cdr.Whole(Cdr.Bool(true))));
        })));

        await Wait.Until(() => answers.Count == Requests, "all answers");
        foreach (var number in numbers) answers[number].ShouldBe($"{number}");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task An_answer_to_a_request_that_nobody_made_harms_no_one(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var answers = new ConcurrentQueue<(long Number, string Message)>();
        IMiddlewareService? service = null;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("confused", "/tests");
        service = node.CreateService("/tests/confused", Cdr.SetBool, QosProfile.Services, (RequestId id, in ReceivedSample _) =>
        {
            service!.Respond(id with { SequenceNumber = id.SequenceNumber + 1000 }, Cdr.Whole(Cdr.BoolAndText(true, "unasked")));
            service.Respond(id, Cdr.Whole(Cdr.BoolAndText(true, "asked")));
        });
        await using var client = node.CreateClient("/tests/confused", Cdr.SetBool, QosProfile.Services, (long number, in ReceivedSample response) =>
            answers.Enqueue((number, Cdr.ReadBoolAndText(response.Cdr).Text)));
        await Wait.Until(() => client.IsServiceAvailable, "the service");

        // Nobody has this identifier.
        service.Respond(new RequestId(new Gid(0x0102030405060708, 0x1112131415161718), 42), Cdr.Whole(Cdr.BoolAndText(false, "stray")));
        var number = client.Send(Cdr.Whole(Cdr.Bool(true)));

        // Both come here, by their numbers: telling them apart is the caller's part.
        (await answers.Next("the stray answer")).ShouldBe((number + 1000, "unasked"));
        (await answers.Next("the answer")).ShouldBe((number, "asked"));
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Requests_and_answers_that_are_too_short_are_refused(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("short", "/tests");
        await using var service = node.CreateService("/tests/short", Cdr.SetBool, QosProfile.Services, (RequestId _, in ReceivedSample _) => { });
        await using var client = node.CreateClient("/tests/short", Cdr.SetBool, QosProfile.Services, (long _, in ReceivedSample _) => { });

        Should.Throw<MiddlewareException>(() => client.Send(Cdr.Whole([0, 1, 0, 0]))).Message.ShouldContain("/tests/short");
        Should.Throw<MiddlewareException>(() => client.Send(default)).Message.ShouldContain("0 bytes");
        byte[] endless = [0, 1, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, (byte)'a', 0];
        Should.Throw<MiddlewareException>(() => service.Respond(new RequestId(default, 1), Cdr.Whole(endless))).Message.ShouldContain("/tests/short");
    }
}
