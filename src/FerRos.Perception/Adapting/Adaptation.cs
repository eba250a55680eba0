using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using FerRos.Inference;
using FerRos.Perception.Adapting;

namespace FerRos.Perception;

/// <summary>What became of a training.</summary>
public enum AdaptationOutcome
{
    /// <summary>The person's layer is better, or at least not worse, and is in use from now on.</summary>
    Activated,

    /// <summary>The new layer was worse and is not used: what was in use before still is, or else the class prior alone.</summary>
    NotActivated,

    /// <summary>There are samples of fewer than two classes and no affect labels: they are stored, nothing was trained.</summary>
    StoredOnly,
}

/// <summary>How far a training is.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Loss before the last step.</param>
public readonly record struct AdaptationProgress(int Step, int Steps, float Loss);

/// <summary>A training's result.</summary>
/// <param name="Profile">The profile with what is in use from now on; not stored yet.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Message">One or two sentences for people.</param>
/// <param name="Scores">What was measured.</param>
/// <param name="Steps">Steps of the layer in use.</param>
/// <param name="Duration">How long it took, validation included.</param>
public sealed record AdaptationResult(
    Profile Profile, AdaptationOutcome Outcome, string Message, AdaptationScores Scores, int Steps, TimeSpan Duration);

/// <summary>
/// Learns a person's last layer from labelled samples without harming what the network knows: samples are balanced by class,
/// mixed with rehearsed general faces, and pulled toward the general layer; what is held back decides whether the layer is
/// used. One object serves one network; trainings may run on several threads, each call by itself.
/// </summary>
/// <remarks>
/// <para>
/// Loss: sum over the person's samples of w CE(y, softmax(z(x) + log v)) + r times the sum over rehearsed faces of
/// u CE(softmax(z_g(x)), softmax(z(x))) + pull / 2 |W - W_g|^2, where z are the layer's sums, z_g those of the general layer, v the
/// person's class weights (1 for classes that were shown, <see cref="AdaptationOptions.PriorFloor"/> for others), w balances
/// the classes, u weighs rehearsed faces as they occur. The class weights stand beside the layer, so that it does not learn
/// what the prior says already (Li and Hoiem 2017, "Learning without forgetting", for the rehearsal's targets; Xuhong,
/// Grandvalet and Davoine 2018, "Explicit inductive bias for transfer learning", for the pull).
/// </para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The batch lives as long as this object; disposing one only lets the next use its memory.")]
public sealed class Adaptation
{
    // A step takes a millisecond or less: where pictures leave no gaps, training gets a tenth of the time.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(10);

    private readonly LastLayer _general;
    private readonly RehearsalSet? _rehearsal;
    private readonly float[] _rehearsalTargets;
    private readonly LastLayerBatch? _rehearsalBatch;
    private readonly float[] _rehearsalArousal = [];
    private readonly float[] _rehearsalValence = [];
    private readonly float _squaredLength;
    private readonly float _rehearsalAccuracy;

    /// <summary>Prepares adaptation of a network.</summary>
    /// <param name="general">The general last layer.</param>
    /// <param name="network">The network's identity.</param>
    /// <param name="rehearsal">General faces; null: adaptation goes on without, and says so.</param>
    /// <exception cref="ArgumentException">The rehearsal set is of another encoder.</exception>
    public Adaptation(LastLayer general, NetworkIdentity network, RehearsalSet? rehearsal)
    {
        ArgumentNullException.ThrowIfNull(general);
        ArgumentNullException.ThrowIfNull(network);
        if (network.FeatureLength != general.InputLength)
            throw new ArgumentException($"The layer reads {general.InputLength} values, the network's identity says {network.FeatureLength}.", nameof(network));
        if (rehearsal is not null && (rehearsal.Encoder != network.Encoder || rehearsal.FeatureLength != network.FeatureLength))
            throw new ArgumentException("The rehearsal set is of another encoder.", nameof(rehearsal));
        (_general, Network, _rehearsal) = (general, network, rehearsal);
        _rehearsalTargets = [];
        _squaredLength = float.NaN;
        _rehearsalAccuracy = float.NaN;
        if (rehearsal is null)
            return;
        LastLayerBatch batch = _rehearsalBatch = new LastLayerBatch(general, rehearsal.Count);
        for (int i = 0; i < rehearsal.Count; i++)
            batch.Add(rehearsal.Features(i), []);
        _rehearsalTargets = new float[rehearsal.Count * general.ClassCount];
        _rehearsalArousal = new float[rehearsal.Count];
        _rehearsalValence = new float[rehearsal.Count];
        general.Forward(batch, _rehearsalTargets, _rehearsalArousal, _rehearsalValence);
        _squaredLength = (float)general.MeanSquaredHeadInput(batch);
        _rehearsalAccuracy = RehearsalAccuracy(_rehearsalTargets);
    }

