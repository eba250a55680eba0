using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>QoS profiles to and from rmw's structure. The enumerations have rmw's values already.</summary>
internal static class RclQos
{
    // RMW_DURATION_INFINITE; {0, 0} is RMW_DURATION_UNSPECIFIED, which every RMW takes for infinite.
    private const ulong InfiniteSeconds = 9_223_372_036;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    public static rmw_qos_profile_t ToNative(QosProfile qos)
    {
        if (qos.History == QosHistory.KeepLast && qos.Depth < 1)
            throw new MiddlewareException($"A QoS depth of {qos.Depth} is not possible: with history keep last it must be at least 1.");
        return new rmw_qos_profile_t
        {
            history = (int)qos.History,
            depth = (nuint)Math.Max(qos.Depth, 0),
            reliability = (int)qos.Reliability,
            durability = (int)qos.Durability,
            deadline = ToNative(qos.Deadline, nameof(qos.Deadline)),
            lifespan = ToNative(qos.Lifespan, nameof(qos.Lifespan)),
            liveliness = (int)qos.Liveliness,
            liveliness_lease_duration = ToNative(qos.LivelinessLease, nameof(qos.LivelinessLease)),
        };
    }

    /// <summary>
    /// The profile of an endpoint. RMWs do not learn a remote endpoint's history: it comes as keep last with depth 0.
    /// </summary>
    public static QosProfile FromNative(in rmw_qos_profile_t qos) => new()
    {
        History = qos.history == (int)QosHistory.KeepAll ? QosHistory.KeepAll : QosHistory.KeepLast,
        Depth = (int)Math.Min(qos.depth, int.MaxValue),
        Reliability = qos.reliability == (int)QosReliability.BestEffort ? QosReliability.BestEffort : QosReliability.Reliable,
        Durability = qos.durability == (int)QosDurability.TransientLocal ? QosDurability.TransientLocal : QosDurability.Volatile,
        Liveliness = qos.liveliness == (int)QosLiveliness.ManualByTopic ? QosLiveliness.ManualByTopic : QosLiveliness.Automatic,
        Deadline = FromNative(qos.deadline),
        Lifespan = FromNative(qos.lifespan),
        LivelinessLease = FromNative(qos.liveliness_lease_duration),
    };

    /// <summary>Name of a bit of rmw_qos_policy_kind_t (rmw/qos_policy_kind.h), as rmw_qos_policy_kind_to_str writes it but in capitals.</summary>
    public static string PolicyName(int kind) => kind switch
    {
        1 << 1 => "DURABILITY",
        1 << 2 => "DEADLINE",
        1 << 3 => "LIVELINESS",
        1 << 4 => "RELIABILITY",
        1 << 5 => "HISTORY",
        1 << 6 => "LIFESPAN",
        1 << 7 => "DEPTH",
        1 << 8 => "LIVELINESS_LEASE_DURATION",
        1 << 9 => "AVOID_ROS_NAMESPACE_CONVENTIONS",
        _ => "UNKNOWN",
    };

    private static rmw_time_t ToNative(TimeSpan time, string name)
    {
        if (time == Timeout.InfiniteTimeSpan) return default;
        if (time <= TimeSpan.Zero)
            throw new MiddlewareException($"A QoS {name} of {time} is not possible: it must be positive, or Timeout.InfiniteTimeSpan for none.");
        return new rmw_time_t
        {
            sec = (ulong)(time.Ticks / TimeSpan.TicksPerSecond),
            nsec = (ulong)(time.Ticks % TimeSpan.TicksPerSecond) * TimeSpan.NanosecondsPerTick,
        };
    }

    private static TimeSpan FromNative(rmw_time_t time)
    {
        var seconds = time.sec + (time.nsec / NanosecondsPerSecond);
        if (seconds >= InfiniteSeconds || (time.sec == 0 && time.nsec == 0)) return Timeout.InfiniteTimeSpan;
        return new TimeSpan(((long)seconds * TimeSpan.TicksPerSecond) + ((long)(time.nsec % NanosecondsPerSecond) / TimeSpan.NanosecondsPerTick));
    }
}
