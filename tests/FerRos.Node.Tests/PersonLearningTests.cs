using System.Collections.Concurrent;
using System.Diagnostics;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Node.Tests.Support;

namespace FerRos.Node.Tests;

/// <summary>What the services do, with a camera and profiles that are played.</summary>
public sealed class PersonLearningTests : IAsyncDisposable
{
    private static readonly LastLayer Layer = CreateLayer();

    private readonly PersonBindings _bindings = new(0.5);
    private readonly FacesInView _view = new() { Gap = TimeSpan.FromSeconds(0.5) };
    private readonly PlayedView _camera = new();
    private readonly PlayedLibrary _library = new();
    private readonly BoundLayers _layers;
    private readonly PersonLearning _learning;
    private readonly ConcurrentQueue<LearningProgress> _progress = new();
    private readonly TestLog _log = new();

    public PersonLearningTests()
    {
        _layers = new BoundLayers(_bindings);
        _learning = new PersonLearning(_library, _bindings, _layers, _view, Expressions.FerPlus, Options, _log);
        _learning.Progressed += _progress.Enqueue;
        _view.FaceGone += _bindings.ForgetFace;
        _view.FaceLost += face => _bindings.DeselectFace(face);
        _learning.SetActive(true);
    }

    private static LearningOptions Options { get; } = new("", true, new AdaptationOptions { MinInterval = TimeSpan.Zero });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _learning.DisposeAsync();

    [Fact]
    public async Task An_episode_takes_the_frames_of_the_named_face_alone_binds_it_and_trains()
    {
        Show(("f1", 80), ("f2", 60));
        var answer = await During(_learning.AdaptAsync(Order("ana", "happy", frames: 5) with { Face = "f2" }, Token), ("f1", 80), ("f2", 60));

        answer.Success.ShouldBeTrue(answer.Message);
        answer.Activated.ShouldBeTrue();
        answer.Message.ShouldBe("5 of 5 frames collected. trained");
        var (person, samples) = _library.Learned.ShouldHaveSingleItem();
        person.ShouldBe("ana");
        samples.ShouldAllBe(sample => sample.Expression == 1 && float.IsNaN(sample.Arousal));
        samples.Select(sample => sample.Episode).Distinct().ShouldHaveSingleItem();
        // Every picture's second face: the first value of its summary says so.
        samples.Select(sample => sample.Features[0]).ShouldBe([1, 1, 1, 1, 1]);
        _bindings.PersonOf("f2").ShouldBe("ana");
        _bindings.PersonOf("f1").ShouldBe("");
        _layers.LayerOf("f2").ShouldNotBeNull().PersonId.ShouldBe("ana");
        _layers.LayerOf("f1").ShouldBeNull();
    }

    [Fact]
    public async Task Progress_goes_from_collecting_over_training_to_done()
    {
        Show(("f1", 80));
        await During(_learning.AdaptAsync(Order("ana", "happy", frames: 5), Token), ("f1", 80));

        var told = _progress.ToArray();
        told.ShouldAllBe(p => p.Person == "ana");
        told.Select(p => p.State).Distinct().ShouldBe([LearningState.Collecting, LearningState.Training, LearningState.Done]);
        told.Last(p => p.State == LearningState.Collecting).Collected.ShouldBe(5);
        told.ShouldAllBe(p => p.Requested == 5);
        told[^1].Step.ShouldBe(3);
        told[^1].Loss.ShouldBe(0.25f);
        told[^1].Message.ShouldContain("trained");
    }