    /// <summary>The network.</summary>
    public NetworkIdentity Network { get; }

    /// <summary>Whether there are general faces to rehearse.</summary>
    public bool HasRehearsal => _rehearsal is not null;

    /// <summary>Trains on what a profile holds.</summary>
    /// <param name="profile">The person's samples; training starts from the general layer, and what is in use stays where the new layer is not better.</param>
    /// <param name="options">How to train.</param>
    /// <param name="now">The time to write into the profile.</param>
    /// <param name="progress">Is called after every step, on the calling thread.</param>
    /// <param name="cancellation">Stops between two steps; nothing has changed then.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed.</exception>
    /// <exception cref="ProfileException">The samples are of another encoder.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public AdaptationResult Train(
        Profile profile, AdaptationOptions options, DateTimeOffset now, Action<AdaptationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (!Network.SharesFeaturesWith(profile.Network))
            throw new ProfileException(ProfileError.OtherWeights, $"The samples of '{profile.PersonId}' are of another encoder than '{Network.Network}' has here.");
        long started = Stopwatch.GetTimestamp();
        Profile before = profile;
        profile = profile with { Network = Network, Changed = now };
        int[] shown = [.. Enumerable.Range(0, _general.ClassCount).Where(c => profile.Samples.Any(s => s.Expression == c))];
        bool hasExpressions = shown.Length >= 2;
        bool hasAffect = profile.Samples.Any(s => (_general.HasArousal && !float.IsNaN(s.Arousal)) || (_general.HasValence && !float.IsNaN(s.Valence)));
        if (!hasExpressions && !hasAffect)
        {
            string why = shown.Length == 1
                ? $"Stored. There is one expression so far ({Network.Classes[shown[0]]}); training begins with the second."
                : "Stored. The samples have no label that this network has an output for.";
            return new AdaptationResult(profile, AdaptationOutcome.StoredOnly, why, AdaptationScores.Unknown, 0, Stopwatch.GetElapsedTime(started));
        }

        // A single class says nothing of the others, and would teach that all faces show it.
        ImmutableArray<ProfileSample> samples = hasExpressions ? profile.Samples : [.. profile.Samples.Select(s => s with { Expression = -1 }).Where(s => !float.IsNaN(s.Arousal) || !float.IsNaN(s.Valence))];
        ImmutableArray<float> weights = hasExpressions && options.PriorFloor < 1
            ? [.. Enumerable.Range(0, _general.ClassCount).Select(c => shown.Contains(c) ? 1f : (float)options.PriorFloor)]
            : [];
        float share = Share(samples, options, hasExpressions);

        var split = SampleSplit.Make(samples, options);
        bool measured = split.IsMeasured(options.MinHeldBack);
        int total = options.Steps * (measured ? 2 : 1);
        int steps = options.Steps;
        AdaptationScores scores = AdaptationScores.Unknown;
        bool better = true;
        LastLayer? inUse = before.Layer is not null && before.Network == Network ? before.ToPersonLayer(_general)?.Layer : null;
        if (measured)
        {
            using var held = new HeldSet(_general, split.Held);
            (HeldScore general, HeldScore prior) = (held.Measure([]), held.Measure(weights));
            (int best, HeldScore after) = Try(
                split.Train, held, prior, weights, share, options, (s, l) => progress?.Invoke(new AdaptationProgress(s, total, l)), cancellation);
            steps = Math.Max(1, best);
            scores = new AdaptationScores(general.Loss, after.Loss, general.Accuracy, after.Accuracy, prior.Accuracy);
            // The prior is in use either way: the layer has to be worth something beside it.
            better = best > 0 && IsNotWorse(after, prior) && IsNotWorse(after, general);
            if (inUse is not null && !IsNotWorse(held.Measure(inUse, before.Share, weights), prior))
                inUse = null;
        }

