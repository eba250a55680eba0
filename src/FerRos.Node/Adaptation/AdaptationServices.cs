using FerRos.Interfaces.BuiltinInterfaces.Msg;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.FerrosMsgs.Srv;
using FerRos.Interfaces.StdSrvs.Srv;
using FerRos.Ros2;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>
/// The services around persons, and the status on <c>~/adaptation</c>: messages in and out of <see cref="PersonLearning"/>.
/// They are there from the configuration of the node on; while it is inactive, list and forget alone do something.
/// </summary>
internal sealed partial class AdaptationServices : IAsyncDisposable
{
    /// <summary>The last status is kept for those who come later.</summary>
    internal static readonly QosProfile Latched = QosProfile.Default with { Depth = 1, Durability = QosDurability.TransientLocal };

    private readonly RosNode _node;
    private readonly PersonLearning _learning;
    private readonly Publisher<AdaptationStatus> _status;
    private readonly AdaptationStatus _message = new();
    private readonly Outlet _outlet;
    private readonly List<Service> _services = [];

    internal AdaptationServices(RosNode node, PersonLearning learning)
    {
        _node = node;
        _learning = learning;
        _outlet = new Outlet(node.Logger);
        _status = node.CreatePublisher<AdaptationStatus>("~/adaptation", Latched);
        Publish(LearningProgress.Idle);
        _learning.Progressed += Publish;
        _services.Add(node.CreateService(Adapt.Type, "~/adapt", AdaptAsync));
        _services.Add(node.CreateService(Trigger.Type, "~/cancel_adaptation", Cancel));
        _services.Add(node.CreateService(SelectPerson.Type, "~/select_person", SelectAsync));
        _services.Add(node.CreateService(ListPersons.Type, "~/list_persons", ListAsync));
        _services.Add(node.CreateService(ForgetPerson.Type, "~/forget_person", ForgetAsync));
        _services.Add(node.CreateService(UndoAdaptation.Type, "~/undo_adaptation", UndoAsync));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _learning.Progressed -= Publish;
        foreach (var service in _services) await service.DisposeAsync().ConfigureAwait(false);
        await _status.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<Adapt.Response> AdaptAsync(Adapt.Request request, CancellationToken cancellationToken)
    {
        var answer = await _learning.AdaptAsync(
            new AdaptationOrder(
                request.PersonId, request.FaceId, request.Expression, request.HasAffect ? (request.Arousal, request.Valence) : null, request.Frames, ToTimeSpan(request.Timeout)),
            cancellationToken).ConfigureAwait(false);
        Log("adapt", answer);
        var response = new Adapt.Response
        {
            Success = answer.Success,
            Activated = answer.Activated,
            Message = answer.Message,
            Samples = (uint)answer.Samples,
            LossBefore = answer.Before.Loss,
            LossAfter = answer.After.Loss,
            AccuracyBefore = answer.Before.Accuracy,
            AccuracyAfter = answer.After.Accuracy,
        };
        AffectMessages.Set(response.Duration, answer.Duration);
        return response;
    }

    private ValueTask<Trigger.Response> Cancel(Trigger.Request request, CancellationToken cancellationToken)
    {
        var success = _learning.Cancel(out var message);
        return ValueTask.FromResult(new Trigger.Response { Success = success, Message = message });
    }

    private async ValueTask<SelectPerson.Response> SelectAsync(SelectPerson.Request request, CancellationToken cancellationToken)
    {
        var answer = await _learning.SelectAsync(request.PersonId, request.FaceId, cancellationToken).ConfigureAwait(false);
        Log("select_person", answer);
        return new SelectPerson.Response { Success = answer.Success, Message = answer.Message };
    }

    private async ValueTask<ListPersons.Response> ListAsync(ListPersons.Request request, CancellationToken cancellationToken)
    {
        var response = new ListPersons.Response();
        foreach (var (person, isActive) in await _learning.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            var info = new PersonInfo { PersonId = person.PersonId, Samples = (uint)(person.Profile?.Samples.Length ?? 0), Active = isActive };
            if (person.Profile is { } profile) info.Expressions.AddRange(profile.Expressions);
            if (person.Profile?.Adapted is { } adapted) new RosTime((adapted - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick).WriteTo(info.Adapted);
            response.Persons.Add(info);
        }

        return response;
    }

    private async ValueTask<ForgetPerson.Response> ForgetAsync(ForgetPerson.Request request, CancellationToken cancellationToken)
    {
        var answer = await _learning.ForgetAsync(request.PersonId, cancellationToken).ConfigureAwait(false);
        Log("forget_person", answer);
        return new ForgetPerson.Response { Success = answer.Success, Message = answer.Message };
    }

    private async ValueTask<UndoAdaptation.Response> UndoAsync(UndoAdaptation.Request request, CancellationToken cancellationToken)
    {
        var answer = await _learning.UndoAsync(request.PersonId, cancellationToken).ConfigureAwait(false);
        Log("undo_adaptation", answer);
        return new UndoAdaptation.Response { Success = answer.Success, Message = answer.Message };
    }

    private void Publish(LearningProgress progress)
    {
        lock (_message)
        {
            _node.Clock.Now.WriteTo(_message.Stamp);
            _message.PersonId = progress.Person;
            _message.State = (byte)progress.State;
            _message.Collected = (uint)progress.Collected;
            _message.Requested = (uint)progress.Requested;
            _message.Step = (uint)progress.Step;
            _message.Steps = (uint)progress.Steps;
            _message.Loss = progress.Loss;
            _message.Message = progress.Message;
            _outlet.TryPublish(_status, _message);
        }
    }

    /// <summary>A duration as it came; foreign messages may hold seconds and nanoseconds of different signs.</summary>
    private static TimeSpan ToTimeSpan(Duration duration) => TimeSpan.FromSeconds(duration.Sec) + TimeSpan.FromTicks(duration.Nanosec / TimeSpan.NanosecondsPerTick);

    private void Log(string service, AdaptationAnswer answer)
    {
        if (answer.Success) LogDone(_node.Logger, service, answer.Message);
        else LogRefused(_node.Logger, service, answer.Message);
    }

    [LoggerMessage(42, LogLevel.Information, "{Service}: {Message}")]
    private static partial void LogDone(ILogger logger, string service, string message);

    [LoggerMessage(43, LogLevel.Warning, "{Service} refused: {Message}")]
    private static partial void LogRefused(ILogger logger, string service, string message);
}
