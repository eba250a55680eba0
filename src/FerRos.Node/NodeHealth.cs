using System.Globalization;
using FerRos.Interfaces.DiagnosticMsgs.Msg;

namespace FerRos.Node;

/// <summary>What is looked at to say how the node does.</summary>
internal readonly record struct NodeHealth
{
    /// <summary>State of the managed node.</summary>
    internal required string State { get; init; }

    /// <summary>Topic that is listened to; empty while inactive.</summary>
    internal required string Topic { get; init; }

    /// <summary>Publishers on it.</summary>
    internal required int Publishers { get; init; }

    /// <summary>Whether pictures are expected all the time: a camera sends them, a detector of faces only while there is a face.</summary>
    internal required bool IsCamera { get; init; }

    /// <summary>Pictures a second that came in.</summary>
    internal required double InputRate { get; init; }

    /// <summary>Pictures a second that were published.</summary>
    internal required double OutputRate { get; init; }

    /// <summary>Messages refused since the last look.</summary>
    internal required long Refused { get; init; }

    /// <summary>From arrival to publication, p99 over the window.</summary>
    internal required TimeSpan Latency { get; init; }

    /// <summary>Ages of the pictures since the last look.</summary>
    internal required PictureAges Ages { get; init; }

    /// <summary>Level and message: the worst that is wrong, and everything else that is wrong behind it.</summary>
    internal (byte Level, string Message) Judge(DiagnosticsOptions limits)
    {
        if (Topic.Length == 0) return (DiagnosticStatus.Ok, State);
        if (Publishers == 0) return (DiagnosticStatus.Warn, $"no publisher on {Topic}");
        if (IsCamera && InputRate <= 0) return (DiagnosticStatus.Warn, $"no pictures on {Topic}");

        List<string>? errors = null;
        List<string>? warnings = null;
        if (Latency > limits.ErrorLatency) Add(ref errors, $"latency {Latency.TotalSeconds:0.00} s is above {limits.ErrorLatency.TotalSeconds:0.##} s");
        else if (Latency > limits.WarnLatency) Add(ref warnings, $"latency {Latency.TotalSeconds:0.00} s is above {limits.WarnLatency.TotalSeconds:0.##} s");
        if (Ages.Unstamped)
        {
            Add(ref errors, $"pictures on {Topic} have no stamp");
        }
        else if (Ages.Count > 0)
        {
            // A bag that is played without simulated time looks like this.
            if (Ages.Oldest > limits.MaxAge) Add(ref errors, $"pictures are {Ages.Oldest.TotalSeconds:0.0} s old: clocks differ, or use_sim_time is missing");
            if (Ages.Youngest < limits.MinAge) Add(ref errors, $"stamps lie {-Ages.Youngest.TotalSeconds:0.0} s in the future: clocks differ");
        }

        if (Refused > 0) Add(ref warnings, $"{Refused} pictures were refused");
        if (IsCamera && limits.MinRate > 0 && OutputRate < limits.MinRate) Add(ref warnings, $"{OutputRate:0.0} pictures a second, below {limits.MinRate:0.##}");
        if (errors is null && warnings is null) return (DiagnosticStatus.Ok, "seeing");
        return (errors is null ? DiagnosticStatus.Warn : DiagnosticStatus.Error, string.Join("; ", (errors ?? []).Concat(warnings ?? [])));

        static void Add(ref List<string>? list, FormattableString text) => (list ??= []).Add(text.ToString(CultureInfo.InvariantCulture));
    }
}
