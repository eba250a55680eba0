using System.CommandLine;
using FerRos.Cli.Graph;
using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Cli.Adaptation;

/// <summary><c>ferros calibrate</c>: a session in which a running node learns a person.</summary>
internal static class CalibrateCommand
{
    private static readonly string[] DefaultClasses = ["neutral", "happiness", "sadness"];

    /// <summary>Creates the command.</summary>
    public static Command Create(RosArguments arguments)
    {
        Argument<string> person = new("person") { Description = "Id of the person: a letter, then letters, digits and _. Better not a name", HelpName = "PERSON" };
        Option<string[]> classes = new("--class")
        {
            Description = "What to show, in this order; give it once for each expression. Both our names and ROS4HRI's are taken (happiness, happy)",
            HelpName = "EXPRESSION",
            DefaultValueFactory = static _ => DefaultClasses,
        };
        Option<int> frames = new("--frames") { Description = "Frames to learn from for each expression, 1 to 10000", DefaultValueFactory = static _ => 30 };
        Option<int> countdown = new("--countdown") { Description = "Seconds to count down before each expression, 0 to 60", DefaultValueFactory = static _ => 3 };
        Option<double> timeout = new("--timeout") { Description = "Seconds to wait for the frames of one expression, above 0 to 600", DefaultValueFactory = static _ => 20 };
        Option<string> face = new("--face") { Description = "Face id of the person; left out: the largest face in view", HelpName = "FACE_ID", DefaultValueFactory = static _ => "" };
        Option<string> node = new("--node") { Description = "Name of the node", DefaultValueFactory = static _ => "/ferros" };
        Option<bool> noCheck = new("--no-check") { Description = "Do not ask for each expression once more to show what was gained" };
        Option<MiddlewareKind> middleware = MiddlewareOption.Create();
        Command command = new("calibrate", """
            Lead a person through a session in which the running node learns how they look.

            Example: ferros calibrate p7 --class neutral --class happiness --class surprise

            Each expression is announced, counted down and held while the node collects. Then each is shown once more: the
            node estimates it with the general network and with the person's own layer, on pictures that it did not learn
            from, and a table shows both. What is stored and how to remove it: docs/privacy.md.
            """)
        {
            person, classes, frames, countdown, timeout, face, node, noCheck, middleware,
        };
        command.SetGuardedAction((parsed, cancellationToken) =>
        {
            CalibrationPlan plan = new()
            {
                Person = parsed.GetValue(person)!,
                Expressions = Parse(parsed.GetValue(classes)!),
                Frames = parsed.GetValue(frames),
                Countdown = parsed.GetValue(countdown),
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                FaceId = parsed.GetValue(face)!,
                Check = !parsed.GetValue(noCheck),
            };
            plan.Validate();
            return RunAsync(
                plan, parsed.GetValue(node)!, parsed.GetValue(middleware), arguments,
                parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CalibrationPlan plan, string node, MiddlewareKind middleware, RosArguments arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        await using GraphSession session = GraphSession.Open("calibrate", arguments, middleware, error);
        await using CalibrationNode affect = await CalibrationNode.ConnectAsync(session.Node, node, cancellationToken).ConfigureAwait(false);
        return await new Calibration(plan, affect, output).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The classes by our names.</summary>
    private static List<string> Parse(string[] names)
    {
        List<string> expressions = [];
        foreach (string name in names)
        {
            if (!Expressions.TryParse(name, out string expression))
                throw new CommandException($"--class {name} is not an expression; known are {string.Join(", ", Expressions.FerPlus)}");
            if (!expressions.Contains(expression)) expressions.Add(expression);
        }

        return expressions;
    }
}
