namespace FerRos.Ros2.Lifecycle;

/// <summary>
/// The state machine of a managed node, as rcl_lifecycle's default one (the same from Humble to Kilted): five primary
/// states, six transition states, 25 transitions. It knows nothing of topics and services.
/// </summary>
internal sealed class LifecycleMachine : IDisposable
{
    private const string SuccessLabel = "transition_success";
    private const string FailureLabel = "transition_failure";
    private const string ErrorLabel = "transition_error";

    private readonly ILifecycleCallbacks _callbacks;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile int _state = (int)LifecycleState.Unconfigured;

    internal LifecycleMachine(ILifecycleCallbacks callbacks) => _callbacks = callbacks;

    /// <summary>Raised after every change of state, in order, on the thread that made it: start, goal.</summary>
    internal event Action<LifecycleState, LifecycleState>? Changed;

    /// <summary>Raised with what a callback threw, before error processing.</summary>
    internal event Action<LifecycleState, Exception>? Faulted;

    /// <summary>All states in the order in which rcl registers them.</summary>
    internal static IReadOnlyList<LifecycleState> States { get; } =
    [
        LifecycleState.Unknown, LifecycleState.Unconfigured, LifecycleState.Inactive, LifecycleState.Active,
        LifecycleState.Finalized, LifecycleState.Configuring, LifecycleState.CleaningUp, LifecycleState.ShuttingDown,
        LifecycleState.Activating, LifecycleState.Deactivating, LifecycleState.ErrorProcessing,
    ];

    /// <summary>All transitions in the order in which rcl registers them.</summary>
    internal static IReadOnlyList<LifecycleTransition> Transitions { get; } =
    [
        new(1, "configure", LifecycleState.Unconfigured, LifecycleState.Configuring),
        new(10, SuccessLabel, LifecycleState.Configuring, LifecycleState.Inactive),
        new(11, FailureLabel, LifecycleState.Configuring, LifecycleState.Unconfigured),
        new(12, ErrorLabel, LifecycleState.Configuring, LifecycleState.ErrorProcessing),
        new(2, "cleanup", LifecycleState.Inactive, LifecycleState.CleaningUp),
        new(20, SuccessLabel, LifecycleState.CleaningUp, LifecycleState.Unconfigured),
        new(21, FailureLabel, LifecycleState.CleaningUp, LifecycleState.Inactive),
        new(22, ErrorLabel, LifecycleState.CleaningUp, LifecycleState.ErrorProcessing),
        new(3, "activate", LifecycleState.Inactive, LifecycleState.Activating),
        new(30, SuccessLabel, LifecycleState.Activating, LifecycleState.Active),
        new(31, FailureLabel, LifecycleState.Activating, LifecycleState.Inactive),
        new(32, ErrorLabel, LifecycleState.Activating, LifecycleState.ErrorProcessing),
        new(4, "deactivate", LifecycleState.Active, LifecycleState.Deactivating),
        new(40, SuccessLabel, LifecycleState.Deactivating, LifecycleState.Inactive),
        new(41, FailureLabel, LifecycleState.Deactivating, LifecycleState.Active),
        new(42, ErrorLabel, LifecycleState.Deactivating, LifecycleState.ErrorProcessing),
        new(5, "shutdown", LifecycleState.Unconfigured, LifecycleState.ShuttingDown),
        new(6, "shutdown", LifecycleState.Inactive, LifecycleState.ShuttingDown),
        new(7, "shutdown", LifecycleState.Active, LifecycleState.ShuttingDown),
        new(50, SuccessLabel, LifecycleState.ShuttingDown, LifecycleState.Finalized),
        new(51, FailureLabel, LifecycleState.ShuttingDown, LifecycleState.Finalized),
        new(52, ErrorLabel, LifecycleState.ShuttingDown, LifecycleState.ErrorProcessing),
        new(60, SuccessLabel, LifecycleState.ErrorProcessing, LifecycleState.Unconfigured),
        new(61, FailureLabel, LifecycleState.ErrorProcessing, LifecycleState.Finalized),
        new(62, ErrorLabel, LifecycleState.ErrorProcessing, LifecycleState.Finalized),
    ];

