using System.CommandLine;
using FerRos.Cli.Adaptation;
using FerRos.Networks;
using FerRos.Perception;

namespace FerRos.Cli.Tests;

public sealed class ProfilesCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly NetworkIdentity _network = NetworkIdentity.Of(ModelDirectory.Default().Load(AffectNetworks.Default));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_stored_is_listed_shown_taken_along_and_forgotten()
    {
        Store("p7", _network);
        (await RunAsync("list")).Output.ShouldContain("p7");
        (_, string shown, _) = await RunAsync("show", "p7");
        shown.ShouldContain($"2 frames of {_network.FeatureLength} values: happiness");
        shown.ShouldContain($"1 frame of {_network.FeatureLength} values: arousal +0.50, valence -0.25");
        shown.ShouldContain("no layer of their own");

        (await RunAsync("export", "p7", _folder["p7.ferros"])).Code.ShouldBe(0);
        ModeOf(_folder["p7.ferros"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await RunAsync("forget", "p7")).Output.ShouldContain("forgotten");
        (await RunAsync("list")).Output.ShouldBe($"nobody is stored in {_folder["profiles"]}\n");
        (await RunAsync("show", "p7")).Code.ShouldBe(2);

        (await RunAsync("import", _folder["p7.ferros"], "--as", "p8")).Output.ShouldContain("p8: 3 labelled frames");
        (await RunAsync("show", "p8")).Output.ShouldContain($"2 frames of {_network.FeatureLength} values: happiness");
        (int again, _, string error) = await RunAsync("import", _folder["p7.ferros"], "--as", "p8");
        (again, error.Contains("already", StringComparison.Ordinal)).ShouldBe((2, true), error);
        (await RunAsync("import", _folder["p7.ferros"], "--as", "p8", "--replace")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Pictures_with_the_same_label_share_a_line_and_the_list_fits_into_a_terminal()
    {
        Store("p7", _network);
        ProfileStore store = new(_folder["profiles"], _network);
        Profile profile = store.TryLoad("p7")!;
        ProfileSample look = profile.Samples[0];
        string[] expressions = ["neutral", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];
        store.Save(profile.Add(
            [.. expressions.SelectMany((name, i) => Enumerable.Range(0, 3).Select(j => look with { Episode = $"{name}{j}", Expression = _network.Classes.IndexOf(name), Stamp = (10 * i) + j }))],
            DateTimeOffset.UtcNow));

        string shown = (await RunAsync("show", "p7")).Output;
        shown.ShouldContain($"episodes   3 of 1 frame of {_network.FeatureLength} values: surprise\n");
        shown.ShouldContain("version    2; 1 older one to undo to\n");
        string[] lines = (await RunAsync("list")).Output.Split('\n');
        lines.ShouldContain($"network: {_network.Network}");
        lines.Where(line => !line.StartsWith("folder: ", StringComparison.Ordinal)).ShouldAllBe(line => line.Length <= 80);
    }

    [Fact]
    public async Task Undo_takes_back_as_many_changes_as_are_asked_for()
    {
        Store("p7", _network);
        Store("p7", _network);
        Store("p7", _network);
        (await RunAsync("undo", "p7", "--steps", "0")).Error.ShouldBe("ferros profiles undo: --steps 0: 1 to 1000\n");
        (int code, string output, _) = await RunAsync("undo", "p7", "--steps", "2");
        (code, output).ShouldSatisfyAllConditions(run => run.code.ShouldBe(0), run => run.output.ShouldEndWith("3 labelled frames, no layer of their own\n"));
        (await RunAsync("undo", "p7")).Error.ShouldBe("ferros profiles undo: There is nothing to undo: the profile of 'p7' has no older version.\n");
    }

    [Fact]
    public async Task A_damaged_file_is_told_when_it_is_set_aside()
    {
        Store("p7", _network);
        await File.WriteAllTextAsync(_folder["profiles/p7/000002.safetensors"], "nothing", TestContext.Current.CancellationToken);
        (int code, _, string error) = await RunAsync("show", "p7");
        code.ShouldBe(0);
        error.ShouldContain(_folder["profiles/p7/damaged/000002.safetensors"]);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_not_called_empty() => (await RunAsync("list")).Output.ShouldBe($"nobody is stored: there is no folder {_folder["profiles"]}\n");

    [Fact]
    public async Task A_profile_of_other_weights_is_not_taken_in()
    {
        Store("p7", _network with { Weights = new string('a', 64), Encoder = new string('b', 64) });
        (await RunAsync("export", "p7", _folder["p7.ferros"])).Code.ShouldBe(0);
        (int code, _, string error) = await RunAsync("import", _folder["p7.ferros"], "--as", "p8");
        (code, error.Contains("other weights", StringComparison.Ordinal)).ShouldBe((2, true), error);
    }

    [Theory]
    [InlineData("show nobody", "nobody")]
    [InlineData("forget nobody", "nobody")]
    [InlineData("forget ../p7", "../p7")]
    [InlineData("import nowhere.ferros", "nowhere.ferros")]
    public async Task What_is_not_there_is_said_in_one_line(string arguments, string expected)
    {
        (int code, _, string error) = await RunAsync(arguments.Split(' '));
        code.ShouldBe(2);
        error.ShouldStartWith($"ferros profiles {arguments.Split(' ')[0]}: ");
        error.ShouldContain(expected);
        error.TrimEnd().ShouldNotContain("\n");
    }

    private static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(file);

    private void Store(string person, NetworkIdentity network)
    {
        ProfileSample sample = new() { Features = [.. new float[network.FeatureLength]], Episode = "a", Stamp = 1, Expression = network.Classes.IndexOf("happiness") };
        Profile profile = Profile.Create(person, network, DateTimeOffset.UtcNow).Add(
            [sample, sample with { Stamp = 2 }, sample with { Episode = "b", Stamp = 3, Expression = -1, Arousal = 0.5f, Valence = -0.25f }], DateTimeOffset.UtcNow);
        new ProfileStore(Path.Combine(_folder.Name, "profiles"), network).Save(profile);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await new RootCommand { ProfilesCommand.Create() }.Parse(["profiles", .. arguments, "--profiles", Path.Combine(_folder.Name, "profiles")]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
