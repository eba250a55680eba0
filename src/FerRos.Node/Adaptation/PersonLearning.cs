using System.Diagnostics;
using System.Globalization;
using FerRos.Perception;
using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>
/// Whose face is whose, and learning how they look: what the services do, without the services. One adaptation runs at a
/// time. <see cref="Observe"/> belongs to the perception thread, everything else to any other.
/// </summary>
internal sealed partial class PersonLearning : IAsyncDisposable
{
    private const string CannotAdapt = "this network has no last layer that adapts to a person";

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    private readonly IPersonLibrary? _library;
    private readonly PersonBindings _bindings;
    private readonly BoundLayers _layers;
    private readonly FacesInView _view;
    private readonly IReadOnlyList<string> _classes;
    private readonly ILogger _logger;
    private readonly Follower _loader;
    private readonly SemaphoreSlim _libraryGate = new(1, 1);
    private readonly HashSet<string> _unusable = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private LearningOptions _options;
    private LearningProgress _progress = LearningProgress.Idle;
    private CancellationTokenSource? _running;
    private Collecting? _collecting;
    private bool _isActive;

    /// <summary>Begins with nobody learned.</summary>
    /// <param name="library">The profiles; null: the network has no last layer that adapts.</param>
    /// <param name="bindings">Whose face is whose.</param>
    /// <param name="layers">The layers of those who are in view.</param>
    /// <param name="view">The faces in view.</param>
    /// <param name="classes">The network's expression classes.</param>
    /// <param name="options">What is allowed.</param>
    /// <param name="logger">Where failures go.</param>
    internal PersonLearning(
        IPersonLibrary? library, PersonBindings bindings, BoundLayers layers, FacesInView view, IReadOnlyList<string> classes, LearningOptions options, ILogger logger)
    {
        _library = library;
        _bindings = bindings;
        _layers = layers;
        _view = view;
        _classes = classes;
        _options = options;
        _logger = logger;
        _loader = new Follower(LoadBoundAsync, logger);
        _bindings.Changed += _loader.Wake;
        _view.FaceGone += OnFaceLost;
        _view.FaceLost += OnFaceLost;
    }

    /// <summary>Raised, on the thread that got there, when an adaptation is further. Comes at most some ten times a second.</summary>
    internal event Action<LearningProgress>? Progressed;

    /// <summary>Takes changed options; they hold from the next request on.</summary>
    internal void Apply(LearningOptions options) => Volatile.Write(ref _options, options);

    /// <summary>Whether pictures are looked at. Switching it off ends an adaptation.</summary>
    internal void SetActive(bool isActive)
    {
        CancellationTokenSource? running;
        lock (_gate)
        {
            _isActive = isActive;
            running = isActive ? null : _running;
        }

        End(running);
        if (isActive) _loader.Wake();
    }

    /// <summary>Takes what a picture shows, while frames are collected. Allocates nothing otherwise.</summary>
    internal void Observe(PerceptionResult result)
    {
        if (Volatile.Read(ref _collecting) is not { } collecting) return;
        foreach (var face in result.Faces)
        {
            if (face.FaceId != collecting.Face) continue;
            collecting.Offer(result.Stamp, face);
            return;
        }

        collecting.Offer(result.Stamp, null);
    }

    /// <summary>Collects frames of a face, binds it to the person, and trains the person's layer.</summary>
    internal async Task<AdaptationAnswer> AdaptAsync(AdaptationOrder order, CancellationToken cancellationToken)
    {
        var options = Volatile.Read(ref _options);
        if (Check(order, options) is { } reason) return AdaptationAnswer.Refused(reason);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_gate)
        {
            if (!_isActive) return AdaptationAnswer.Refused("the node is inactive: there are no pictures to learn from");
            if (_running is not null) return AdaptationAnswer.Refused($"an adaptation of '{_progress.Person}' is under way ({Describe(_progress)}); ~/cancel_adaptation ends it");
            _running = running;
            _progress = new LearningProgress(LearningState.Collecting, order.Person);
        }

