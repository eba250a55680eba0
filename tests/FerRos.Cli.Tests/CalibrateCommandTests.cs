using System.Collections.Concurrent;
using System.CommandLine;
using FerRos.Cli.Adaptation;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.FerrosMsgs.Srv;
using FerRos.Interfaces.StdSrvs.Srv;
using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Cli.Tests;

public class CalibrateCommandTests
{
    [Fact]
    public async Task A_session_teaches_each_expression_and_shows_what_was_gained()
    {
        await using PlayedNode node = new();

        (int code, string output, string error) = await RunAsync(node, "p7", "--class", "neutral", "--class", "happy", "--frames", "12", "--countdown", "0");

        code.ShouldBe(0, error + output);
        node.Adapted.Select(r => (r.PersonId, r.Expression, r.Frames)).ShouldBe([("p7", "neutral", 12u), ("p7", "happiness", 12u)]);
        output.ShouldContain("1 of 2: show neutral");
        output.ShouldContain("2 of 2: show happiness");

        // The general network of this node says neutral whatever is shown; the person's layer is always right.
        Row(output, "neutral").ShouldBe(["100", "0.70", "100", "0.90"]);
        Row(output, "happiness").ShouldBe(["0", "0.20", "100", "0.90"]);
        output.ShouldContain("24 labelled frames are stored for p7");
        node.Bound.ShouldBe("p7", "whoever was calibrated keeps the layer");
    }

    [Fact]
    public async Task Without_a_check_nothing_is_asked_for_a_second_time()
    {
        await using PlayedNode node = new();
        (int code, string output, _) = await RunAsync(node, "p7", "--class", "neutral", "--class", "sad", "--countdown", "0", "--no-check");

        code.ShouldBe(0, output);
        output.ShouldNotContain("once more");
        node.Selected.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusal_is_told_and_tried_again_but_not_for_ever()
    {
        await using PlayedNode node = new() { Refusal = "the face left" };
        (int code, string output, _) = await RunAsync(node, "p7", "--class", "neutral", "--class", "sad", "--countdown", "0");

        code.ShouldBe(1);
        node.Adapted.Count.ShouldBe(3);
        output.ShouldContain("Not done: the face left");
    }

    [Theory]
    [InlineData("p7 --class grin --class sad", "grin")]
    [InlineData("p7 --class sad", "at least two")]
    [InlineData("p7 --class happy --class happiness", "at least two")]
    [InlineData("../p7", "'../p7' is no person id")]
    [InlineData("p7 --frames 0", "--frames 0: 1 to 10000")]
    [InlineData("p7 --countdown 61", "0 to 60")]
    [InlineData("p7 --timeout 0", "above 0")]
    public async Task A_session_that_makes_no_sense_is_refused_before_it_begins(string arguments, string expected)
    {
        (int code, _, string error) = await RunAsync(["calibrate", .. arguments.Split(' '), "--middleware", "dds"]);
        code.ShouldBe(2);
        error.ShouldContain(expected);
    }

    private static string[] Row(string output, string expression) =>
        [.. output.Split('\n').Last(line => line.TrimStart().StartsWith(expression + " ", StringComparison.Ordinal) && line.Contains('%', StringComparison.Ordinal))
            .Split([' ', '%'], StringSplitOptions.RemoveEmptyEntries).Skip(1)];

    private static Task<(int Code, string Output, string Error)> RunAsync(PlayedNode node, params string[] arguments) =>
        RunAsync(["calibrate", .. arguments, "--node", node.Name, "--middleware", "dds"]);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await new RootCommand { CalibrateCommand.Create(RosArguments.None) }.Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>A node as the session sees one: a face always in view, and a layer that is there from the second class on.</summary>
    private sealed class PlayedNode : IAsyncDisposable
    {
        private readonly RosContext _context = RosContext.Create([], new RosContextOptions { Middleware = MiddlewareKind.Dds });
        private readonly Publisher<FaceAffectArray> _affect;
        private readonly Timer _camera;
        private volatile string _bound = "";
        private volatile string _shown = "neutral";
        private int _samples;

        public PlayedNode()
        {
            RosNode node = _context.CreateNode("played" + Guid.NewGuid().ToString("N")[..8]);
            Name = node.FullName;
            node.CreateService(Adapt.Type, "~/adapt", (request, _) => ValueTask.FromResult(Answer(request)));
            node.CreateService(SelectPerson.Type, "~/select_person", (request, _) =>
            {
                Selected.Enqueue(request);
                // Each expression is checked with four turns, in the order in which it was taught.
                _shown = Adapted.ElementAt(Math.Min(Adapted.Count - 1, Selected.Count / 6)).Expression;
                _bound = request.PersonId;
                return ValueTask.FromResult(new SelectPerson.Response { Success = true });
            });
            node.CreateService(Trigger.Type, "~/cancel_adaptation", (_, _) => ValueTask.FromResult(new Trigger.Response { Success = true }));
            _affect = node.CreatePublisher<FaceAffectArray>("~/affect");
            _camera = new Timer(_ => Publish(), null, 0, 5);
        }

        public string Name { get; }

        public string Refusal { get; init; } = "";

        public ConcurrentQueue<Adapt.Request> Adapted { get; } = new();

        public ConcurrentQueue<SelectPerson.Request> Selected { get; } = new();

        public string Bound => _bound;

        public async ValueTask DisposeAsync()
        {
            await _camera.DisposeAsync();
            await _context.DisposeAsync();
        }

        private Adapt.Response Answer(Adapt.Request request)
        {
            Adapted.Enqueue(request);
            if (Refusal.Length > 0) return new Adapt.Response { Message = Refusal };
            _bound = request.PersonId;
            _samples += (int)request.Frames;
            return new Adapt.Response { Success = true, Activated = Adapted.Count > 1, Samples = (uint)_samples, Message = "collected" };
        }

        private void Publish()
        {
            lock (_affect)
            {
                bool own = _bound.Length > 0 && Adapted.Count > 1;
                int right = Expressions.FerPlus.IndexOf(_shown);
                float[] probabilities = new float[Expressions.FerPlus.Length];
                if (own)
                {
                    probabilities[right] = 0.9f;
                }
                else
                {
                    probabilities[right] = 0.2f;
                    probabilities[0] = 0.7f;
                }

                FaceAffectArray message = new() { Classes = [.. Expressions.FerPlus] };
                message.Faces.Add(new FaceAffect
                {
                    FaceId = "f1", PersonId = _bound, Adapted = own, Expression = own ? _shown : "neutral", Probabilities = [.. probabilities],
                });
                _affect.Publish(message);
            }
        }
    }
}
