namespace FerRos.Ros2;

/// <summary>
/// QoS of single endpoints as read-only parameters, by rclcpp's names:
/// <c>qos_overrides./topic.publisher.reliability</c>, <c>qos_overrides./topic.subscription.depth</c>. The policies that can be
/// set are history, depth, reliability, durability, deadline, liveliness, liveliness_lease_duration and, of publishers,
/// lifespan, with rmw's words for them. Times are nanoseconds; 0 and 9223372036854775807 (RMW_DURATION_INFINITE) set no limit.
/// </summary>
public static class QosOverrides
{
    /// <summary>What the parameters' names begin with.</summary>
    public const string Prefix = "qos_overrides.";

    private static readonly string[] Histories = ["keep_last", "keep_all"];
    private static readonly string[] Reliabilities = ["reliable", "best_effort"];
    private static readonly string[] Durabilities = ["volatile", "transient_local"];
    private static readonly string[] Livelinesses = ["automatic", "manual_by_topic"];

    /// <summary>Declares the parameters of a publisher, where they are not declared yet, and reads them.</summary>
    /// <param name="node">The node.</param>
    /// <param name="topic">Topic, as given to <see cref="RosNode.CreatePublisher{T}"/>.</param>
    /// <param name="qos">QoS where nothing is overridden.</param>
    /// <returns>QoS to create the publisher with.</returns>
    /// <exception cref="ParameterException">A value given from outside is not allowed.</exception>
    public static QosProfile ForPublisher(RosNode node, string topic, QosProfile qos) => Apply(node, topic, "publisher", qos);

    /// <summary>Declares the parameters of a subscription, where they are not declared yet, and reads them.</summary>
    /// <inheritdoc cref="ForPublisher"/>
    /// <returns>QoS to create the subscription with.</returns>
    public static QosProfile ForSubscription(RosNode node, string topic, QosProfile qos) => Apply(node, topic, "subscription", qos);

    private static QosProfile Apply(RosNode node, string topic, string entity, QosProfile qos)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(qos);
        NodeParameters parameters = node.Parameters;
        string prefix = $"{Prefix}{node.ResolveTopic(topic)}.{entity}.";
        string history = Choice("history", qos.History == QosHistory.KeepAll ? "keep_all" : "keep_last", Histories);
        string reliability = Choice("reliability", qos.Reliability == QosReliability.Reliable ? "reliable" : "best_effort", Reliabilities);
        string durability = Choice("durability", qos.Durability == QosDurability.TransientLocal ? "transient_local" : "volatile", Durabilities);
        string depth = prefix + "depth";
        if (!parameters.Has(depth))
        {
            parameters.Declare(depth, (long)qos.Depth, new ParameterDescriptor
            {
                Description = "Samples kept with the history keep_last",
                IntegerRange = new IntegerRange(1, 100_000),
                ReadOnly = true,
            });
        }

        string liveliness = Choice("liveliness", qos.Liveliness == QosLiveliness.ManualByTopic ? "manual_by_topic" : "automatic", Livelinesses);
        TimeSpan deadline = Time("deadline", qos.Deadline);
        TimeSpan lease = Time("liveliness_lease_duration", qos.LivelinessLease);
        // rclcpp offers it to publishers only: a subscription has no say in how long a sample lives.
        TimeSpan lifespan = entity == "publisher" ? Time("lifespan", qos.Lifespan) : qos.Lifespan;
        return qos with
        {
            History = history == "keep_all" ? QosHistory.KeepAll : QosHistory.KeepLast,
            Depth = parameters.Get<int>(depth),
            Reliability = reliability == "reliable" ? QosReliability.Reliable : QosReliability.BestEffort,
            Durability = durability == "volatile" ? QosDurability.Volatile : QosDurability.TransientLocal,
            Liveliness = liveliness == "automatic" ? QosLiveliness.Automatic : QosLiveliness.ManualByTopic,
            LivelinessLease = lease,
            Deadline = deadline,
            Lifespan = lifespan,
        };

        TimeSpan Time(string policy, TimeSpan time)
        {
            string name = prefix + policy;
            if (!parameters.Has(name))
            {
                parameters.Declare(name, time == Timeout.InfiniteTimeSpan ? 0 : time.Ticks * TimeSpan.NanosecondsPerTick, new ParameterDescriptor
                {
                    Description = $"QoS policy {policy} of the {entity} in nanoseconds; 0: no limit",
                    IntegerRange = new IntegerRange(0, long.MaxValue),
                    ReadOnly = true,
                });
            }

            // A TimeSpan counts 100 ns; less than that is still a limit.
            long nanoseconds = parameters.Get<long>(name);
            return nanoseconds is 0 or long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(Math.Max(1, nanoseconds / TimeSpan.NanosecondsPerTick));
        }

        string Choice(string policy, string value, string[] allowed)
        {
            string name = prefix + policy;
            if (!parameters.Has(name))
            {
                string constraint = "one of: " + string.Join(", ", allowed);
                parameters.Declare(name, value, new ParameterDescriptor
                {
                    Description = $"QoS policy {policy} of the {entity}",
                    AdditionalConstraints = constraint,
                    ReadOnly = true,
                    Validate = v => allowed.Contains(v.As<string>()) ? null : constraint,
                });
            }

            return parameters.Get<string>(name);
        }
    }
}
