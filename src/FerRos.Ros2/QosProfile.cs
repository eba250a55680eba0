namespace FerRos.Ros2;

/// <summary>How many samples a publisher or subscription keeps.</summary>
public enum QosHistory
{
    /// <summary>The newest <see cref="QosProfile.Depth"/> samples.</summary>
    KeepLast = 1,

    /// <summary>All samples, bounded by the middleware's resource limits only.</summary>
    KeepAll = 2,
}

/// <summary>Whether samples may be lost. A best-effort publisher does not match a reliable subscription.</summary>
public enum QosReliability
{
    /// <summary>Lost samples are sent again.</summary>
    Reliable = 1,

    /// <summary>Lost samples stay lost.</summary>
    BestEffort = 2,
}

/// <summary>What late joiners receive. A volatile publisher does not match a transient-local subscription.</summary>
public enum QosDurability
{
    /// <summary>The publisher keeps its last samples for subscriptions that come later ("latched").</summary>
    TransientLocal = 1,

    /// <summary>Late joiners receive what is published from then on.</summary>
    Volatile = 2,
}

/// <summary>How it is decided that a publisher is alive.</summary>
public enum QosLiveliness
{
    /// <summary>The middleware asserts it as long as the process lives.</summary>
    Automatic = 1,

    /// <summary>The publisher asserts it by publishing or explicitly.</summary>
    ManualByTopic = 3,
}

/// <summary>
/// Quality of service of a publisher, subscription, service or client. The presets carry the numbers of
/// rmw's <c>qos_profiles.h</c>; the enumerations have rmw's values.
/// </summary>
public sealed record QosProfile
{
    /// <summary>Keep last 10, reliable, volatile: rmw's default, also for services.</summary>
    public static QosProfile Default { get; } = new();

    /// <summary>Keep last 5, best effort, volatile: for cameras and other fast sensors (REP-2003).</summary>
    public static QosProfile SensorData { get; } = new() { Depth = 5, Reliability = QosReliability.BestEffort };

    /// <summary>Keep last 10, reliable, volatile.</summary>
    public static QosProfile Services { get; } = new();

    /// <summary>Keep last 1000, reliable, volatile: parameter services.</summary>
    public static QosProfile Parameters { get; } = new() { Depth = 1000 };

    /// <summary>Keep last 1000, reliable, volatile: <c>/parameter_events</c>.</summary>
    public static QosProfile ParameterEvents { get; } = new() { Depth = 1000 };

    /// <summary>Keep last 1000, reliable, transient local, lifespan 10 s: <c>/rosout</c>.</summary>
    public static QosProfile Rosout { get; } = new()
    {
        Depth = 1000,
        Durability = QosDurability.TransientLocal,
        Lifespan = TimeSpan.FromSeconds(10),
    };

    /// <summary>Keep last 1, best effort, volatile: subscriptions to <c>/clock</c>.</summary>
    public static QosProfile Clock { get; } = new() { Depth = 1, Reliability = QosReliability.BestEffort };

    /// <summary>History policy.</summary>
    public QosHistory History { get; init; } = QosHistory.KeepLast;

    /// <summary>Samples kept with <see cref="QosHistory.KeepLast"/>; at least 1.</summary>
    public int Depth { get; init; } = 10;

    /// <summary>Reliability policy.</summary>
    public QosReliability Reliability { get; init; } = QosReliability.Reliable;

    /// <summary>Durability policy.</summary>
    public QosDurability Durability { get; init; } = QosDurability.Volatile;

    /// <summary>Liveliness policy.</summary>
    public QosLiveliness Liveliness { get; init; } = QosLiveliness.Automatic;

    /// <summary>Longest expected time between two samples; <see cref="Timeout.InfiniteTimeSpan"/>: no deadline.</summary>
    public TimeSpan Deadline { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Age at which a sample is dropped undelivered; <see cref="Timeout.InfiniteTimeSpan"/>: never.</summary>
    public TimeSpan Lifespan { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Time without a sign of life after which a publisher counts as dead; <see cref="Timeout.InfiniteTimeSpan"/>: never.</summary>
    public TimeSpan LivelinessLease { get; init; } = Timeout.InfiniteTimeSpan;
}
