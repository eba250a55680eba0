namespace FerRos.Ros2.Lifecycle;

/// <summary>States of a managed node; numbers as in <c>lifecycle_msgs/msg/State</c>.</summary>
public enum LifecycleState
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Nothing is loaded.</summary>
    Unconfigured = 1,

    /// <summary>Loaded and silent.</summary>
    Inactive = 2,

    /// <summary>At work.</summary>
    Active = 3,

    /// <summary>At its end; the process may exit.</summary>
    Finalized = 4,

    /// <summary>On the way from unconfigured to inactive.</summary>
    Configuring = 10,

    /// <summary>On the way from inactive to unconfigured.</summary>
    CleaningUp = 11,

    /// <summary>On the way to finalized.</summary>
    ShuttingDown = 12,

    /// <summary>On the way from inactive to active.</summary>
    Activating = 13,

    /// <summary>On the way from active to inactive.</summary>
    Deactivating = 14,

    /// <summary>A callback threw or returned <see cref="TransitionResult.Error"/>.</summary>
    ErrorProcessing = 15,
}

/// <summary>What a transition's callback answers; numbers as in <c>lifecycle_msgs/msg/Transition</c>.</summary>
public enum TransitionResult
{
    /// <summary>The transition reaches its goal.</summary>
    Success = 97,

    /// <summary>The node stays in the state where it was.</summary>
    Failure = 98,

    /// <summary>Something is broken: error processing follows.</summary>
    Error = 99,
}

/// <summary>A transition of the machine.</summary>
/// <param name="Id">Number as in <c>lifecycle_msgs/msg/Transition</c>.</param>
/// <param name="Label">Name: <c>configure</c>, <c>transition_success</c>, ...</param>
/// <param name="Start">State that it leaves.</param>
/// <param name="Goal">State that it enters.</param>
public sealed record LifecycleTransition(byte Id, string Label, LifecycleState Start, LifecycleState Goal);

/// <summary>What a managed node does in its transitions. A callback that throws counts as <see cref="TransitionResult.Error"/>.</summary>
public interface ILifecycleCallbacks
{
    /// <summary>Loads what the node needs.</summary>
    ValueTask<TransitionResult> ConfigureAsync(CancellationToken cancellationToken);

    /// <summary>Gives back what <see cref="ConfigureAsync"/> took.</summary>
    ValueTask<TransitionResult> CleanUpAsync(CancellationToken cancellationToken);

    /// <summary>Begins to work.</summary>
    ValueTask<TransitionResult> ActivateAsync(CancellationToken cancellationToken);

    /// <summary>Ceases to work.</summary>
    ValueTask<TransitionResult> DeactivateAsync(CancellationToken cancellationToken);

    /// <summary>Ends, from whichever state.</summary>
    /// <param name="from">Unconfigured, inactive or active.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    ValueTask<TransitionResult> ShutDownAsync(LifecycleState from, CancellationToken cancellationToken);

    /// <summary>Clears up after an error; success leads to unconfigured, anything else to finalized.</summary>
    /// <param name="exception">What was thrown; null when a callback returned <see cref="TransitionResult.Error"/>.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    ValueTask<TransitionResult> HandleErrorAsync(Exception? exception, CancellationToken cancellationToken);
}