    /// <summary>The state now.</summary>
    internal LifecycleState State => (LifecycleState)_state;

    /// <summary>Transitions that leave the state now.</summary>
    internal IEnumerable<LifecycleTransition> AvailableTransitions => Transitions.Where(t => t.Start == State);

    /// <summary>The label by which a state is called on the wire.</summary>
    internal static string Label(LifecycleState state) => state switch
    {
        LifecycleState.Unconfigured => "unconfigured",
        LifecycleState.Inactive => "inactive",
        LifecycleState.Active => "active",
        LifecycleState.Finalized => "finalized",
        LifecycleState.Configuring => "configuring",
        LifecycleState.CleaningUp => "cleaningup",
        LifecycleState.ShuttingDown => "shuttingdown",
        LifecycleState.Activating => "activating",
        LifecycleState.Deactivating => "deactivating",
        LifecycleState.ErrorProcessing => "errorprocessing",
        _ => "unknown",
    };

    /// <summary>The public transition of that label (or, with an empty label, of that number) out of the state now; null: not allowed.</summary>
    internal LifecycleTransition? Find(string label, byte id) =>
        AvailableTransitions.FirstOrDefault(t => label.Length > 0 ? t.Label == label : t.Id == id);

    /// <summary>
    /// Carries out one transition: into the transition state, the callback, and on to where its result leads. Calls are
    /// carried out one after the other.
    /// </summary>
    /// <param name="label">Label; looked up first when not empty, as rclcpp does.</param>
    /// <param name="id">Number, when the label is empty.</param>
    /// <param name="cancellationToken">Cancels waiting for a transition under way, and is passed to the callback.</param>
    /// <returns>The callback's result; null when the state now has no such transition.</returns>
    internal async Task<TransitionResult?> TriggerAsync(string label, byte id, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The five transitions that end a callback are the machine's own: a peer may not ask for them.
            if (Find(label, id) is not { Id: <= 7 } transition) return null;
            var from = transition.Start;
            Enter(from, transition.Goal);
            var (result, exception) = await InvokeAsync(transition.Id, from, cancellationToken).ConfigureAwait(false);
            Finish(result);
            if (result == TransitionResult.Error)
            {
                TransitionResult handled;
                try
                {
                    handled = await _callbacks.HandleErrorAsync(exception, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    Faulted?.Invoke(State, e);
                    handled = TransitionResult.Error;
                }

                Finish(handled);
            }

            return result;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async ValueTask<(TransitionResult Result, Exception? Exception)> InvokeAsync(byte id, LifecycleState from, CancellationToken cancellationToken)
    {
        try
        {
            var result = id switch
            {
                1 => await _callbacks.ConfigureAsync(cancellationToken).ConfigureAwait(false),
                2 => await _callbacks.CleanUpAsync(cancellationToken).ConfigureAwait(false),
                3 => await _callbacks.ActivateAsync(cancellationToken).ConfigureAwait(false),
                4 => await _callbacks.DeactivateAsync(cancellationToken).ConfigureAwait(false),
                _ => await _callbacks.ShutDownAsync(from, cancellationToken).ConfigureAwait(false),
            };
            return (result, null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Faulted?.Invoke(State, e);
            return (TransitionResult.Error, e);
        }
    }

    private void Finish(TransitionResult result)
    {
        var label = result switch
        {
            TransitionResult.Success => SuccessLabel,
            TransitionResult.Failure => FailureLabel,
            _ => ErrorLabel,
        };
        var transition = Transitions.First(t => t.Start == State && t.Label == label);
        Enter(transition.Start, transition.Goal);
    }

    private void Enter(LifecycleState start, LifecycleState goal)
    {
        _state = (int)goal;
        Changed?.Invoke(start, goal);
    }
}