    [Theory]
    [InlineData("", "happy", 5u, "'' is no person id")]
    [InlineData("../etc", "happy", 5u, "'../etc' is no person id")]
    [InlineData("7up", "happy", 5u, "a letter, then")]
    [InlineData("a b", "happy", 5u, "'a b' is no person id")]
    [InlineData("ärger", "happy", 5u, "'ärger' is no person id")]
    [InlineData("ana", "grin", 5u, "expression is 'grin'")]
    [InlineData("ana", "", 5u, "needs a label")]
    [InlineData("ana", "happy", 100_000u, "frames is 100000; at most 300")]
    [InlineData("ana", "", 0u, "nothing is stored of 'ana'")]
    public async Task An_order_that_makes_no_sense_is_refused_with_the_reason(string person, string expression, uint frames, string reason)
    {
        Show(("f1", 80));
        var answer = await _learning.AdaptAsync(Order(person, expression, frames), Token);
        answer.Success.ShouldBeFalse();
        answer.Message.ShouldContain(reason);
        _library.Learned.ShouldBeEmpty();
        _bindings.Persons().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(7f, 0f, "arousal is 7; -1 to 1")]
    [InlineData(0f, -1.01f, "valence is -1.01; -1 to 1")]
    [InlineData(float.NaN, 0f, "arousal is NaN")]
    public async Task Affect_outside_its_range_is_refused(float arousal, float valence, string reason)
    {
        Show(("f1", 80));
        var answer = await _learning.AdaptAsync(Order("ana", "", 5) with { Affect = (arousal, valence) }, Token);
        (answer.Success, answer.Message.Contains(reason, StringComparison.Ordinal)).ShouldBe((false, true), answer.Message);
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(1e9)]
    public async Task A_timeout_out_of_range_is_refused(double seconds)
    {
        Show(("f1", 80));
        var answer = await _learning.AdaptAsync(Order("ana", "happy", 5) with { Timeout = TimeSpan.FromSeconds(seconds) }, Token);
        (answer.Success, answer.Message.Contains("timeout", StringComparison.Ordinal)).ShouldBe((false, true), answer.Message);
    }

