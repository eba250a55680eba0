using System.Collections.Concurrent;
using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Node.Tests.Support;

namespace FerRos.Node.Tests;

/// <summary>Training that is cancelled, with a camera that is played and profiles that are real.</summary>
public sealed class CancelledTrainingTests : IAsyncDisposable
{
    /// <summary>More steps than any test waits for.</summary>
    private const int Endless = 10_000;

    private static readonly LastLayer General = PersonLearningTests.CreateLayer();
    private static readonly NetworkIdentity Network = new("played", "aa", "bb", Expressions.FerPlus, 3);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ferros-" + Path.GetRandomFileName());
    private readonly PersonBindings _bindings = new(0.5);
    private readonly FacesInView _view = new() { Gap = TimeSpan.FromSeconds(0.5) };
    private readonly PlayedView _camera = new();
    private readonly BoundLayers _layers;
    private readonly PersonLearning _learning;
    private readonly ConcurrentQueue<LearningProgress> _progress = new();

    public CancelledTrainingTests()
    {
        _layers = new BoundLayers(_bindings);
        var library = new ProfileLibrary(new ProfileStore(_folder, Network), Network, General, PersonLearningTests.CreateRehearsal(Network));
        _learning = new PersonLearning(library, _bindings, _layers, _view, Expressions.FerPlus, Options(steps: 40), new TestLog());
        _learning.Progressed += _progress.Enqueue;
        _learning.SetActive(true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _learning.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_was_collected_stays_stored_what_was_in_use_stays_in_use_and_the_next_adaptation_learns_from_both()
    {
        await LearnTwoExpressions();
        var inUse = _layers.LayerOf("f1").ShouldNotBeNull();
        var before = Stored();
        _progress.Clear();
        _learning.Apply(Options(Endless));
        var (cancelled, message, step) = (false, "", 0);
        _learning.Progressed += CancelOnce;
        var answer = await Adapt("surprised", 6, mood: 0);

        (cancelled, message).ShouldBe((true, $"the adaptation of 'ana' ends (training, step {step} of {Endless})"));
        step.ShouldBeGreaterThan(0);
        answer.Message.ShouldBe("6 of 6 frames collected. stored; training was cancelled, what was in use for 'ana' still is");
        (answer.Success, answer.Activated, answer.Samples).ShouldBe((true, false, 18));
        _progress.Max(p => p.Step).ShouldBe(step, "no step follows");
        _progress.Select(p => p.State).Distinct().ShouldBe([LearningState.Collecting, LearningState.Training, LearningState.Done]);
        _progress.Last().Message.ShouldBe(answer.Message);
        _layers.LayerOf("f1").ShouldBeSameAs(inUse);

        var after = Stored();
        after.Samples.Length.ShouldBe(18);
        after.Expressions.ShouldBe(["happiness", "surprise", "sadness"]);
        (after.Share, after.Adapted).ShouldBe((before.Share, before.Adapted));
        after.ClassWeights.ShouldBe(before.ClassWeights);
        Values(after).ShouldBe(Values(before));

        // Nothing is under way any more, and what was stored counts.
        _learning.Cancel(out var nothing).ShouldBeFalse();
        nothing.ShouldContain("no adaptation");
        _learning.Apply(Options(steps: 40));
        var next = await Adapt("", 0, mood: 0);
        (next.Success, next.Activated, next.Samples).ShouldBe((true, true, 18), next.Message);
        next.Message.ShouldContain("18 samples of happiness, surprise, sadness");
        _layers.LayerOf("f1").ShouldNotBeNull().ShouldNotBeSameAs(inUse);
        Stored().ClassWeights.Count(weight => weight == 1).ShouldBe(3);

        void CancelOnce(LearningProgress progress)
        {
            // On the training's own thread, between two steps.
            if (cancelled || progress is not { State: LearningState.Training, Step: > 0 }) return;
            step = progress.Step;
            cancelled = _learning.Cancel(out message);
        }
    }

    [Fact]
    public async Task Who_cancels_at_the_moment_when_the_last_frame_has_come_ends_the_training()
    {
        await LearnTwoExpressions();
        var inUse = _layers.LayerOf("f1");
        _learning.Apply(Options(Endless));
        _progress.Clear();
        // Between the last frame and the training: the machine may well be through with that before this thread goes on.
        using var cancelled = new ManualResetEventSlim();
        _learning.Progressed += progress =>
        {
            if (progress.State == LearningState.Training) cancelled.Wait(Token);
        };
        var task = _learning.AdaptAsync(new AdaptationOrder("ana", "", "surprised", null, 6, TimeSpan.Zero), Token);
        await Stage.Until(() => _progress.Any(p => p.State == LearningState.Collecting), "collecting");
        for (var i = 0; i < 6; i++) Show();
        _learning.Cancel(out _).ShouldBeTrue();
        cancelled.Set();

        var answer = await task;
        (answer.Success, answer.Activated, answer.Samples).ShouldBe((true, false, 18), answer.Message);
        answer.Message.ShouldStartWith("6 of 6 frames collected. stored; training was cancelled");
        _layers.LayerOf("f1").ShouldBeSameAs(inUse);
    }

    [Fact]
    public async Task A_node_that_is_switched_off_ends_training_and_keeps_what_was_collected()
    {
        await LearnTwoExpressions();
        _learning.Apply(Options(Endless));
        _learning.Progressed += progress =>
        {
            if (progress is { State: LearningState.Training, Step: > 0 }) _learning.SetActive(false);
        };
        var answer = await Adapt("surprised", 6, mood: 0);
        (answer.Success, answer.Activated, answer.Samples).ShouldBe((true, false, 18), answer.Message);
        answer.Message.ShouldContain("training was cancelled");
        Stored().Samples.Length.ShouldBe(18);

        (await Adapt("", 0, mood: 0)).Message.ShouldContain("inactive");
        _learning.SetActive(true);
        _learning.Apply(Options(steps: 40));
        (await Adapt("", 0, mood: 0)).Success.ShouldBeTrue();
    }

    private static LearningOptions Options(int steps) => new("", true, new AdaptationOptions { MinInterval = TimeSpan.Zero, Steps = steps, MaxRehearsalLoss = 1, Nice = 0 });

    private static float[] Values(Profile profile) => [.. profile.Layer.ShouldNotBeNull().Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.Values.ToArray())];

    /// <summary>What a node that starts now would find.</summary>
    private Profile Stored() => new ProfileStore(_folder, Network).TryLoad("ana").ShouldNotBeNull();

    private async Task LearnTwoExpressions()
    {
        (await Adapt("happy", 6, mood: 1)).Activated.ShouldBeFalse("one expression is stored only");
        var answer = await Adapt("sad", 6, mood: -1);
        (answer.Activated, answer.Samples).ShouldBe((true, 12), answer.Message);
    }

    private async Task<AdaptationAnswer> Adapt(string expression, uint frames, float mood)
    {
        _camera.Mood = mood;
        Show();
        var task = _learning.AdaptAsync(new AdaptationOrder("ana", "f1", expression, null, frames, TimeSpan.Zero), Token);
        while (!task.IsCompleted)
        {
            Show();
            await Task.Delay(5, Token);
        }

        return await task;
    }

    private void Show()
    {
        var picture = _camera.Next(("f1", 80));
        _view.Begin(picture.Stamp);
        _view.Update(picture);
        _learning.Observe(picture);
    }
}
