namespace FerRos.Ros2;

/// <summary>How a node is made.</summary>
public sealed record RosNodeOptions
{
    /// <summary>Namespace; a remap rule <c>__ns:=</c> replaces it. Empty: the root.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Arguments for this node alone; its remap rules go before the program's.</summary>
    public RosArguments Arguments { get; init; } = RosArguments.None;

    /// <summary>Whether the program's own arguments apply to this node.</summary>
    public bool UseContextArguments { get; init; } = true;

    /// <summary>Parameter values that go before those of all arguments.</summary>
    public IReadOnlyDictionary<string, ParameterValue> ParameterOverrides { get; init; } = new Dictionary<string, ParameterValue>();

    /// <summary>Whether undeclared parameters may be set.</summary>
    public bool AllowUndeclaredParameters { get; init; }

    /// <summary>Whether every parameter given from outside is declared at once, as it is.</summary>
    public bool DeclareParametersFromOverrides { get; init; }

    /// <summary>Whether the six parameter services and <c>/parameter_events</c> are there.</summary>
    public bool StartParameterServices { get; init; } = true;

    /// <summary>Whether <c>/rosout</c> is there. <c>--disable-rosout-logs</c> turns it off too.</summary>
    public bool EnableRosout { get; init; } = true;

    /// <summary>Whether <c>~/get_type_description</c> is there (not with peers of Humble). The parameter <c>start_type_description_service</c> turns it off too.</summary>
    public bool StartTypeDescriptionService { get; init; } = true;

    /// <summary>Where logger levels are kept; null: no logger-level services. Not with peers of Humble.</summary>
    public ILoggerLevels? LoggerLevels { get; init; }
}
