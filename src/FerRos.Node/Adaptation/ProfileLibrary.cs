using System.Collections.Immutable;
using System.Globalization;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Perception;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>The profiles of a folder, for one network: what the node and the offline commands do with them.</summary>
internal sealed partial class ProfileLibrary : IPersonLibrary
{
    private readonly ProfileStore _store;
    private readonly NetworkIdentity _network;
    private readonly LastLayer _general;
    private readonly Adaptation _adaptation;
    private readonly PictureGate? _gate;

    /// <summary>Takes a store over.</summary>
    /// <param name="store">The profiles.</param>
    /// <param name="network">The network's identity.</param>
    /// <param name="general">Its general last layer.</param>
    /// <param name="rehearsal">General faces; null: persons are learned without.</param>
    /// <param name="gate">Says when a picture is being looked at; null: there is no camera.</param>
    internal ProfileLibrary(ProfileStore store, NetworkIdentity network, LastLayer general, RehearsalSet? rehearsal, PictureGate? gate = null)
    {
        _gate = gate;
        _store = store;
        _network = network;
        _general = general;
        _adaptation = new Adaptation(general, network, rehearsal);
    }

    /// <summary>Opens the profiles of a folder for a network.</summary>
    /// <param name="directory">The folder; made when something is stored.</param>
    /// <param name="models">Where the model's rehearsal set is.</param>
    /// <param name="model">The model.</param>
    /// <param name="general">The network's general last layer.</param>
    /// <param name="logger">Where damaged files are told.</param>
    /// <param name="gate">Says when a picture is being looked at; null: there is no camera.</param>
    internal static ProfileLibrary Open(string directory, ModelDirectory models, Model model, LastLayer general, ILogger logger, PictureGate? gate = null)
    {
        var network = NetworkIdentity.Of(model);
        RehearsalSet? rehearsal = null;
        try
        {
            rehearsal = RehearsalSet.TryLoad(models.Path, model.Name, network);
            if (rehearsal is null) LogNoRehearsal(logger, $"there is no {RehearsalSet.FileOf(models.Path, model.Name)}");
        }
        catch (Exception e) when (e is WeightsException or IOException)
        {
            LogNoRehearsal(logger, e.Message);
        }

        var store = new ProfileStore(directory, network) { Warning = warning => LogDamaged(logger, warning) };
        return new ProfileLibrary(store, network, general, rehearsal, gate);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredPerson> List() => _store.List();

    /// <inheritdoc/>
    public bool Contains(string person)
    {
        try
        {
            return _store.TryLoadAny(person) is not null;
        }
        catch (ProfileException e) when (e.Error == ProfileError.NewerVersion)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public PersonLayer? Load(string person) => _store.TryLoad(person)?.ToPersonLayer(_general);

    /// <inheritdoc/>
    public void CheckLearnable(string person) => LoadOrCreate(person, DateTimeOffset.UnixEpoch);

    /// <inheritdoc/>
    public async Task<LearningOutcome> LearnAsync(
        string person, IReadOnlyList<ProfileSample> samples, AdaptationOptions options, Action<AdaptationProgress> progress, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        var profile = LoadOrCreate(person, now);
        if (samples.Count > 0)
        {
            profile = profile.Add(samples, now);
            if (profile.Samples.Length > options.MaxSamples) profile = profile with { Samples = Newest(profile.Samples, options.MaxSamples) };
            // Safe before training begins: whatever happens to that, nobody has to show it again.
            profile = _store.Save(profile);
        }
        else if (profile.Samples.IsEmpty)
        {
            throw new ProfileException(ProfileError.NotFound, $"Nothing is stored of '{person}': ask for frames.");
        }

        AdaptationResult result;
        try
        {
            result = await _adaptation.TrainInBackground(profile, options, now, progress, _gate, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var stored = new AdaptationAnswer(true, $"stored; training was cancelled, what was in use for '{person}' still is") { Samples = profile.Samples.Length };
            return new LearningOutcome(stored, IsChanged: false, null);
        }

        if (result.Outcome != AdaptationOutcome.StoredOnly) profile = _store.Save(result.Profile);
        var answer = new AdaptationAnswer(true, result.Message)
        {
            Activated = result.Outcome == AdaptationOutcome.Activated,
            Samples = profile.Samples.Length,
            Before = (result.Scores.LossBefore, result.Scores.AccuracyBefore),
            After = (result.Scores.LossAfter, result.Scores.AccuracyAfter),
            Duration = result.Duration,
        };
        return new LearningOutcome(answer, result.Outcome != AdaptationOutcome.StoredOnly, profile.ToPersonLayer(_general));
    }

    /// <inheritdoc/>
    public string Undo(string person, out PersonLayer? layer)
    {
        var profile = _store.Undo(person);
        layer = profile.Network == _network ? profile.ToPersonLayer(_general) : null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the profile of '{person}' is as of {profile.Changed.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {profile.Samples.Length} samples, {(layer is { IsOwn: true } ? "their own layer" : "the general layer")} in use");
    }

    /// <inheritdoc/>
    public void Forget(string person) => _store.Forget(person);

    /// <summary>A profile of other weights whose samples are usable here is trained anew from them.</summary>
    private Profile LoadOrCreate(string person, DateTimeOffset now)
    {
        try
        {
            return _store.TryLoad(person) ?? Profile.Create(person, _network, now);
        }
        catch (ProfileException e) when (e.CanRetrain)
        {
            return _store.TryLoadAny(person)! with { Network = _network, Layer = null, Share = 0, ClassWeights = [], Adapted = null, Scores = AdaptationScores.Unknown };
        }
    }

    /// <summary>Of the oldest episodes fewer samples are kept, evenly spread, so that no class that was shown is lost.</summary>
    private static ImmutableArray<ProfileSample> Newest(ImmutableArray<ProfileSample> samples, int most)
    {
        var episodes = samples.GroupBy(sample => sample.Episode, StringComparer.Ordinal).Select(episode => episode.ToList()).ToList();
        var surplus = samples.Length - most;
        foreach (var episode in episodes)
        {
            // An episode keeps at least two of its looks while others have more.
            var drop = Math.Min(surplus, Math.Max(0, episode.Count - 2));
            var keep = episode.Count - drop;
            var kept = Enumerable.Range(0, keep).Select(i => episode[i * episode.Count / Math.Max(1, keep)]).ToList();
            episode.Clear();
            episode.AddRange(kept);
            surplus -= drop;
        }

        ProfileSample[] thinned = [.. episodes.SelectMany(episode => episode)];
        if (surplus <= 0) return [.. thinned];
        // Episodes of a look or two each: the oldest of what was shown most go, so that nothing is lost that was shown.
        var classes = thinned.GroupBy(sample => sample.Expression).Select(ofClass => new Queue<ProfileSample>(ofClass)).ToList();
        for (; surplus > 0; surplus--) classes.MaxBy(ofClass => ofClass.Count)!.Dequeue();
        var left = new HashSet<object>(classes.SelectMany(ofClass => ofClass), ReferenceEqualityComparer.Instance);
        return [.. thinned.Where(left.Contains)];
    }

    [LoggerMessage(44, LogLevel.Warning, "{Warning}")]
    private static partial void LogDamaged(ILogger logger, string warning);

    [LoggerMessage(45, LogLevel.Warning, "Persons are learned without rehearsal of general faces: {Reason}")]
    private static partial void LogNoRehearsal(ILogger logger, string reason);
}
