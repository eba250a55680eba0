using FerRos.Interfaces.HriMsgs.Msg;
using FerRos.Ros2;
using FerRos.Ros2.Rcl;
using Microsoft.Extensions.Logging;
using StringMessage = FerRos.Interfaces.StdMsgs.Msg.String;

namespace FerRos.Node;

/// <summary>
/// Hears who is in view: <c>/humans/persons/&lt;id&gt;/face_id</c> of every person that is tracked or that someone publishes,
/// and <c>/humans/candidate_matches</c>. Fills <see cref="PersonBindings"/>.
/// </summary>
internal sealed partial class HumansPersons : IAsyncDisposable
{
    private const string Persons = "/humans/persons/";
    private const string FaceId = "/face_id";

    /// <summary>Persons that are listened to at most: their names come from outside.</summary>
    private const int Capacity = 256;

    /// <summary>Latched, as hri_person_manager publishes it.</summary>
    private static readonly QosProfile Latched = QosProfile.Default with { Depth = 1, Durability = QosDurability.TransientLocal };

    private readonly RosNode _node;
    private readonly PersonBindings _bindings;
    private readonly List<Subscription> _subscriptions = [];
    private readonly Dictionary<string, Subscription> _persons = new(StringComparer.Ordinal);
    // Null while the first subscriptions are made: a message may come before the constructor is through.
    private readonly Follower? _follower;
    private volatile string[] _tracked = [];

    internal HumansPersons(RosNode node, PersonBindings bindings)
    {
        _node = node;
        _bindings = bindings;
        try
        {
            _subscriptions.Add(node.CreateSubscription<IdsMatch>("/humans/candidate_matches", QosProfile.Default, OnMatch));
            _subscriptions.Add(node.CreateSubscription<IdsList>("/humans/persons/tracked", QosProfile.Default with { Depth = 1 }, OnTracked));
        }
        catch (MissingTypeSupportException)
        {
            // Reported where the faces are published; face_id is of a standard type, and persons stand in the graph.
        }

        _follower = new Follower(UpdateAsync, node.Logger);
        node.GraphChanged += _follower.Wake;
        _follower.Wake();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _node.GraphChanged -= _follower!.Wake;
        await _follower!.DisposeAsync().ConfigureAwait(false);
        foreach (var subscription in _subscriptions) await subscription.DisposeAsync().ConfigureAwait(false);
        foreach (var subscription in _persons.Values) await subscription.DisposeAsync().ConfigureAwait(false);
    }

    private void OnMatch(IdsMatch match, in MessageInfo info)
    {
        switch (match.Id1Type, match.Id2Type)
        {
            case (IdsMatch.Face, IdsMatch.Person):
                _bindings.Suggest(match.Id1, match.Id2, match.Confidence);
                break;
            case (IdsMatch.Person, IdsMatch.Face):
                _bindings.Suggest(match.Id2, match.Id1, match.Confidence);
                break;
        }
    }

    private void Decide(string person, string face)
    {
        LogDecided(_node.Logger, person, face);
        _bindings.Decide(person, face);
    }

    private void OnTracked(IdsList list, in MessageInfo info)
    {
        if (list.Ids.SequenceEqual(_tracked)) return;
        _tracked = [.. list.Ids];
        _follower?.Wake();
    }

    private async Task UpdateAsync()
    {
        var wanted = new HashSet<string>(_tracked, StringComparer.Ordinal);
        foreach (var (topic, _) in _node.GetTopicNamesAndTypes())
        {
            if (!topic.StartsWith(Persons, StringComparison.Ordinal) || !topic.EndsWith(FaceId, StringComparison.Ordinal)) continue;
            var person = topic[Persons.Length..^FaceId.Length];
            // The topic also stands in the graph because this node listens to it.
            if (!person.Contains('/', StringComparison.Ordinal) && _node.GetPublishers(topic).Count > 0) wanted.Add(person);
        }

        foreach (var person in _persons.Keys.Except(wanted).ToArray())
        {
            await _persons[person].DisposeAsync().ConfigureAwait(false);
            _persons.Remove(person);
            _bindings.ForgetPerson(person);
        }

        foreach (var person in wanted)
        {
            if (_persons.ContainsKey(person) || _persons.Count >= Capacity) continue;
            try
            {
                _persons.Add(person, _node.CreateSubscription<StringMessage>(Persons + person + FaceId, Latched, (StringMessage message, in MessageInfo _) => Decide(person, message.Data)));
                LogListening(_node.Logger, person);
            }
            catch (InvalidNameException e)
            {
                LogBadPerson(_node.Logger, e.Message);
            }
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "A person is left out: {Reason}")]
    private static partial void LogBadPerson(ILogger logger, string reason);

    [LoggerMessage(36, LogLevel.Debug, "Listening for the face of the person {Person}")]
    private static partial void LogListening(ILogger logger, string person);

    [LoggerMessage(37, LogLevel.Debug, "The person {Person} has the face '{Face}'")]
    private static partial void LogDecided(ILogger logger, string person, string face);
}
