using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FerRos.Cli.Camera;
using FerRos.Cli.Sources;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Ros2;
using FerRos.Training.Commands;
using Microsoft.Extensions.Logging;

namespace FerRos.Cli.Demo;

/// <summary>
/// <c>ferros demo</c>: the whole way on real input. The node runs in a process of its own; a camera and a subscriber in
/// this one are two more participants of the same domain. All three speak DDS, whatever ROS is sourced.
/// </summary>
internal static class DemoCommand
{
    private const string Namespace = "/demo";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Option<int> seconds = new("--seconds") { Description = "How long the camera runs, 1 to 86400", DefaultValueFactory = static _ => 15 };
        Option<bool> adapt = new("--adapt") { Description = "Have the node learn the face meanwhile, over and over, and compare its latency with that of before" };
        Command command = new("demo", """
            Start the node, a camera that sees a moving face, and a subscriber; show what the subscriber hears.

            Example: ferros demo --seconds 30

            With --adapt, quiet spells and spells of training take turns after two episodes were collected; give it a minute.
            The profile lies in a temporary folder and is removed at the end.

            While it runs, ferros echo /demo/ferros/affect in another terminal shows the messages.
            """)
        {
            seconds, adapt,
        };
        command.SetGuardedAction((parsed, cancellationToken) =>
        {
            int duration = parsed.GetValue(seconds);
            if (duration is < 1 or > 86_400) throw new CommandException($"--seconds {duration}: 1 to 86400");
            return RunAsync(TimeSpan.FromSeconds(duration), parsed.GetValue(adapt), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan duration, bool adapt, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        // A demonstration is for this machine alone, unless its user says otherwise. The node's process inherits it.
        if (Environment.GetEnvironmentVariable("ROS_AUTOMATIC_DISCOVERY_RANGE") is null or "")
            Environment.SetEnvironmentVariable("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST");

        using TemporaryFolder profiles = new();
        await output.WriteLineAsync("camera: a portrait that moves, turns and dims, 640x480 at 30 Hz on /demo/image").ConfigureAwait(false);
        await using ChildProcess node = ChildProcess.Start(
            ["run", "--middleware", "dds", "--ros-args", "-r", $"__ns:={Namespace}", "-p", $"profile_directory:={profiles.Path}"], line => error.WriteLine("node | " + line));
        using ConsoleLoggerFactory loggers = new(error, LogLevel.Warning);
        RosContextOptions options = new() { Middleware = MiddlewareKind.Dds, LoggerFactory = loggers };
        await using RosContext viewer = RosContext.Create([], options);
        await using RosContext cameraman = RosContext.Create([], options);

        DemoView view = new(output);
        RosNode viewNode = viewer.CreateNode("viewer", new RosNodeOptions { Namespace = Namespace });
        await using Subscription subscription = viewNode.CreateSubscription<FaceAffectArray>($"{Namespace}/ferros/affect", QosProfile.Default, (message, in _) => view.Take(message));
        RosNode cameraNode = cameraman.CreateNode("camera", new RosNodeOptions { Namespace = Namespace });
        await using CameraPublisher camera = new(cameraNode, new CameraPublisherOptions());
        using SyntheticSource source = new(PictureSource.DefaultFps, size: null);

        long started = Stopwatch.GetTimestamp();
        while (camera.SubscriptionCount == 0 || subscription.PublisherCount == 0)
        {
            if (node.HasExited) throw new CommandException($"the node ended with exit code {node.ExitCode}; the lines above say why");
            if (Stopwatch.GetElapsedTime(started) > StartLimit)
                throw new CommandException("camera, node and subscriber did not find each other within 30 s; is UDP on the loopback interface blocked?");
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }

        TrainingLoad load = new(viewNode, $"{Namespace}/ferros");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(duration);
        Task filming = Task.Run(() => new CameraLoop(source, camera, cameraNode.Clock).RunAsync(stop.Token), CancellationToken.None);
        if (adapt) view.Taken += load.Take;
        Task learning = adapt ? Task.Run(() => load.RunAsync(stop.Token), CancellationToken.None) : Task.CompletedTask;
        started = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        try
        {
            while (!filming.IsCompleted && !node.HasExited && !learning.IsFaulted && await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false))
                view.Tell(Stopwatch.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The time is up, or Ctrl-C.
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await filming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await learning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (learning.Exception?.InnerException is { } refused) throw new CommandException(refused.Message, refused);
        if (filming.Exception?.InnerException is { } broken) throw new CommandException($"the camera broke: {broken.Message}", broken);
        if (node.HasExited) throw new CommandException($"the node ended with exit code {node.ExitCode}; the lines above say why");

        // The last picture is still on its way.
        long filmed = Stopwatch.GetTimestamp();
        while (view.Received < camera.Published && Stopwatch.GetElapsedTime(filmed) < TimeSpan.FromMilliseconds(500))
            await Task.Delay(10, CancellationToken.None).ConfigureAwait(false);

        (TimeSpan p50, TimeSpan p99) = view.Latency;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""

            pictures   {camera.Published} published, {view.Received} processed, {camera.Published - view.Received} dropped; a face in {view.WithFace}
            latency    p50 {p50.TotalMilliseconds:0.0} ms, p99 {p99.TotalMilliseconds:0.0} ms (from a picture's arrival in the node to publication)
            """)).ConfigureAwait(false);
        if (adapt) await TellAsync(load, output).ConfigureAwait(false);
        return view.WithFace > 0 ? ExitCodes.Success : throw new CommandException("no face was seen");
    }

    private static Task TellAsync(TrainingLoad load, TextWriter output)
    {
        (var quiet, var busy) = load.Latencies;
        if (load.Trainings == 0 || quiet.Count == 0 || busy.Count == 0) return output.WriteLineAsync("training   none: give it more time");
        return output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            quiet      p50 {quiet.P50.TotalMilliseconds:0.0} ms, p99 {quiet.P99.TotalMilliseconds:0.0} ms ({quiet.Count} pictures)
            training   p50 {busy.P50.TotalMilliseconds:0.0} ms, p99 {busy.P99.TotalMilliseconds:0.0} ms ({busy.Count} pictures; {load.Trainings} trainings of {load.TrainingTime.TotalMilliseconds / load.Trainings:0} ms)
            p99        {100 * ((busy.P99 / quiet.P99) - 1):+0;-0;0} % while training
            """));
    }

    /// <summary>A folder that goes with its owner.</summary>
    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("ferros-demo-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
