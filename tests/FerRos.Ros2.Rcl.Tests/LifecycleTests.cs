using System.Text.Json.Nodes;
using FerRos.Ros2.Lifecycle;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>
/// A managed node of ours beside one of rclpy, whose state machine is rcl_lifecycle, the one of rclcpp: an rclpy client
/// asks both for the same transitions, the callbacks of both give the same results, and answers, states, transitions on
/// offer and events must be the same.
/// </summary>
[Trait("Needs", "ros")]
public sealed class LifecycleTests
{
    private const string TransitionsType = "lifecycle_msgs/srv/GetAvailableTransitions";
    private const string EventType = "lifecycle_msgs/msg/TransitionEvent";
    private const string ChangeType = "lifecycle_msgs/srv/ChangeState";

    private static int _pairs;

    [Theory, ClassData(typeof(Distributions))]
    public async Task Every_transition_with_every_outcome_is_answered_and_told_as_by_rclpys_node(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        using var tool = new Tool();
        await Compare(
            tool,
            ["FAILURE", "SUCCESS", "FAILURE", "SUCCESS", "FAILURE", "SUCCESS", "FAILURE", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"],
            [
                new("configure", "unconfigured"), new("configure", "inactive"),
                new("activate", "inactive"), new("activate", "active"),
                new("deactivate", "active"), new("deactivate", "inactive"),
                new("cleanup", "inactive"), new("cleanup", "unconfigured"),
                new(1, "inactive"), new(3, "active"), new(7, "finalized"),
            ]);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task What_is_not_allowed_is_refused_as_by_rclpys_node_and_changes_nothing(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        using var tool = new Tool();
        Step[] refused(string state, params object[] asked) => [.. asked.Select(a => a is string label ? new Step(label, state, Allowed: false) : new Step((int)a, state, Allowed: false))];
        await Compare(
            tool,
            ["SUCCESS", "SUCCESS", "SUCCESS"],
            [
                .. refused("unconfigured", "activate", "deactivate", "cleanup", "create", "destroy", "transition_success", "nonsense", 0, 2, 3, 4, 6, 7, 8, 10, 60, 97, 255),
                new("configure", "inactive"),
                .. refused("inactive", "configure", "deactivate", 1, 4, 5, 7, 30),
                new("activate", "active"),
                .. refused("active", "configure", "activate", "cleanup", 1, 2, 3, 5, 6),
                new("shutdown", "finalized"),
                .. refused("finalized", "configure", "shutdown", 1, 5, 6, 7),
            ]);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_node_can_be_shut_down_from_every_state_whatever_the_callback_says(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        using var tool = new Tool();
        await Compare(tool, ["SUCCESS"], [new("shutdown", "finalized")]);
        await Compare(tool, ["SUCCESS", "FAILURE"], [new("configure", "inactive"), new(6, "finalized")]);
        await Compare(tool, ["SUCCESS", "SUCCESS", "SUCCESS"], [new("configure", "inactive"), new("activate", "active"), new("shutdown", "finalized")]);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Errors_are_processed_as_by_rclpys_node(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        using var tool = new Tool();

        // What on_error says decides: back to the start, or the end.
        await Compare(
            tool,
            ["ERROR", "SUCCESS", "THROW", "SUCCESS", "SUCCESS", "ERROR", "SUCCESS", "SUCCESS", "SUCCESS", "THROW", "FAILURE"],
            [
                new("configure", "unconfigured"), new("configure", "unconfigured"),
                new("configure", "inactive"), new("activate", "unconfigured"),
                new("configure", "inactive"), new("activate", "active"), new("deactivate", "finalized"),
            ]);
        await Compare(tool, ["SUCCESS", "ERROR", "ERROR"], [new("configure", "inactive"), new("cleanup", "finalized")]);
        await Compare(tool, ["THROW", "THROW"], [new("configure", "finalized")]);
        await Compare(tool, ["ERROR", "SUCCESS"], [new("shutdown", "unconfigured")]);
    }

    private static async Task Compare(Tool tool, string[] results, Step[] steps)
    {
        // New names each time: the tool may not have heard yet that the nodes before are gone.
        var pair = new Pair(tool, Interlocked.Increment(ref _pairs));
        tool.Do("manage", new { name = Path.GetFileName(pair.Theirs), results });
        await using var context = RosContext.Create([], new RosContextOptions { Middleware = MiddlewareKind.Rcl });
        var node = context.CreateNode(Path.GetFileName(pair.Ours), new RosNodeOptions { Namespace = "/tests" });
        var script = new Script(results);
        await using var lifecycle = new LifecycleNode(node, script);

        // Made before the first question: who answers that has found these too.
        foreach (var name in new[] { pair.Ours, pair.Theirs })
        {
            tool.Hear(EventType, name + "/transition_event");
            tool.Prepare(ChangeType, name + "/change_state");
        }

        pair.Same("lifecycle_msgs/srv/GetAvailableStates", "get_available_states")["available_states"]!.AsArray().Count.ShouldBe(11);
        pair.Same(TransitionsType, "get_transition_graph")["available_transitions"]!.AsArray().Count.ShouldBeGreaterThan(20);
        foreach (var step in steps)
        {
            var request = new { transition = new { id = step.Id, label = step.Label } };
            // Jazzy's rclpy ends by an exception where a number is not allowed; rclcpp and later rclpy answer false.
            var answer = !step.Allowed && step.Label.Length == 0 && Environment.GetEnvironmentVariable("ROS_DISTRO") == "jazzy"
                ? tool.Call(ChangeType, pair.Ours + "/change_state", request)
                : pair.Same(ChangeType, "change_state", request);
            if (!step.Allowed) answer["success"]!.GetValue<bool>().ShouldBeFalse(step.ToString());
            var state = pair.Same("lifecycle_msgs/srv/GetState", "get_state")["current_state"]!;
            state["label"]!.GetValue<string>().ShouldBe(step.State, step.ToString());
            lifecycle.StateLabel.ShouldBe(step.State);
            state["id"]!.GetValue<int>().ShouldBe((int)lifecycle.State);
            pair.Same(TransitionsType, "get_available_transitions");
        }

        // One into the state of each transition, one by the result of each callback.
        var events = steps.Count(step => step.Allowed) + results.Length;
        var theirs = tool.Heard(pair.Theirs + "/transition_event", events);
        var ours = tool.Heard(pair.Ours + "/transition_event", events);
        ours.Select(Text).ShouldBe(theirs.Select(Text));
        script.Left.ShouldBe(0, "every result was asked for");
    }

    private static string Text(JsonNode? node) => node!.ToJsonString();

    /// <summary>A node of ours and one of rclpy, by their full names.</summary>
    private sealed class Pair(Tool tool, int number)
    {
        public string Ours { get; } = $"/tests/ours_{number}";

        public string Theirs { get; } = $"/tests/theirs_{number}";

        /// <summary>Calls a service of both nodes; the answers must not differ.</summary>
        public JsonObject Same(string type, string service, object? request = null)
        {
            var theirs = tool.Call(type, $"{Theirs}/{service}", request);
            var ours = tool.Call(type, $"{Ours}/{service}", request);
            Text(ours).ShouldBe(Text(theirs), service);
            return ours;
        }
    }

    /// <summary>A transition that is asked for, by label or by number, and the state that it ends in.</summary>
    private sealed record Step(string Label, int Id, string State, bool Allowed = true)
    {
        // A number beside a label is not looked at.
        public Step(string label, string state, bool Allowed = true)
            : this(label, 99, state, Allowed)
        {
        }

        public Step(int id, string state, bool Allowed = true)
            : this("", id, state, Allowed)
        {
        }
    }

    private sealed class Script(string[] results) : ILifecycleCallbacks
    {
        private readonly Queue<string> _results = new(results);

        public int Left => _results.Count;

        public ValueTask<TransitionResult> ConfigureAsync(CancellationToken cancellationToken) => Next();

        public ValueTask<TransitionResult> CleanUpAsync(CancellationToken cancellationToken) => Next();

        public ValueTask<TransitionResult> ActivateAsync(CancellationToken cancellationToken) => Next();

        public ValueTask<TransitionResult> DeactivateAsync(CancellationToken cancellationToken) => Next();

        public ValueTask<TransitionResult> ShutDownAsync(LifecycleState from, CancellationToken cancellationToken) => Next();

        public ValueTask<TransitionResult> HandleErrorAsync(Exception? exception, CancellationToken cancellationToken) => Next();

        private ValueTask<TransitionResult> Next() => ValueTask.FromResult(_results.Dequeue() switch
        {
            "SUCCESS" => TransitionResult.Success,
            "FAILURE" => TransitionResult.Failure,
            "ERROR" => TransitionResult.Error,
            _ => throw new InvalidOperationException("as told"),
        });
    }
}
