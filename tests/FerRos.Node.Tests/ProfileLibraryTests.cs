using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Node.Tests;

/// <summary>Profiles of a real store, and what is done with those that do not fit the network.</summary>
public sealed class ProfileLibraryTests : IDisposable
{
    private static readonly LastLayer General = PersonLearningTests.CreateLayer();
    private static readonly NetworkIdentity Network = new("played", "aa", "bb", Expressions.FerPlus, 3);
    private static readonly AdaptationOptions Options = new() { MaxRehearsalLoss = 1, Nice = 0 };

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ferros-" + Path.GetRandomFileName());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_profile_of_other_weights_behind_the_same_encoder_is_refused_and_trained_anew_from_its_samples()
    {
        var before = Library(Network with { Weights = "of before" });
        (await Learn(before, [.. Episode("a", 1, 6), .. Episode("b", 3, 6)])).Answer.Activated.ShouldBeTrue();

        var library = Library(Network);
        Should.Throw<ProfileException>(() => library.Load("ana")).Message.ShouldContain("can be trained anew");
        library.CheckLearnable("ana");
        var learnt = await Learn(library, []);
        (learnt.Answer.Success, learnt.Answer.Activated, learnt.Answer.Samples).ShouldBe((true, true, 12), learnt.Answer.Message);
        library.Load("ana").ShouldNotBeNull();
        Stored().Network.ShouldBe(Network);
    }

    [Fact]
    public async Task A_profile_of_another_encoder_is_refused_with_the_reason_and_stays_as_it_is()
    {
        await Learn(Library(Network with { Weights = "other", Encoder = "other" }), [.. Episode("a", 1, 6), .. Episode("b", 3, 6)]);
        var library = Library(Network);
        foreach (var refused in new[]
        {
            Should.Throw<ProfileException>(() => library.CheckLearnable("ana")),
            await Should.ThrowAsync<ProfileException>(() => Learn(library, Episode("c", 1, 6))),
        })
        {
            (refused.Error, refused.CanRetrain).ShouldBe((ProfileError.OtherWeights, false));
            refused.Message.ShouldContain("mean nothing to these weights");
        }

        (Stored().Samples.Length, Stored().Network.Encoder).ShouldBe((12, "other"));
    }

    [Fact]
    public async Task Nothing_is_added_to_a_profile_of_a_newer_version()
    {
        var library = Library(Network);
        await Learn(library, Episode("a", 1, 6));
        var file = Directory.GetFiles(_folder, "*.safetensors", SearchOption.AllDirectories).ShouldHaveSingleItem();
        new WeightSet(WeightSet.Load(file).Tensors, new Dictionary<string, string> { ["format"] = "9" }).Save(file);
        Should.Throw<ProfileException>(() => library.CheckLearnable("ana")).Error.ShouldBe(ProfileError.NewerVersion);
        (await Should.ThrowAsync<ProfileException>(() => Learn(library, Episode("b", 3, 6)))).Error.ShouldBe(ProfileError.NewerVersion);
        library.Contains("ana").ShouldBeTrue();
        Directory.GetFiles(_folder, "*.safetensors", SearchOption.AllDirectories).ShouldBe([file]);
        library.Forget("ana");
        library.Contains("ana").ShouldBeFalse();
    }

    [Fact]
    public async Task Of_too_many_samples_the_oldest_episodes_keep_fewer_evenly_spread_and_no_episode_is_lost()
    {
        ProfileSample[] samples = [.. Episode("a", 1, 12), .. Episode("b", 3, 12), .. Episode("c", 1, 12)];
        await Learn(Library(Network), samples, Options with { MaxSamples = 20 });
        var kept = Stored().Samples;
        kept.CountBy(s => s.Episode).ToDictionary().ShouldBe(new Dictionary<string, int> { ["a"] = 2, ["b"] = 6, ["c"] = 12 }, ignoreOrder: true);
        kept.Where(s => s.Episode == "b").Select(s => s.Stamp).ShouldBe([0, 2, 4, 6, 8, 10]);
    }

    [Fact]
    public async Task Of_too_many_episodes_those_of_what_was_shown_most_go_first()
    {
        // An expression that was shown before all others would be gone if the oldest went.
        ProfileSample[] samples = [.. Enumerable.Range(0, 8).SelectMany(i => Episode($"a{i}", 1, 1)), .. Enumerable.Range(0, 24).SelectMany(i => Episode($"b{i}", 3, 1))];
        await Learn(Library(Network), samples, Options with { MaxSamples = 12 });
        var kept = Stored().Samples;
        kept.Select(s => s.Episode).ShouldBe([.. Enumerable.Range(2, 6).Select(i => $"a{i}"), .. Enumerable.Range(18, 6).Select(i => $"b{i}")]);
    }

    private static ProfileSample[] Episode(string name, int expression, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ProfileSample { Features = [expression, expression - 2, 2], Episode = name, Stamp = i, Expression = expression })];

    private static Task<LearningOutcome> Learn(ProfileLibrary library, IReadOnlyList<ProfileSample> samples, AdaptationOptions? options = null) =>
        library.LearnAsync("ana", samples, options ?? Options, _ => { }, Token);

    private ProfileLibrary Library(NetworkIdentity network) => new(new ProfileStore(_folder, network), network, General, PersonLearningTests.CreateRehearsal(network));

    private Profile Stored() => new ProfileStore(_folder, null).TryLoad("ana").ShouldNotBeNull();
}
