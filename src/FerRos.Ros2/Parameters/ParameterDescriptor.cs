using System.Globalization;
using DescriptorMessage = FerRos.Interfaces.RclInterfaces.Msg.ParameterDescriptor;
using FloatingPointRangeMessage = FerRos.Interfaces.RclInterfaces.Msg.FloatingPointRange;
using IntegerRangeMessage = FerRos.Interfaces.RclInterfaces.Msg.IntegerRange;

namespace FerRos.Ros2;

/// <summary>Allowed doubles: the two ends, and between them every <paramref name="Step"/>-th from the lower end, or all when it is 0.</summary>
/// <param name="From">Lower end.</param>
/// <param name="To">Upper end.</param>
/// <param name="Step">Step; 0: none.</param>
public sealed record FloatingPointRange(double From, double To, double Step = 0)
{
    // std::numeric_limits<double>::epsilon()
    private const double MachineEpsilon = 2.220446049250313e-16;

    /// <summary>Whether a value is allowed, by rclcpp's rules with its tolerance.</summary>
    public bool Contains(double value)
    {
        if (AreEqual(value, From) || AreEqual(value, To))
            return true;
        if (!(value > From && value < To))
            return false;
        if (Step == 0)
            return true;
        double nearest = From + (Math.Round((value - From) / Step) * Step);
        return AreEqual(value, nearest);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{From} to {To}") + (Step == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" in steps of {Step}"));

    private static bool AreEqual(double left, double right) =>
        Math.Abs(left - right) <= MachineEpsilon * Math.Abs(left + right) * 100;
}

/// <summary>Allowed integers: the two ends, and between them every <paramref name="Step"/>-th from the lower end, or all when it is 0.</summary>
/// <param name="From">Lower end.</param>
/// <param name="To">Upper end.</param>
/// <param name="Step">Step; 0: none.</param>
public sealed record IntegerRange(long From, long To, ulong Step = 0)
{
    /// <summary>Whether a value is allowed, by rclcpp's rules.</summary>
    public bool Contains(long value) =>
        value == From || value == To
        || (value > From && value < To && (Step == 0 || (Int128)value - From is var distance && distance % Step == 0));

    /// <inheritdoc/>
    public override string ToString() => $"{From} to {To}" + (Step == 0 ? "" : $" in steps of {Step}");
}

/// <summary>What a parameter means and which values it takes.</summary>
public sealed record ParameterDescriptor
{
    /// <summary>What it means, its unit.</summary>
    public string Description { get; init; } = "";

    /// <summary>Constraints in words, for people.</summary>
    public string AdditionalConstraints { get; init; } = "";

    /// <summary>Whether it keeps the value that it has after its declaration.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether its type may change.</summary>
    public bool DynamicTyping { get; init; }

    /// <summary>Allowed doubles; null: all.</summary>
    public FloatingPointRange? FloatingPointRange { get; init; }

    /// <summary>Allowed integers; null: all.</summary>
    public IntegerRange? IntegerRange { get; init; }

    /// <summary>Checks a value beyond type and range: returns what is allowed instead, or null when it is fine. Not visible to other nodes.</summary>
    public Func<ParameterValue, string?>? Validate { get; init; }

    internal DescriptorMessage ToMessage(string name, ParameterType type)
    {
        var message = new DescriptorMessage
        {
            Name = name,
            Type = (byte)type,
            Description = Description,
            AdditionalConstraints = AdditionalConstraints,
            ReadOnly = ReadOnly,
            DynamicTyping = DynamicTyping,
        };
        if (FloatingPointRange is { } floating)
            message.FloatingPointRange.Add(new FloatingPointRangeMessage { FromValue = floating.From, ToValue = floating.To, Step = floating.Step });
        if (IntegerRange is { } integer)
            message.IntegerRange.Add(new IntegerRangeMessage { FromValue = integer.From, ToValue = integer.To, Step = integer.Step });
        return message;
    }

    /// <summary>Why a value is not allowed; null: it is.</summary>
    internal string? FindFault(string name, ParameterValue value)
    {
        if (value.Type == ParameterType.Double && FloatingPointRange is { } floating && !floating.Contains(value.As<double>()))
            return $"Parameter {{{name}}} doesn't comply with floating point range. The value is {value}, allowed is {floating}.";
        if (value.Type == ParameterType.Integer && IntegerRange is { } integer && !integer.Contains(value.As<long>()))
            return $"Parameter {{{name}}} doesn't comply with integer range. The value is {value}, allowed is {integer}.";
        return value.Type != ParameterType.NotSet && Validate?.Invoke(value) is { } allowed
            ? $"Parameter {{{name}}} has the value '{value}', allowed is {allowed}."
            : null;
    }
}

/// <summary>Whether parameters were set, and why not.</summary>
/// <param name="Successful">Whether they were.</param>
/// <param name="Reason">Why not; empty when they were.</param>
public readonly record struct SetParametersResult(bool Successful, string Reason)
{
    /// <summary>They were set.</summary>
    public static SetParametersResult Success { get; } = new(true, "");

    /// <summary>They were not set.</summary>
    public static SetParametersResult Failure(string reason) => new(false, reason);
}
