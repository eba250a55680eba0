using FerRos.Networks;
using FerRos.Networks.Tests;
using FerRos.Perception;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

/// <summary><c>ferros rehearsal</c> as a user runs it: what it writes, and where.</summary>
public sealed class RehearsalCommandTests : IDisposable
{
    private const string Name = "mine";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_set_lies_beside_the_weights_that_were_named_balanced_and_weighed_as_faces_occur()
    {
        var model = Weights();
        Pictures(("happiness", 30), ("neutral", 12), ("sadness", 2));
        var output = await Run("--count", "12");
        output.ShouldContain($"wrote {_folder[$"{Name}.rehearsal.safetensors"]}");

        var set = RehearsalSet.TryLoad(_folder.Path, Name, NetworkIdentity.Of(model)).ShouldNotBeNull();
        set.FeatureLength.ShouldBe(500);
        // One picture in ten is held back, by its name: it must never be rehearsed.
        int Kept(string expression) => Directory.GetFiles(_folder[$"faces/{expression}"]).Count(f => FaceDataset.Hash(Path.GetFileName(f)) % 10 != 0);
        var classes = model.Card.Classes;
        (int Label, int Kept)[] kept = [.. new[] { "happiness", "neutral", "sadness" }.Select(e => (classes.IndexOf(e), Kept(e)))];
        var counts = Enumerable.Range(0, set.Count).CountBy(set.Label).ToDictionary();
        foreach (var (label, of) in kept)
            counts[label].ShouldBe(Math.Min(of, 5), classes[label]);

        // Each class's weights sum to its share of all faces.
        foreach (var (label, of) in kept)
        {
            var sum = Enumerable.Range(0, set.Count).Where(i => set.Label(i) == label).Sum(i => (double)set.Weight(i));
            (sum / Enumerable.Range(0, set.Count).Sum(i => (double)set.Weight(i))).ShouldBe((double)of / kept.Sum(k => k.Kept), 1e-3, classes[label]);
        }

        new ModelDirectory(_folder.Path).Load(Name).Card.Rehearsal.ShouldBe($"{Name}.rehearsal.safetensors");
    }

    [Fact]
    public async Task The_same_faces_give_the_same_file()
    {
        Weights();
        Pictures(("happiness", 6), ("neutral", 6));
        await Run();
        var once = await File.ReadAllBytesAsync(_folder[$"{Name}.rehearsal.safetensors"], TestContext.Current.CancellationToken);
        await Run();
        (await File.ReadAllBytesAsync(_folder[$"{Name}.rehearsal.safetensors"], TestContext.Current.CancellationToken)).ShouldBe(once);
    }

    [Fact]
    public async Task What_cannot_be_rehearsed_is_said_in_one_line_and_nothing_is_written()
    {
        Weights();
        Pictures(("happiness", 2));
        foreach (var (arguments, message) in new (string[], string)[]
        {
            (["--weights", _folder[$"{Name}.safetensors"], "--data", _folder["nowhere"]], "there is no folder"),
            (["--weights", _folder["gone.safetensors"], "--data", _folder["faces"]], "there is no file"),
            (["--weights", "arch-1", "--data", _folder["faces"]], "'arch-1' has no last layers that adapt"),
        })
        {
            var (code, output) = await CommandLine.Invoke(RehearsalCommand.Create(), arguments);
            code.ShouldBe(ExitCodes.Usage, output);
            output.ShouldStartWith("ferros rehearsal: ");
            output.ShouldContain(message);
            output.Trim().ShouldNotContain('\n');
        }

        Directory.GetFiles(_folder.Path, "*.rehearsal.safetensors").ShouldBeEmpty();
    }

    /// <summary>Weights of a user's own, under a name that no shipped ones have.</summary>
    private Model Weights()
    {
        var shipped = ModelDirectory.Default().Load("affwild2-frame-joint-shunting");
        var directory = new ModelDirectory(_folder.Path);
        directory.Save(Name, RandomWeights.For(shipped.Network), shipped.Card with { Rehearsal = null });
        return directory.Load(Name);
    }

    private void Pictures(params (string Expression, int Count)[] classes)
    {
        foreach (var (expression, count) in classes)
        {
            for (var i = 0; i < count; i++)
                Faces.WritePicture(_folder[$"faces/{expression}/{expression}{i}.png"], 64, 64, (byte)(40 + (5 * i)));
        }
    }

    private async Task<string> Run(params string[] more)
    {
        var (code, output) = await CommandLine.Invoke(
            RehearsalCommand.Create(), ["--weights", _folder[$"{Name}.safetensors"], "--data", _folder["faces"], .. more]);
        code.ShouldBe(0, output);
        return output;
    }
}
