using FerRos.Perception;

namespace FerRos.Cli.Adaptation;

/// <summary>What happens in a calibration session.</summary>
internal sealed record CalibrationPlan
{
    /// <summary>Id of the person.</summary>
    public required string Person { get; init; }

    /// <summary>What the person shows, in order, in our names.</summary>
    public required IReadOnlyList<string> Expressions { get; init; }

    /// <summary>Frames to learn from for each expression.</summary>
    public int Frames { get; init; } = 30;

    /// <summary>Seconds to count down before each expression.</summary>
    public int Countdown { get; init; } = 3;

    /// <summary>How long to wait for the frames of one expression.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The person's face; empty: the largest in view.</summary>
    public string FaceId { get; init; } = "";

    /// <summary>Whether each expression is asked for once more, to show what was gained.</summary>
    public bool Check { get; init; } = true;

    /// <summary>Checks the numbers and the id; whether there is such a face or class is the node's to judge.</summary>
    /// <exception cref="CommandException">A value is out of range.</exception>
    public void Validate()
    {
        if (!PersonIds.IsValid(Person)) throw new CommandException($"'{Person}' is no person id: a letter, then letters, digits and _, at most 64 in all");
        if (Frames is < 1 or > 10_000) throw new CommandException($"--frames {Frames}: 1 to 10000");
        if (Countdown is < 0 or > 60) throw new CommandException($"--countdown {Countdown}: 0 to 60 seconds");
        if (!(Timeout > TimeSpan.Zero && Timeout <= TimeSpan.FromMinutes(10))) throw new CommandException($"--timeout {Timeout.TotalSeconds}: above 0 to 600 seconds");
        if (Expressions.Count < 2) throw new CommandException("at least two different expressions are needed to learn from; give --class more than once");
    }
}
