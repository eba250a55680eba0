using System.Diagnostics;
using FerRos.Interfaces.FerrosMsgs.Srv;
using FerRos.Node;
using FerRos.Ros2;

namespace FerRos.Cli.Demo;

/// <summary>
/// Has the demonstration's node learn, over and over, and compares the latencies of its pictures with those while it does
/// not: what adaptation costs the camera loop.
/// </summary>
/// <param name="node">A node of this process, from which the services are called.</param>
/// <param name="name">Name of the node that learns.</param>
internal sealed class TrainingLoad(RosNode node, string name)
{
    private const string Person = "demo";
    private const int Frames = 30;

    /// <summary>Quiet and busy spells take turns, so that whatever else the machine does falls on both.</summary>
    private static readonly TimeSpan Spell = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly LatencyHistogram _quiet = new();
    private readonly LatencyHistogram _busy = new();
    private readonly TaskCompletionSource _faceSeen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LatencyHistogram? _current;

    /// <summary>Trainings that were made.</summary>
    public int Trainings { get; private set; }

    /// <summary>How long they took together.</summary>
    public TimeSpan TrainingTime { get; private set; }

    /// <summary>Latencies (p50, p99) and number of pictures without and with training.</summary>
    public ((TimeSpan P50, TimeSpan P99, long Count) Quiet, (TimeSpan P50, TimeSpan P99, long Count) Busy) Latencies
    {
        get
        {
            lock (_gate) return (Of(_quiet), Of(_busy));

            static (TimeSpan, TimeSpan, long) Of(LatencyHistogram histogram) => (histogram.Quantile(0.5), histogram.Quantile(0.99), histogram.Count);
        }
    }

    /// <summary>Takes the latency of a picture, and the number of faces in it.</summary>
    public void Take(TimeSpan latency, int faces)
    {
        if (faces > 0) _faceSeen.TrySetResult();
        lock (_gate) _current?.Record(latency);
    }

    /// <summary>Enrolls whoever is in view, then lets quiet spells and spells of training take turns until cancelled.</summary>
    /// <exception cref="CommandException">The node refuses to learn.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using ServiceClient<Adapt.Request, Adapt.Response> client = node.CreateClient(Adapt.Type, name + "/adapt");
        if (!await client.WaitForServiceAsync(Limit, cancellationToken).ConfigureAwait(false)) throw new CommandException($"nobody offers {client.Name}");
        // The services are there before the first picture is; nobody can be learned until someone is in view.
        await _faceSeen.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        foreach (string expression in new[] { "happiness", "neutral" })
            await AdaptAsync(client, new Adapt.Request { PersonId = Person, Expression = expression, Frames = Frames }, cancellationToken).ConfigureAwait(false);

        while (true)
        {
            Use(_quiet);
            await Task.Delay(Spell, cancellationToken).ConfigureAwait(false);
            Use(_busy);
            long started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) < Spell)
            {
                Adapt.Response answer = await AdaptAsync(client, new Adapt.Request { PersonId = Person }, cancellationToken).ConfigureAwait(false);
                Trainings++;
                TrainingTime += TimeSpan.FromSeconds(answer.Duration.Sec) + TimeSpan.FromTicks(answer.Duration.Nanosec / TimeSpan.NanosecondsPerTick);
            }

            Use(null);
        }
    }

    private void Use(LatencyHistogram? histogram)
    {
        lock (_gate) _current = histogram;
    }

    private static async Task<Adapt.Response> AdaptAsync(ServiceClient<Adapt.Request, Adapt.Response> client, Adapt.Request request, CancellationToken cancellationToken)
    {
        Adapt.Response answer = await client.CallAsync(request, Limit, cancellationToken).ConfigureAwait(false);
        return answer.Success ? answer : throw new CommandException($"the node does not learn: {answer.Message}");
    }
}
