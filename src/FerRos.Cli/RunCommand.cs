using System.CommandLine;
using FerRos.Node;
using FerRos.Ros2;

namespace FerRos.Cli;

/// <summary><c>ferros run</c>: the node.</summary>
internal static class RunCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="arguments">The whole command line: the node takes its <c>--ros-args</c> sections from it.</param>
    public static Command Create(IReadOnlyList<string> arguments)
    {
        Option<MiddlewareKind> middleware = MiddlewareOption.Create();
        Option<string> distribution = new("--distribution")
        {
            Description = "Distribution of the peers, where the embedded middleware must know it: humble, or jazzy for Jazzy and later",
            DefaultValueFactory = static _ => "jazzy",
        };
        distribution.AcceptOnlyFromAmong("humble", "jazzy");

        Command command = new("run", """
            Run the node: pictures on the topic image, expression, arousal and valence on ~/affect.

            Example: ferros run --ros-args -r image:=/head_camera/image -p max_faces:=2
            Example: ferros run --ros-args --params-file config/ferros.yaml -r __ns:=/robot1 --log-level debug

            config/ferros.yaml lists all parameters. SIGINT (Ctrl-C) and SIGTERM end it.
            """)
        {
            middleware, distribution,
        };
        command.SetGuardedAction((parsed, cancellationToken) => NodeHost.RunAsync(
            RosSections(arguments),
            new NodeHostOptions
            {
                Middleware = parsed.GetValue(middleware),
                Distribution = parsed.GetValue(distribution) == "humble" ? RosDistribution.Humble : RosDistribution.JazzyOrLater,
            },
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    /// <summary>What stands between <c>--ros-args</c> and <c>--</c> (or the end), with both, and remap rules in the old form without them.</summary>
    internal static IReadOnlyList<string> RosSections(IReadOnlyList<string> arguments)
    {
        List<string> sections = [];
        var inside = false;
        foreach (var argument in arguments)
        {
            var begins = argument == "--ros-args";
            if (inside || begins || argument.Contains(":=", StringComparison.Ordinal)) sections.Add(argument);
            inside = (inside || begins) && argument != "--";
        }

        return sections;
    }
}
