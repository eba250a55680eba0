using System.Threading.Channels;
using FerRos.Interfaces.BuiltinInterfaces.Msg;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.FerrosMsgs.Srv;
using FerRos.Interfaces.StdSrvs.Srv;
using FerRos.Ros2;

namespace FerRos.Cli.Adaptation;

/// <summary>What one picture showed of one face.</summary>
/// <param name="FaceId">The face.</param>
/// <param name="PersonId">Its person; empty: unknown.</param>
/// <param name="IsAdapted">Whether the person's own layer made the estimate.</param>
/// <param name="Expression">The most probable class.</param>
/// <param name="Probabilities">Probability by class.</param>
internal sealed record SeenFace(string FaceId, string PersonId, bool IsAdapted, string Expression, IReadOnlyDictionary<string, float> Probabilities);

/// <summary>The running node as a calibration sees it: its services, and the faces on <c>~/affect</c>.</summary>
internal sealed class CalibrationNode : IAsyncDisposable
{
    private static readonly TimeSpan Discovery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    /// <summary>Training and writing of the profile come after collecting.</summary>
    private static readonly TimeSpan TrainingLimit = TimeSpan.FromSeconds(60);

    private readonly ServiceClient<Adapt.Request, Adapt.Response> _adapt;
    private readonly ServiceClient<SelectPerson.Request, SelectPerson.Response> _select;
    private readonly ServiceClient<Trigger.Request, Trigger.Response> _cancel;
    private readonly Subscription _affect;
    private readonly Subscription _status;
    private readonly Channel<IReadOnlyList<SeenFace>> _pictures = Channel.CreateBounded<IReadOnlyList<SeenFace>>(
        new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private CalibrationNode(RosNode node, string name)
    {
        Name = name;
        _adapt = node.CreateClient(Adapt.Type, name + "/adapt");
        _select = node.CreateClient(SelectPerson.Type, name + "/select_person");
        _cancel = node.CreateClient(Trigger.Type, name + "/cancel_adaptation");
        _affect = node.CreateSubscription<FaceAffectArray>(name + "/affect", QosProfile.Default, OnAffect);
        _status = node.CreateSubscription<AdaptationStatus>(
            name + "/adaptation", QosProfile.Default with { Depth = 1, Durability = QosDurability.TransientLocal },
            (AdaptationStatus status, in MessageInfo _) => Progress?.Invoke(status.State, (int)status.Collected, (int)status.Requested));
    }

    /// <summary>Raised on a thread of the middleware: state, frames collected, frames requested.</summary>
    public event Action<byte, int, int>? Progress;

    /// <summary>Name of the node.</summary>
    public string Name { get; }

    /// <summary>Finds the node.</summary>
    /// <exception cref="CommandException">It is not there, or does not adapt.</exception>
    public static async Task<CalibrationNode> ConnectAsync(RosNode node, string name, CancellationToken cancellationToken)
    {
        var found = new CalibrationNode(node, name.TrimEnd('/'));
        foreach (ServiceClient client in new ServiceClient[] { found._adapt, found._select, found._cancel })
        {
            if (await client.WaitForServiceAsync(Discovery, cancellationToken).ConfigureAwait(false)) continue;
            await found.DisposeAsync().ConfigureAwait(false);
            throw new CommandException($"nobody offers {client.Name}; is the node {found.Name} running? (ferros nodes lists what is there, --node names another)");
        }

        return found;
    }

    /// <summary>Has the node collect and learn.</summary>
    public Task<Adapt.Response> AdaptAsync(string person, string face, string expression, int frames, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new Adapt.Request { PersonId = person, FaceId = face, Expression = expression, Frames = (uint)frames };
        request.Timeout = new Duration { Sec = (int)timeout.TotalSeconds, Nanosec = (uint)(timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick) };
        return CallAsync(_adapt, request, timeout + TrainingLimit, cancellationToken);
    }

    /// <summary>Says whose a face is.</summary>
    public Task<SelectPerson.Response> SelectAsync(string person, string face, CancellationToken cancellationToken) =>
        CallAsync(_select, new SelectPerson.Request { PersonId = person, FaceId = face }, CallLimit, cancellationToken);

    /// <summary>Ends a collection that is under way; used when the user gives up.</summary>
    public async Task CancelAsync()
    {
        try
        {
            await _cancel.CallAsync(new Trigger.Request(), TimeSpan.FromSeconds(2), CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The node is gone or hangs: there is nothing left to end.
        }
    }

    /// <summary>Faces of the next picture; null when none came in time.</summary>
    public async Task<IReadOnlyList<SeenFace>?> NextAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await _pictures.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _affect.DisposeAsync().ConfigureAwait(false);
        await _status.DisposeAsync().ConfigureAwait(false);
        await _adapt.DisposeAsync().ConfigureAwait(false);
        await _select.DisposeAsync().ConfigureAwait(false);
        await _cancel.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<TResponse> CallAsync<TRequest, TResponse>(
        ServiceClient<TRequest, TResponse> client, TRequest request, TimeSpan limit, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        try
        {
            return await client.CallAsync(request, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new CommandException(e.Message, e);
        }
    }

    private void OnAffect(FaceAffectArray message, in MessageInfo info)
    {
        List<SeenFace> faces = new(message.Faces.Count);
        foreach (FaceAffect face in message.Faces)
        {
            Dictionary<string, float> probabilities = new(message.Classes.Count, StringComparer.Ordinal);
            for (int i = 0; i < Math.Min(message.Classes.Count, face.Probabilities.Count); i++)
                probabilities[message.Classes[i]] = face.Probabilities[i];
            faces.Add(new SeenFace(face.FaceId, face.PersonId, face.Adapted, face.Expression, probabilities));
        }

        _pictures.Writer.TryWrite(faces);
    }
}