        LastLayer layer = TrainOn(
            samples, weights, options with { Steps = steps }, (s, l) => progress?.Invoke(new AdaptationProgress(total - steps + s, total, l)), cancellation);
        string note = "";
        if (better && _rehearsal is not null && _general.ClassCount > 0)
        {
            // What costs too much in general is mixed in less, and not used where even a quarter of it costs too much.
            var adapted = new float[_rehearsalTargets.Length];
            layer.Forward(_rehearsalBatch!, adapted, [], []);
            float after = RehearsalAccuracy(adapted, share);
            for (int halvings = 0; halvings < 2 && _rehearsalAccuracy - after > options.MaxRehearsalLoss; halvings++)
            {
                share /= 2;
                after = RehearsalAccuracy(adapted, share);
            }

            better = !(_rehearsalAccuracy - after > options.MaxRehearsalLoss);
            scores = scores with { RehearsalBefore = _rehearsalAccuracy, RehearsalAfter = after };
            if (!better)
                note = FormattableString.Invariant($" It would lose {100 * (_rehearsalAccuracy - after):0.0} points on general faces.");
        }

        if (better && !measured && _rehearsal is null)
        {
            better = false;
            note = " There are neither enough held-back samples nor general faces to check it by.";
        }

        // What was in use stays in use where the new layer is not better, unless what is held back speaks against that one, too.
        bool kept = !better && inUse is not null;
        Profile learnt = profile with
        {
            Layer = better ? layer.ToWeightSet() : kept ? before.Layer : null,
            Share = better ? share : kept ? before.Share : 0,
            ClassWeights = weights,
            Scores = scores,
            Adapted = kept && weights.SequenceEqual(before.ClassWeights) ? before.Adapted : better || kept || !weights.IsEmpty ? now : null,
        };
        string message = Message(better, kept, scores, samples.Length, shown, note);
        return new AdaptationResult(
            learnt, better ? AdaptationOutcome.Activated : AdaptationOutcome.NotActivated, message, scores, better ? steps : 0, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>
    /// Trains on a thread of its own that yields to all others (<see cref="AdaptationOptions.Nice"/>), between pictures.
    /// </summary>
    /// <param name="profile">The person's samples; training starts from the general layer, and what is in use stays where the new layer is not better.</param>
    /// <param name="options">How to train.</param>
    /// <param name="now">The time to write into the profile.</param>
    /// <param name="progress">Is called after every step, on the training thread.</param>
    /// <param name="gate">Says when a picture is being looked at; null: there are no pictures to wait for.</param>
    /// <param name="cancellation">Stops between two steps; nothing has changed then.</param>
    /// <inheritdoc cref="Train"/>
    public Task<AdaptationResult> TrainInBackground(
        Profile profile, AdaptationOptions options, DateTimeOffset now, Action<AdaptationProgress>? progress = null, PictureGate? gate = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var done = new TaskCompletionSource<AdaptationResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            // .NET's thread priority does nothing on Linux; the thread is used for nothing else, so its nice value may stay.
            Files.LinuxCalls.TrySetNice(options.Nice);
            try
            {
                gate?.Wait(LongestWait);
                done.SetResult(Train(profile, options, now, AfterStep, cancellation));

                void AfterStep(AdaptationProgress step)
                {
                    progress?.Invoke(step);
                    gate?.Wait(LongestWait);
                }
            }
            catch (OperationCanceledException)
            {
                done.SetCanceled(cancellation);
            }
#pragma warning disable CA1031 // Whatever went wrong belongs to who waits.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "adaptation",
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Whether neither accuracy, where there is one, nor loss is worse.</summary>
    private static bool IsNotWorse(HeldScore score, HeldScore than) => !(score.Accuracy < than.Accuracy) && !(score.Loss > than.Loss);

    private static float Share(ImmutableArray<ProfileSample> samples, AdaptationOptions options, bool hasExpressions)
    {
        int Looks(IEnumerable<ProfileSample> of) => of.GroupBy(s => s.Episode, StringComparer.Ordinal).Sum(e => Math.Min(e.Count(), options.EpisodeLooks));
        int fewest = hasExpressions
            ? samples.Where(s => s.Expression >= 0).GroupBy(s => s.Expression).Min(Looks)
            : Looks(samples);
        return (float)(fewest / (fewest + options.ShareSamples));
    }

    /// <summary>Trains without the samples that are held back: how many steps are best on those, and their score after so many.</summary>
    /// <returns>0 steps and the score of the general layer where no number of steps is better.</returns>
    private (int Steps, HeldScore Score) Try(
        ImmutableArray<ProfileSample> samples,
        HeldSet held,
        HeldScore general,
        ImmutableArray<float> classWeights,
        float share,
        AdaptationOptions options,
        Action<int, float>? progress,
        CancellationToken cancellation)
    {
        using LastLayerBatch batch = BatchOf(samples, options);
        using LastLayerTrainer trainer = TrainerFor(batch, classWeights, options);
        (int Steps, HeldScore Score) best = (0, general);
        for (int step = 1; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(step, trainer.Step(batch));
            if (step % 4 != 0 && step != options.Steps)
                continue;
            HeldScore score = held.Measure(trainer, share, classWeights);
            if (score.Loss < best.Score.Loss)
                best = (step, score);
        }

        return best;
    }

    private LastLayer TrainOn(
        ImmutableArray<ProfileSample> samples,
        ImmutableArray<float> classWeights,
        AdaptationOptions options,
        Action<int, float>? progress,
        CancellationToken cancellation)
    {
        using LastLayerBatch batch = BatchOf(samples, options);
        using LastLayerTrainer trainer = TrainerFor(batch, classWeights, options);
        for (int step = 1; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(step, trainer.Step(batch));
        }

        return trainer.ToLayer();
    }

    private float RehearsalWeight(AdaptationOptions options) => _rehearsal is null ? 0 : (float)options.Rehearsal;

    private LastLayerBatch BatchOf(ImmutableArray<ProfileSample> samples, AdaptationOptions options)
    {
        float rehearsal = RehearsalWeight(options);
        var batch = new LastLayerBatch(_general, samples.Length + (rehearsal > 0 ? _rehearsal!.Count : 0));
        AddOwn(batch, samples, rehearsal);
        if (rehearsal > 0)
            AddRehearsal(batch, rehearsal);
        return batch;
    }

    private LastLayerTrainer TrainerFor(LastLayerBatch batch, ImmutableArray<float> classWeights, AdaptationOptions options)
    {
        float squared = float.IsNaN(_squaredLength) ? (float)_general.MeanSquaredHeadInput(batch) : _squaredLength;
        squared = Math.Max(squared, 1e-6f);
        // The trainer's loss is divided by all weights; so is the pull.
        float pull = (float)options.Pull / (1 + RehearsalWeight(options));
        // Curvature of the softmax is at most a half per squared length; kernels and biases share it, the pull adds its own.
        float stable = 1 / (squared * ((0.5f * 2) + Math.Max(0, ((float)options.AffectWeight * 2) - 1) + pull));
        return new LastLayerTrainer(_general, new LastLayerTrainingOptions
        {
            Optimizer = LastLayerOptimizer.Sgd,
            LearningRate = (float)Math.Min(10, options.Rate * stable),
            Momentum = (float)options.Momentum,
            Nesterov = true,
            Pull = pull * squared,
            BiasPull = pull,
            BiasRate = squared,
            TrainHidden = options.TrainHidden,
            AffectWeight = (float)options.AffectWeight,
            ClassOffsets = [.. classWeights.Select(MathF.Log)],
        });
    }

    /// <summary>The person's samples: every class weighs the same, and within it every episode.</summary>
    private void AddOwn(LastLayerBatch batch, ImmutableArray<ProfileSample> samples, float rehearsal)
    {
        int classes = Math.Max(1, samples.Where(s => s.Expression >= 0).Select(s => s.Expression).Distinct().Count());
        Dictionary<int, int> episodes = samples.GroupBy(s => s.Expression).ToDictionary(c => c.Key, c => c.Select(s => s.Episode).Distinct(StringComparer.Ordinal).Count());
        Dictionary<(int, string), int> counts = samples.GroupBy(s => (s.Expression, s.Episode)).ToDictionary(g => g.Key, g => g.Count());
        var target = new float[_general.ClassCount];
        foreach (ProfileSample sample in samples)
        {
            float weight = 1f / (classes * episodes[sample.Expression] * counts[(sample.Expression, sample.Episode)]) / (1 + rehearsal);
            Array.Clear(target);
            if (sample.Expression >= 0)
                target[sample.Expression] = 1;
            batch.Add(
                sample.Features.AsSpan(),
                sample.Expression >= 0 ? target : [],
                _general.HasArousal ? sample.Arousal : float.NaN,
                _general.HasValence ? sample.Valence : float.NaN,
                weight,
                offset: true);
        }
    }

    private void AddRehearsal(LastLayerBatch batch, float rehearsal)
    {
        float sum = 0;
        for (int i = 0; i < _rehearsal!.Count; i++)
            sum += _rehearsal.Weight(i);
        int classes = _general.ClassCount;
        for (int i = 0; i < _rehearsal.Count; i++)
        {
            batch.Add(
                _rehearsal.Features(i),
                _rehearsalTargets.AsSpan(i * classes, classes),
                _rehearsalArousal[i],
                _rehearsalValence[i],
                rehearsal * _rehearsal.Weight(i) / sum / (1 + rehearsal));
        }
    }

    /// <summary>Accuracy on the rehearsed faces, given what the adapted layer says of them alone.</summary>
    private float RehearsalAccuracy(float[] adapted, float share)
    {
        var mixed = new float[adapted.Length];
        for (int i = 0; i < mixed.Length; i++)
            mixed[i] = _rehearsalTargets[i] + (share * (adapted[i] - _rehearsalTargets[i]));
        return RehearsalAccuracy(mixed);
    }

    private float RehearsalAccuracy(float[] probabilities)
    {
        int classes = _general.ClassCount;
        if (classes == 0)
            return float.NaN;
        double right = 0;
        double sum = 0;
        for (int i = 0; i < _rehearsal!.Count; i++)
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(i * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++)
            {
                if (row[c] > row[best])
                    best = c;
            }

            sum += _rehearsal.Weight(i);
            right += best == _rehearsal.Label(i) ? _rehearsal.Weight(i) : 0;
        }

        return (float)(right / sum);
    }

    private string Message(bool activated, bool kept, AdaptationScores scores, int samples, int[] shown, string note)
    {
        string of = shown.Length >= 2 ? $"{samples} samples of {string.Join(", ", shown.Select(c => Network.Classes[c]))}" : $"{samples} samples of arousal and valence";
        string measured = (float.IsNaN(scores.LossBefore), float.IsNaN(scores.AccuracyBefore)) switch
        {
            (true, _) => " Too few samples could be held back to measure it.",
            // Samples of arousal and valence alone have no accuracy.
            (_, true) => FormattableString.Invariant($" On held-back samples: squared error {scores.LossBefore:0.000} before, {scores.LossAfter:0.000} with the layer."),
            _ => FormattableString.Invariant($" On held-back samples: {100 * scores.AccuracyBefore:0.0} % before, {100 * scores.PriorAccuracy:0.0} % with the class prior, {100 * scores.AccuracyAfter:0.0} % with the layer."),
        };
        string rehearsal = _rehearsal is null ? " There is no rehearsal set for this network." : "";
        string use = activated ? "the person's layer is in use."
            : kept ? "the new layer is not better and is not used: the one before stays in use."
            : "the person's layer is not better and is not used.";
        return $"Learnt from {of}; {use}{note}{measured}{rehearsal}";
    }
}
