namespace FerRos.Ros2;

/// <summary>A node's clock (ROS time): the system's, or, with <c>use_sim_time</c>, the last value on <c>/clock</c>.</summary>
public sealed class RosClock
{
    private const long NotSimulated = long.MinValue;

    private long _simulated = NotSimulated;

    internal RosClock()
    {
    }

    /// <summary>
    /// Raised, on a thread of the middleware, when simulated time sets in or ends, and when it goes backwards: from, to.
    /// </summary>
    public event Action<RosTime, RosTime>? Jumped;

    /// <summary>Whether the time comes from <c>/clock</c>.</summary>
    public bool IsSimulated => Volatile.Read(ref _simulated) != NotSimulated;

    /// <summary>The time now; zero with simulated time before the first message on <c>/clock</c>.</summary>
    public RosTime Now => Volatile.Read(ref _simulated) is var simulated && simulated == NotSimulated ? RosTime.SystemNow : new RosTime(simulated);

    /// <summary>Turns simulated time on, at zero, or off.</summary>
    internal void Simulate(bool on)
    {
        if (on == IsSimulated)
            return;
        RosTime before = Now;
        Volatile.Write(ref _simulated, on ? 0 : NotSimulated);
        Jumped?.Invoke(before, Now);
    }

    /// <summary>Takes a value from <c>/clock</c>.</summary>
    internal void Advance(RosTime time)
    {
        // A message that is on its way while simulated time ends must not turn it on again.
        long before = Volatile.Read(ref _simulated);
        while (before != NotSimulated)
        {
            long found = Interlocked.CompareExchange(ref _simulated, time.Nanoseconds, before);
            if (found == before)
            {
                if (time.Nanoseconds < before)
                    Jumped?.Invoke(new RosTime(before), time);
                return;
            }

            before = found;
        }
    }
}