        var answer = AdaptationAnswer.Refused("it ended by an error; the node's log says which");
        try
        {
            answer = await CollectAndLearnAsync(order, options, running.Token).ConfigureAwait(false);
            return answer;
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            lock (_gate) answer = AdaptationAnswer.Refused(_isActive ? "it was cancelled, and nothing was stored" : "the node was switched off, and nothing was stored");
            return answer;
        }
        catch (Exception e) when (IsOfProfile(e))
        {
            // A full disk, a damaged profile: the samples of before are as they were, and so is the layer in use.
            LogFailed(_logger, order.Person, e.Message);
            answer = AdaptationAnswer.Refused(e.Message);
            return answer;
        }
        finally
        {
            lock (_gate)
            {
                // Told before the next one can begin: its progress would be taken for that of this one.
                _running = null;
                _progress = _progress with { State = answer.Success ? LearningState.Done : LearningState.Failed, Message = answer.Message };
                Progressed?.Invoke(_progress);
            }
        }
    }

    /// <summary>Ends collecting with what there is, or training.</summary>
    /// <param name="message">What was ended.</param>
    /// <returns>Whether there was anything.</returns>
    internal bool Cancel(out string message)
    {
        CancellationTokenSource? running;
        lock (_gate)
        {
            if (_running is null)
            {
                message = "no adaptation is under way";
                return false;
            }

            message = $"the adaptation of '{_progress.Person}' ends ({Describe(_progress)})";
            running = _collecting is null ? _running : null;
            _collecting?.Cancel();
        }

        End(running);
        return true;
    }

    /// <summary>Says whose face it is.</summary>
    internal async Task<AdaptationAnswer> SelectAsync(string person, string face, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_isActive) return AdaptationAnswer.Refused("the node is inactive: nobody is in view");
        }

        if (person.Length > 0 && WrongId(person) is { } wrong) return AdaptationAnswer.Refused(wrong);
        if (!_view.TryChoose(face, out var chosen, out var reason)) return AdaptationAnswer.Refused(reason);
        lock (_gate)
        {
            // Frames of a face that is said to be somebody else's would go on into this person's profile.
            if (_collecting is { } collecting && (collecting.Face == chosen) != (person == _progress.Person))
                return AdaptationAnswer.Refused($"frames of '{_progress.Person}' are being collected from the face '{collecting.Face}'; ~/cancel_adaptation ends it");
        }

        if (person.Length == 0)
        {
            _bindings.Select(chosen, "");
            return new AdaptationAnswer(true, $"the face '{chosen}' is nobody's");
        }

        // Bound first: a layer of somebody who is not would be taken out of memory again.
        _bindings.Select(chosen, person);
        var state = await LoadAsync(person, isNews: true, cancellationToken).ConfigureAwait(false);
        return new AdaptationAnswer(true, $"the face '{chosen}' is that of '{person}': {state}");
    }

    /// <summary>Everyone whose profile is stored, and whether their own layer is in use for a face now.</summary>
    internal async Task<IReadOnlyList<(StoredPerson Person, bool IsActive)>> ListAsync(CancellationToken cancellationToken)
    {
        if (_library is not { } library) return [];
        IReadOnlyList<StoredPerson> persons;
        try
        {
            persons = await InLibraryAsync(library.List, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfProfile(e))
        {
            // The answer has no place for a reason, and without one the caller would wait for ever.
            LogNoList(_logger, e.Message);
            return [];
        }

        return [.. persons.Select(person => (person, _layers.Of(person.PersonId) is { IsOwn: true } && _bindings.FaceOf(person.PersonId).Length > 0))];
    }

    /// <summary>Removes every trace of a person.</summary>
    internal async Task<AdaptationAnswer> ForgetAsync(string person, CancellationToken cancellationToken)
    {
        if (WrongId(person) is { } wrong) return AdaptationAnswer.Refused(wrong);
        if (_library is not { } library) return AdaptationAnswer.Refused(CannotAdapt);
        lock (_gate)
        {
            if (IsLearning(person) is { } busy) return busy;
        }

        try
        {
            await InLibraryAsync(
                () =>
                {
                    var isHeld = _layers.Has(person) || _bindings.FaceOf(person).Length > 0;
                    _layers.Set(person, null);
                    try
                    {
                        library.Forget(person);
                    }
                    catch (ProfileException e) when (e.Error == ProfileError.NotFound && isHeld)
                    {
                        // Removed from the disk by someone else, or never stored: what the node held in memory is gone now, too.
                    }

                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            _bindings.Deselect(person);
            lock (_gate)
            {
                _unusable.Remove(person);
                // The last status names the person too.
                if (_progress.Person == person) _progress = LearningProgress.Idle;
            }

            Progressed?.Invoke(_progress);
            return new AdaptationAnswer(true, $"'{person}' is forgotten");
        }
        catch (Exception e) when (IsOfProfile(e))
        {
            return AdaptationAnswer.Refused(e.Message);
        }
    }

    /// <summary>Brings a person's layer of before back.</summary>
    internal async Task<AdaptationAnswer> UndoAsync(string person, CancellationToken cancellationToken)
    {
        if (WrongId(person) is { } wrong) return AdaptationAnswer.Refused(wrong);
        if (_library is not { } library) return AdaptationAnswer.Refused(CannotAdapt);
        lock (_gate)
        {
            if (!_isActive) return AdaptationAnswer.Refused("the node is inactive");
            if (IsLearning(person) is { } busy) return busy;
        }

        try
        {
            var message = await InLibraryAsync(
                () =>
                {
                    var undone = library.Undo(person, out var before);
                    _layers.Set(person, before);
                    return undone;
                },
                cancellationToken).ConfigureAwait(false);
            return new AdaptationAnswer(true, message);
        }
        catch (Exception e) when (IsOfProfile(e))
        {
            return AdaptationAnswer.Refused(e.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        SetActive(false);
        _bindings.Changed -= _loader.Wake;
        _view.FaceGone -= OnFaceLost;
        _view.FaceLost -= OnFaceLost;
        await _loader.DisposeAsync().ConfigureAwait(false);
        // What is under way has been cancelled and ends soon: files are whole at any moment, but the next node should find them settled.
        if (await _libraryGate.WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false)) _libraryGate.Release();
        _layers.Clear();
    }

    /// <summary>What is in use for a person, for people.</summary>
    private static string InUse(PersonLayer layer) => layer.IsOwn ? "their own layer is in use" : "the general layer is in use, weighed by the expressions that they have shown";

    /// <summary>What is wrong with a person's id; null: nothing.</summary>
    private static string? WrongId(string person)
    {
        try
        {
            PersonIds.Check(person);
            return null;
        }
        catch (ProfileException e)
        {
            return $"person_id: {e.Message}";
        }
    }

    /// <summary>The answer to whoever wants to change what is being learned; null: it is not. Needs the gate.</summary>
    private AdaptationAnswer? IsLearning(string person) => _running is not null && _progress.Person == person
        ? AdaptationAnswer.Refused($"an adaptation of '{person}' is under way; ~/cancel_adaptation ends it") : null;

    /// <summary>Whether a profile or its file, rather than a mistake of ours, is why something failed.</summary>
    private static bool IsOfProfile(Exception exception) => exception is PerceptionException or IOException or UnauthorizedAccessException;

    /// <summary>What is wrong with an order; null: nothing.</summary>
    private string? Check(AdaptationOrder order, LearningOptions options)
    {
        if (!options.Enabled) return "learning is switched off (parameter adaptation.enabled)";
        if (_library is null) return CannotAdapt;
        if (WrongId(order.Person) is { } wrong) return wrong;
        if (order.Frames > options.Adaptation.MaxFrames) return $"frames is {order.Frames}; at most {options.Adaptation.MaxFrames} are collected at once (adaptation.max_frames)";
        if (order.Expression.Length > 0 && ClassOf(order.Expression) < 0)
            return $"expression is '{order.Expression}', which this network does not have; it has {string.Join(", ", _classes)}";
        if (order.Affect is { } affect && (WrongAffect("arousal", affect.Arousal) ?? WrongAffect("valence", affect.Valence)) is { } outside) return outside;
        if (order.Frames > 0 && order.Expression.Length == 0 && order.Affect is null) return "an episode needs a label: expression, or has_affect with arousal and valence";
        return null;

        static string? WrongAffect(string name, float value) =>
            value is >= -1 and <= 1 ? null : string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; -1 to 1 is allowed");
    }

    /// <summary>Index of an expression by any of its names; -1: the network has none.</summary>
    private int ClassOf(string expression)
    {
        for (var i = 0; i < _classes.Count; i++)
        {
            if (_classes[i] == expression) return i;
        }

        return Expressions.TryParse(expression, out var name) && name != expression ? ClassOf(name) : -1;
    }

    private async Task<AdaptationAnswer> CollectAndLearnAsync(AdaptationOrder order, LearningOptions options, CancellationToken cancellationToken)
    {
        var library = _library!;
        IReadOnlyList<ProfileSample> samples = [];
        var collected = "";
        if (order.Frames > 0)
        {
            // Nobody poses for a profile that nothing can be added to.
            await InLibraryAsync(
                () =>
                {
                    library.CheckLearnable(order.Person);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            if (!_view.TryChoose(order.Face, out var face, out var reason)) return AdaptationAnswer.Refused(reason);
            var (arousal, valence) = order.Affect ?? (float.NaN, float.NaN);
            var expression = order.Expression.Length == 0 ? -1 : ClassOf(order.Expression);
            // Refuses what is out of range, before anything has changed.
            var episode = new EpisodeCollector(new EpisodeRequest(face, (int)order.Frames, expression, arousal, valence, order.Timeout), options.Adaptation);
            _bindings.Select(face, order.Person);
            await LoadAsync(order.Person, isNews: true, cancellationToken).ConfigureAwait(false);
            if (await CollectAsync(order.Person, episode, cancellationToken).ConfigureAwait(false)) End(_running);
            if (episode.Collected == 0) return AdaptationAnswer.Refused(episode.Describe());
            samples = episode.Samples;
            collected = episode.Describe() + ". ";
        }
        else
        {
            if (!await InLibraryAsync(() => library.Contains(order.Person), cancellationToken).ConfigureAwait(false))
                return AdaptationAnswer.Refused($"nothing is stored of '{order.Person}': ask for frames");
            // Someone who is in view and named is bound; someone who is not is learned all the same.
            if (order.Face.Length > 0)
            {
                if (!_view.TryChoose(order.Face, out var face, out var reason)) return AdaptationAnswer.Refused(reason);
                _bindings.Select(face, order.Person);
            }
        }

        var told = 0L;
        Tell(_progress with { State = LearningState.Training });
        var outcome = await InLibraryAsync(
            async () =>
            {
                var learnt = await library.LearnAsync(
                    order.Person, samples, options.Adaptation,
                    progress =>
                    {
                        if (progress.Step < progress.Steps && told != 0 && Stopwatch.GetElapsedTime(told) < ProgressInterval) return;
                        told = Stopwatch.GetTimestamp();
                        Tell(_progress with { State = LearningState.Training, Step = progress.Step, Steps = progress.Steps, Loss = progress.Loss });
                    },
                    cancellationToken).ConfigureAwait(false);
                if (learnt.IsChanged) _layers.Set(order.Person, learnt.Layer);
                return learnt;
            },
            // Who cancels now wants training to end, not what was collected to be lost.
            CancellationToken.None).ConfigureAwait(false);
        lock (_gate) _unusable.Remove(order.Person);
        return outcome.Answer with { Message = collected + outcome.Answer.Message };
    }

    /// <summary>Has the perception thread fill an episode.</summary>
    /// <returns>Whether someone cancelled when it was full: then it is stored, and not trained on.</returns>
    private async Task<bool> CollectAsync(string person, EpisodeCollector episode, CancellationToken cancellationToken)
    {
        var collecting = new Collecting(episode);
        Volatile.Write(ref _collecting, collecting);
        try
        {
            var started = Stopwatch.GetTimestamp();
            var shown = "";
            while (!collecting.Ended.IsCompleted)
            {
                // What is refused is said at once: whoever poses can come closer, or look up.
                var (count, message) = collecting.Told;
                if (message != shown)
                {
                    shown = message;
                    Tell(new LearningProgress(LearningState.Collecting, person) { Collected = count, Requested = episode.Request.Frames, Message = message });
                }

                // By the pictures' stamps the episode ends itself; where no pictures come, time is the machine's.
                if (Stopwatch.GetElapsedTime(started) >= episode.Timeout) collecting.Expire();
                await Task.WhenAny(collecting.Ended, Task.Delay(ProgressInterval, cancellationToken)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            // From here on who cancels means the training.
            lock (_gate) Volatile.Write(ref _collecting, null);
            // A last picture may still be on its way into the episode.
            collecting.Close();
            var (count, message) = collecting.Told;
            Tell(new LearningProgress(LearningState.Collecting, person) { Collected = count, Requested = episode.Request.Frames, Message = message });
        }

        return collecting.IsCancelledTooLate;
    }

    private static void End(CancellationTokenSource? running)
    {
        try
        {
            running?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It came to its own end meanwhile.
        }
    }

    private void OnFaceLost(string face)
    {
        if (Volatile.Read(ref _collecting) is { } collecting && collecting.Face == face) collecting.Lose();
    }

    private void Tell(LearningProgress progress)
    {
        lock (_gate) _progress = progress;
        Progressed?.Invoke(progress);
    }

    private static string Describe(LearningProgress progress) => progress.State == LearningState.Training
        ? $"training, step {progress.Step} of {progress.Steps}"
        : $"collecting, {progress.Collected} of {progress.Requested} frames";

    /// <summary>Brings the layers in memory in line with who is in view.</summary>
    private async Task LoadBoundAsync()
    {
        // In this order: who is bound and loaded in between is left alone.
        string[] loaded = [.. _layers.Persons];
        var bound = _bindings.Persons();
        foreach (var person in loaded.Except(bound)) _layers.Set(person, null);
        foreach (var person in bound)
        {
            // The identification's ids are its own: those that can be no profile's have none.
            if (!_layers.Has(person) && PersonIds.IsValid(person)) await LoadAsync(person, isNews: false, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Loads a person's layer.</summary>
    /// <returns>What is used for the person, for people.</returns>
    private async Task<string> LoadAsync(string person, bool isNews, CancellationToken cancellationToken)
    {
        if (_layers.Of(person) is { } known) return InUse(known);
        if (_library is not { } library) return CannotAdapt;
        lock (_gate)
        {
            // A profile that cannot be used is told once, not with every picture that has the person in it.
            if (!isNews && _unusable.Contains(person)) return "";
        }

        try
        {
            var (contains, loaded) = await InLibraryAsync(
                () =>
                {
                    // What was learnt while this waited is newer than what was asked for.
                    if (_layers.Of(person) is { } newer) return (true, newer);
                    var layer = library.Load(person);
                    if (layer is not null) _layers.Set(person, layer);
                    return (library.Contains(person), layer);
                },
                cancellationToken).ConfigureAwait(false);
            if (loaded is not null) return InUse(loaded);
            lock (_gate) _unusable.Add(person);
            return contains ? "the general layer is in use, their own is not trained yet" : "nothing is stored of them yet";
        }
        catch (Exception e) when (IsOfProfile(e))
        {
            lock (_gate) _unusable.Add(person);
            LogUnusable(_logger, person, e.Message);
            return $"the general layer is in use: {e.Message}";
        }
    }

    /// <summary>
    /// Works on the profiles, one caller after the other, off the threads of camera and middleware. Layers in use change here
    /// too: otherwise one that was read before it was learnt anew, undone or forgotten could come into use after that.
    /// </summary>
    private Task<T> InLibraryAsync<T>(Func<T> work, CancellationToken cancellationToken) => InLibraryAsync(() => Task.FromResult(work()), cancellationToken);

    private async Task<T> InLibraryAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _libraryGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _libraryGate.Release();
        }
    }

    [LoggerMessage(40, LogLevel.Warning, "The profile of {Person} cannot be used: {Reason}")]
    private static partial void LogUnusable(ILogger logger, string person, string reason);

    [LoggerMessage(41, LogLevel.Warning, "The adaptation to {Person} failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, string person, string reason);

    [LoggerMessage(46, LogLevel.Warning, "The profiles cannot be listed: {Reason}")]
    private static partial void LogNoList(ILogger logger, string reason);

    /// <summary>An episode under way; frames come from the perception thread, its end from anywhere.</summary>
    private sealed class Collecting(EpisodeCollector episode)
    {
        private readonly Lock _gate = new();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _stamp;

        public string Face => episode.Request.FaceId;

        public Task Ended => _ended.Task;

        /// <summary>Frames so far, and a sentence on them and on those that were refused.</summary>
        public (int Count, string Message) Told
        {
            get
            {
                lock (_gate) return (episode.Collected, episode.Describe());
            }
        }

        public void Offer(long stamp, AffectEstimate? face) => Do(() =>
        {
            _stamp = stamp;
            episode.Observe(stamp, face);
        });

        public void Lose() => Do(() => episode.Observe(_stamp, null, followed: false));

        /// <summary>Whether it was cancelled when it had come to its own end.</summary>
        public bool IsCancelledTooLate { get; private set; }

        public void Cancel() => Do(() =>
        {
            IsCancelledTooLate |= episode.State != EpisodeState.Collecting;
            episode.Cancel();
        });

        public void Close() => Do(episode.Cancel);

        public void Expire() => Do(episode.Expire);

        private void Do(Action what)
        {
            lock (_gate)
            {
                what();
                if (episode.State != EpisodeState.Collecting) _ended.TrySetResult();
            }
        }
    }
}
