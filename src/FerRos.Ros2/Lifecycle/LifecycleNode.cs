using FerRos.Interfaces.LifecycleMsgs.Srv;
using Microsoft.Extensions.Logging;
using StateMessage = FerRos.Interfaces.LifecycleMsgs.Msg.State;
using TransitionDescriptionMessage = FerRos.Interfaces.LifecycleMsgs.Msg.TransitionDescription;
using TransitionEventMessage = FerRos.Interfaces.LifecycleMsgs.Msg.TransitionEvent;
using TransitionMessage = FerRos.Interfaces.LifecycleMsgs.Msg.Transition;

namespace FerRos.Ros2.Lifecycle;

/// <summary>
/// Makes a node a managed one: the state machine, its five services (<c>~/change_state</c>, <c>~/get_state</c>,
/// <c>~/get_available_states</c>, <c>~/get_available_transitions</c>, <c>~/get_transition_graph</c>) and the topic
/// <c>~/transition_event</c>, with rclcpp_lifecycle's answers.
/// </summary>
public sealed partial class LifecycleNode : IAsyncDisposable
{
    private readonly RosNode _node;
    private readonly LifecycleMachine _machine;
    private readonly Publisher<TransitionEventMessage> _events;
    private readonly List<Service> _services;

    /// <summary>Makes a node a managed one; it is unconfigured then.</summary>
    /// <param name="node">The node.</param>
    /// <param name="callbacks">What it does in its transitions; one after the other, never two at once.</param>
    /// <exception cref="MiddlewareException">The middleware refused a service or the topic.</exception>
    public LifecycleNode(RosNode node, ILifecycleCallbacks callbacks)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(callbacks);
        _node = node;
        _machine = new LifecycleMachine(callbacks);
        _machine.Changed += OnChanged;
        _machine.Faulted += (state, exception) =>
        {
            // What the middleware refuses says what to do, and is no matter of this program's stack.
            if (exception is MiddlewareException) LogMiddlewareFaulted(node.Logger, LifecycleMachine.Label(state), exception.Message);
            else LogFaulted(node.Logger, LifecycleMachine.Label(state), exception);
        };
        _events = node.CreatePublisher<TransitionEventMessage>("~/transition_event");
        _services =
        [
            node.CreateService(ChangeState.Type, "~/change_state", ChangeAsync),
            node.CreateService(GetState.Type, "~/get_state", (_, _) => ValueTask.FromResult(new GetState.Response { CurrentState = Message(State) })),
            node.CreateService(GetAvailableStates.Type, "~/get_available_states", (_, _) =>
                ValueTask.FromResult(new GetAvailableStates.Response { AvailableStates = [.. LifecycleMachine.States.Select(Message)] })),
            node.CreateService(GetAvailableTransitions.Type, "~/get_available_transitions", (_, _) => Describe(_machine.AvailableTransitions)),
            node.CreateService(GetAvailableTransitions.Type, "~/get_transition_graph", (_, _) => Describe(LifecycleMachine.Transitions)),
        ];
    }

    /// <summary>Raised after every change of state: where it left, where it is.</summary>
    public event Action<LifecycleState, LifecycleState>? StateChanged;

    /// <summary>The state now.</summary>
    public LifecycleState State => _machine.State;

    /// <summary>The label by which the state now is called on the wire: <c>unconfigured</c>, <c>active</c>, ...</summary>
    public string StateLabel => LifecycleMachine.Label(State);

    /// <summary>Carries out a transition: <c>configure</c>, <c>cleanup</c>, <c>activate</c>, <c>deactivate</c> or <c>shutdown</c>.</summary>
    /// <param name="label">Its label.</param>
    /// <param name="cancellationToken">Cancels waiting for a transition under way, and is passed to the callback.</param>
    /// <returns>The callback's result; null when the state now does not allow the transition.</returns>
    public Task<TransitionResult?> TriggerAsync(string label, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);
        return _machine.TriggerAsync(label, 0, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services) await service.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
        _machine.Dispose();
    }

    private static StateMessage Message(LifecycleState state) => new() { Id = (byte)state, Label = LifecycleMachine.Label(state) };

    private static ValueTask<GetAvailableTransitions.Response> Describe(IEnumerable<LifecycleTransition> transitions) => ValueTask.FromResult(
        new GetAvailableTransitions.Response
        {
            AvailableTransitions =
            [
                .. transitions.Select(t => new TransitionDescriptionMessage
                {
                    Transition = new TransitionMessage { Id = t.Id, Label = t.Label },
                    StartState = Message(t.Start),
                    GoalState = Message(t.Goal),
                }),
            ],
        });

    private async ValueTask<ChangeState.Response> ChangeAsync(ChangeState.Request request, CancellationToken cancellationToken)
    {
        var asked = request.Transition;
        var result = await _machine.TriggerAsync(asked.Label, asked.Id, cancellationToken).ConfigureAwait(false);
        if (result is null)
        {
            LogRefused(_node.Logger, asked.Label.Length > 0 ? $"'{asked.Label}'" : $"{asked.Id}", StateLabel);
        }

        return new ChangeState.Response { Success = result == TransitionResult.Success };
    }

    private void OnChanged(LifecycleState start, LifecycleState goal)
    {
        try
        {
            // rcl fills the two states only, and leaves transition and timestamp at zero.
            _events.Publish(new TransitionEventMessage { StartState = Message(start), GoalState = Message(goal) });
        }
        catch (MiddlewareException e)
        {
            LogNotPublished(_node.Logger, e.Message);
        }

        StateChanged?.Invoke(start, goal);
    }

    [LoggerMessage(60, LogLevel.Error, "An error in the state {State}")]
    private static partial void LogFaulted(ILogger logger, string state, Exception exception);

    [LoggerMessage(63, LogLevel.Error, "An error in the state {State}: {Reason}")]
    private static partial void LogMiddlewareFaulted(ILogger logger, string state, string reason);

    [LoggerMessage(61, LogLevel.Warning, "No transition {Transition} from the state {State}")]
    private static partial void LogRefused(ILogger logger, string transition, string state);

    [LoggerMessage(62, LogLevel.Warning, "The transition event was not published: {Reason}")]
    private static partial void LogNotPublished(ILogger logger, string reason);
}