    [Fact]
    public async Task With_nobody_or_two_alike_in_view_nothing_is_begun()
    {
        (await _learning.AdaptAsync(Order("ana", "happy", 5), Token)).Message.ShouldContain("no picture");
        Show();
        (await _learning.AdaptAsync(Order("ana", "happy", 5), Token)).Message.ShouldContain("no face is in view");
        Show(("f1", 80), ("f2", 80));
        (await _learning.AdaptAsync(Order("ana", "happy", 5), Token)).Message.ShouldContain("same size");
        (await _learning.AdaptAsync(Order("ana", "happy", 5) with { Face = "f3" }, Token)).Message.ShouldContain("'f3' is not in view");
        _library.Learned.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_call_while_one_runs_is_refused_with_who_is_running()
    {
        Show(("f1", 80));
        var first = _learning.AdaptAsync(Order("ana", "happy", 5), Token);
        await Collecting();
        var second = await _learning.AdaptAsync(Order("ben", "sad", 5), Token);

        (second.Success, second.Message.Contains("'ana'", StringComparison.Ordinal)).ShouldBe((false, true), second.Message);
        (await _learning.ForgetAsync("ana", Token)).Message.ShouldContain("under way");
        (await During(first, ("f1", 80))).Success.ShouldBeTrue();
        _bindings.Persons().ShouldBe(["ana"]);
    }

    [Fact]
    public async Task An_adaptation_without_frames_binds_the_face_that_it_names_and_no_other()
    {
        _library.Stored["ana"] = true;
        Show(("f1", 80), ("f2", 60));
        (await _learning.AdaptAsync(Order("ana", "", 0), Token)).Success.ShouldBeTrue();
        _bindings.Persons().ShouldBeEmpty();
        (await _learning.AdaptAsync(Order("ana", "", 0) with { Face = "f2" }, Token)).Success.ShouldBeTrue();
        (_bindings.PersonOf("f1"), _bindings.PersonOf("f2")).ShouldBe(("", "ana"));
        _layers.LayerOf("f2").ShouldNotBeNull();
        (await _learning.AdaptAsync(Order("ana", "", 0) with { Face = "f9" }, Token)).Message.ShouldContain("'f9' is not in view");
    }

    [Fact]
    public async Task While_frames_are_collected_the_face_is_not_said_to_be_somebody_else_s()
    {
        Show(("f1", 80), ("f2", 60));
        var task = _learning.AdaptAsync(Order("ana", "happy", 5), Token);
        await Collecting();
        await Stage.Until(() => _progress.Any(p => p.Requested == 5), "collecting from a face");
        foreach (var (person, face) in new[] { ("ben", "f1"), ("", "f1"), ("ana", "f2") })
        {
            var refused = await _learning.SelectAsync(person, face, Token);
            (refused.Success, refused.Message.Contains("'ana' are being collected from the face 'f1'", StringComparison.Ordinal)).ShouldBe((false, true), refused.Message);
        }

        (await _learning.SelectAsync("ana", "f1", Token)).Success.ShouldBeTrue();
        (await _learning.SelectAsync("ben", "f2", Token)).Success.ShouldBeTrue();
        (await During(task, ("f1", 80), ("f2", 60))).Success.ShouldBeTrue();
        (_bindings.PersonOf("f1"), _bindings.PersonOf("f2")).ShouldBe(("ana", "ben"));
        (await _learning.SelectAsync("", "f1", Token)).Success.ShouldBeTrue();
    }

    [Fact]
    public async Task A_face_that_leaves_midway_ends_collecting_with_what_is_there()
    {
        Show(("f1", 80));
        var task = _learning.AdaptAsync(Order("ana", "happy", 50), Token);
        await Collecting();
        for (var i = 0; i < 3; i++) Show(("f1", 80));
        _camera.Tracked.Clear();
        Show();

        var answer = await task;
        answer.Success.ShouldBeTrue();
        answer.Message.ShouldStartWith("3 of 50 frames collected; the face was lost. ");
        _library.Learned.ShouldHaveSingleItem().Samples.Count.ShouldBe(3);
        _bindings.PersonOf("f1").ShouldBe("", "the binding ends with the face");
    }

    [Fact]
    public async Task A_face_that_is_only_out_of_sight_for_too_long_ends_collecting_too()
    {
        Show(("f1", 80));
        var task = _learning.AdaptAsync(Order("ana", "happy", 50), Token);
        await Collecting();
        Show(("f1", 80));
        for (var i = 0; i < 30 && !task.IsCompleted; i++) Show();
        (await task).Message.ShouldContain("the face was lost");
    }

    [Fact]
    public async Task Cancelling_ends_collecting_with_what_is_there_and_says_so()
    {
        _learning.Cancel(out var nothing).ShouldBeFalse();
        nothing.ShouldContain("no adaptation");
        Show(("f1", 80));
        var task = _learning.AdaptAsync(Order("ana", "happy", 50), Token);
        await Collecting();
        Show(("f1", 80));
        Show(("f1", 80));
        _learning.Cancel(out var message).ShouldBeTrue();
        message.ShouldContain("'ana'");

        var answer = await task;
        answer.Success.ShouldBeTrue();
        answer.Message.ShouldStartWith("2 of 50 frames collected; it was cancelled. ");
    }

    [Fact]
    public async Task The_timeout_ends_collecting_and_without_a_frame_nothing_is_stored()
    {
        Show(("f1", 80));
        var answer = await _learning.AdaptAsync(Order("ana", "happy", 50) with { Timeout = TimeSpan.FromMilliseconds(150) }, Token);
        answer.Success.ShouldBeFalse();
        answer.Message.ShouldBe("0 of 50 frames collected; time was up after 0.2 s");
        _library.Learned.ShouldBeEmpty();
        _progress.Last().State.ShouldBe(LearningState.Failed);
    }

    [Fact]
    public async Task Refused_frames_are_counted_and_said()
    {
        Show(("f1", 80));
        var adapting = _learning.AdaptAsync(Order("ana", "happy", 3), Token);
        await Collecting();
        _camera.Sharpness = 0;
        Show(("f1", 80));
        Show(("f1", 80));
        _camera.Sharpness = 0.5f;
        Show(("f1", 30));
        Show();
        var answer = await During(adapting, ("f1", 80));
        answer.Message.ShouldStartWith("3 of 3 frames collected (refused: 2 blurred, 1 too small, 1 without the face). ");
    }

    [Fact]
    public async Task What_is_refused_is_said_while_it_happens()
    {
        Show(("f1", 80));
        var adapting = _learning.AdaptAsync(Order("ana", "happy", 3), Token);
        await Collecting();
        _camera.Sharpness = 0;
        Show(("f1", 80));
        await Stage.Until(() => _progress.Any(p => p.Message.Contains("refused: 1 blurred", StringComparison.Ordinal)), "the reason on the topic");
        _progress.Last().ShouldSatisfyAllConditions(
            p => (p.State, p.Collected, p.Requested).ShouldBe((LearningState.Collecting, 0, 3)),
            p => p.Message.ShouldBe("0 of 3 frames collected; collecting goes on (refused: 1 blurred)"));
        _camera.Sharpness = 0.5f;
        (await During(adapting, ("f1", 80))).Success.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_poses_for_a_profile_that_cannot_be_added_to()
    {
        _library.Unlearnable = "the profile of 'ana' was written by a newer version";
        Show(("f1", 80));
        var answer = await _learning.AdaptAsync(Order("ana", "happy", 5), Token);
        (answer.Success, answer.Message).ShouldBe((false, _library.Unlearnable));
        _progress.ShouldNotContain(p => p.Requested > 0);
        _bindings.Persons().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_class_prior_alone_is_not_told_as_the_person_s_own_layer()
    {
        _library.Stored["ana"] = true;
        _library.Share = 0;
        Show(("f1", 80));
        (await _learning.SelectAsync("ana", "", Token)).Message.ShouldContain("the general layer is in use, weighed by");
        _layers.LayerOf("f1").ShouldNotBeNull().IsOwn.ShouldBeFalse();
        (await _learning.ListAsync(Token)).ShouldHaveSingleItem().IsActive.ShouldBeFalse();
        _library.Share = 1;
        (await _learning.ForgetAsync("ana", Token)).Success.ShouldBeTrue();
        _library.Stored["ana"] = true;
        (await _learning.SelectAsync("ana", "", Token)).Message.ShouldContain("their own layer is in use");
        (await _learning.ListAsync(Token)).ShouldHaveSingleItem().IsActive.ShouldBeTrue();
    }

    [Fact]
    public async Task Switched_off_nothing_is_learned_and_what_is_stored_is_still_used()
    {
        _library.Stored["ana"] = true;
        _learning.Apply(Options with { Enabled = false });
        Show(("f1", 80));
        (await _learning.AdaptAsync(Order("ana", "happy", 5), Token)).Message.ShouldContain("adaptation.enabled");
        (await _learning.AdaptAsync(Order("ana", "", 0), Token)).Message.ShouldContain("adaptation.enabled");
        (await _learning.SelectAsync("ana", "", Token)).Success.ShouldBeTrue();
        _layers.LayerOf("f1").ShouldNotBeNull();
    }

    [Fact]
    public async Task While_inactive_list_and_forget_alone_do_something()
    {
        Show(("f1", 80));
        _library.Stored["ana"] = true;
        _learning.SetActive(false);
        (await _learning.AdaptAsync(Order("ana", "happy", 5), Token)).Message.ShouldContain("inactive");
        (await _learning.SelectAsync("ana", "", Token)).Message.ShouldContain("inactive");
        (await _learning.UndoAsync("ana", Token)).Message.ShouldContain("inactive");
        (await _learning.ListAsync(Token)).Select(p => (p.Person.PersonId, p.IsActive)).ShouldBe([("ana", false)]);
        (await _learning.ForgetAsync("ana", Token)).Success.ShouldBeTrue();
        (await _learning.ListAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_is_switched_off_ends_an_adaptation_and_stores_nothing()
    {
        Show(("f1", 80));
        var task = _learning.AdaptAsync(Order("ana", "happy", 5), Token);
        await Collecting();
        _learning.SetActive(false);
        var answer = await task;
        (answer.Success, answer.Message).ShouldBe((false, "the node was switched off, and nothing was stored"));
        _library.Learned.ShouldBeEmpty();
    }

    [Fact]
    public async Task Selecting_says_what_is_used_for_the_person()
    {
        _library.Stored["ana"] = true;
        _library.Stored["ben"] = false;
        Show(("f1", 80));
        (await _learning.SelectAsync("ana", "", Token)).Message.ShouldContain("their own layer is in use");
        (await _learning.SelectAsync("ben", "", Token)).Message.ShouldContain("not trained yet");
        _layers.LayerOf("f1").ShouldBeNull();
        (await _learning.SelectAsync("cleo", "", Token)).Message.ShouldContain("nothing is stored");
        (await _learning.SelectAsync("", "", Token)).Message.ShouldBe("the face 'f1' is nobody's");
        _bindings.Persons().ShouldBeEmpty();
        (await _learning.SelectAsync("no way", "", Token)).Success.ShouldBeFalse();
    }

    [Fact]
    public async Task A_person_whom_the_identification_names_gets_their_layer_and_one_who_leaves_loses_it_from_memory()
    {
        _library.Stored["ana"] = true;
        Show(("f1", 80), ("f2", 60));
        _bindings.Decide("ana", "f1");
        await Stage.Until(() => _layers.LayerOf("f1") is not null, "the layer");
        _layers.LayerOf("f2").ShouldBeNull();

        _camera.Tracked.Remove("f1");
        Show(("f2", 60));
        _layers.LayerOf("f1").ShouldBeNull();
        await Stage.Until(() => !_layers.Has("ana"), "the layer to be gone from memory");
    }

    [Fact]
    public async Task A_profile_that_cannot_be_used_is_told_once_and_the_node_goes_on()
    {
        _library.Damaged = "the profile of 'ana' is damaged";
        _library.Stored["ana"] = true;
        Show(("f1", 80));
        // Some times, and until it has been told.
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 5 || (!Told() && watch.Elapsed < Stage.Long); i++)
        {
            _bindings.Decide("ana", "f1");
            await Task.Delay(70, TestContext.Current.CancellationToken);
            _bindings.Decide("ana", "");
            await Task.Delay(70, TestContext.Current.CancellationToken);
        }

        _log.Warnings.Count(line => line.Contains("damaged", StringComparison.Ordinal)).ShouldBe(1);
        (await _learning.SelectAsync("ana", "", Token)).Message.ShouldContain("damaged");
        _layers.LayerOf("f1").ShouldBeNull();

        bool Told() => _log.Warnings.Any(line => line.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_that_is_full_refuses_and_leaves_the_layer_in_use()
    {
        _library.Stored["ana"] = true;
        Show(("f1", 80));
        await _learning.SelectAsync("ana", "", Token);
        var layer = _layers.LayerOf("f1");
        _library.Full = true;
        var answer = await During(_learning.AdaptAsync(Order("ana", "happy", 2), Token), ("f1", 80));
        (answer.Success, answer.Message).ShouldBe((false, "No space left on device"));
        _layers.LayerOf("f1").ShouldBeSameAs(layer);
        (await During(_learning.AdaptAsync(Order("ana", "happy", 2), Token), ("f1", 80))).Message.ShouldContain("No space", customMessage: "the next call is taken");
    }

    [Fact]
    public async Task Profiles_that_cannot_be_read_give_an_empty_list_and_a_warning()
    {
        _library.Stored["ana"] = true;
        _library.Unreadable = "Reading /profiles failed.";
        (await _learning.ListAsync(Token)).ShouldBeEmpty();
        _log.Warnings.ShouldContain(line => line.Contains(_library.Unreadable, StringComparison.Ordinal));
        _library.Unreadable = "";
        (await _learning.ListAsync(Token)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Undo_takes_the_layer_off_and_forget_everything()
    {
        _library.Stored["ana"] = true;
        Show(("f1", 80));
        await _learning.SelectAsync("ana", "", Token);
        (await _learning.UndoAsync("ana", Token)).Success.ShouldBeTrue();
        _layers.LayerOf("f1").ShouldBeNull();
        (await _learning.UndoAsync("ben", Token)).Success.ShouldBeFalse();

        _library.Stored["ana"] = true;
        (await _learning.SelectAsync("ana", "", Token)).Message.ShouldContain("their own layer is in use");
        (await _learning.ForgetAsync("ana", Token)).Success.ShouldBeTrue();
        (await _learning.ForgetAsync("ana", Token)).ShouldSatisfyAllConditions(
            a => a.Success.ShouldBeFalse(), a => a.Message.ShouldContain("'ana'"));
        _bindings.Persons().ShouldBeEmpty();
        _layers.Has("ana").ShouldBeFalse();
        _progress.Last().Person.ShouldBe("");
    }

    [Fact]
    public async Task Who_was_removed_from_the_disk_by_someone_else_is_forgotten_in_memory_too()
    {
        _library.Stored["ana"] = true;
        Show(("f1", 80));
        await _learning.SelectAsync("ana", "", Token);
        _layers.LayerOf("f1").ShouldNotBeNull();
        _library.Stored.Clear();
        (await _learning.ForgetAsync("ana", Token)).Success.ShouldBeTrue();
        _layers.LayerOf("f1").ShouldBeNull();
        _bindings.Persons().ShouldBeEmpty();
        (await _learning.ForgetAsync("ana", Token)).Success.ShouldBeFalse("nothing is left of them");
    }

    private Task Collecting() => Stage.Until(() => _progress.Any(p => p.State == LearningState.Collecting), "collecting");

    private static AdaptationOrder Order(string person, string expression, uint frames) => new(person, "", expression, null, frames, TimeSpan.Zero);

    private void Show(params (string Id, float Width)[] faces)
    {
        var picture = _camera.Next(faces);
        _view.Begin(picture.Stamp);
        _view.Update(picture);
        _learning.Observe(picture);
    }

    /// <summary>Shows pictures until something is done.</summary>
    private async Task<T> During<T>(Task<T> task, params (string Id, float Width)[] faces)
    {
        while (!task.IsCompleted)
        {
            Show(faces);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return await task;
    }

    /// <summary>A layer that reads the summaries of <see cref="PlayedView"/>, and finds all classes alike.</summary>
    internal static LastLayer CreateLayer()
    {
        var builder = new NetworkBuilder("played");
        var network = builder.Build(builder.Image(1, 3, 1).Flatten().Dense("expression", 8, Activation.Softmax));
        return LastLayer.Create(network, new WeightSet(network.Parameters.Select(p => KeyValuePair.Create(p.Name, new WeightTensor(p.Shape, new float[p.Count])))));
    }

    /// <summary>One general face for <see cref="CreateLayer"/>, so that a layer is checked by something.</summary>
    internal static RehearsalSet CreateRehearsal(NetworkIdentity network) => new(network.Encoder, 3, new float[3], [0], [1]);

    private sealed class PlayedLibrary : IPersonLibrary
    {
        /// <summary>Persons, and whether they have a layer of their own.</summary>
        public ConcurrentDictionary<string, bool> Stored { get; } = new();

        public List<(string Person, IReadOnlyList<ProfileSample> Samples)> Learned { get; } = [];

        public string Damaged { get; set; } = "";

        public bool Full { get; set; }

        public string Unlearnable { get; set; } = "";

        public string Unreadable { get; set; } = "";

        /// <summary>The share of the layers that are stored.</summary>
        public float Share { get; set; } = 1;

        public IReadOnlyList<StoredPerson> List() => Unreadable.Length > 0 ? throw new ProfileException(ProfileError.NoAccess, Unreadable) : [.. Stored.Keys.Order().Select(id => new StoredPerson(id, null, null))];

        public bool Contains(string person) => Stored.ContainsKey(person);

        public PersonLayer? Load(string person) =>
            Damaged.Length > 0 ? throw new PerceptionException(Damaged) : Stored.GetValueOrDefault(person) ? new PersonLayer(person, Layer, Share) : null;

        public void CheckLearnable(string person)
        {
            if (Unlearnable.Length > 0) throw new ProfileException(ProfileError.NewerVersion, Unlearnable);
        }

        public Task<LearningOutcome> LearnAsync(
            string person, IReadOnlyList<ProfileSample> samples, AdaptationOptions options, Action<AdaptationProgress> progress, CancellationToken cancellationToken)
        {
            if (Full) throw new IOException("No space left on device");
            for (var step = 1; step <= 3; step++) progress(new AdaptationProgress(step, 3, 1f / (1 + step)));
            Learned.Add((person, samples));
            Stored[person] = true;
            return Task.FromResult(new LearningOutcome(new AdaptationAnswer(true, "trained") { Activated = true }, true, new PersonLayer(person, Layer)));
        }

        public string Undo(string person, out PersonLayer? layer)
        {
            layer = null;
            if (!Stored.ContainsKey(person)) throw new ProfileException(ProfileError.NotFound, $"There is no profile of '{person}'.");
            Stored[person] = false;
            return "undone";
        }

        public void Forget(string person)
        {
            if (!Stored.TryRemove(person, out _)) throw new ProfileException(ProfileError.NotFound, $"There is no profile of '{person}'.");
        }
    }
}
