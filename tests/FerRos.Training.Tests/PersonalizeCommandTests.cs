using System.Text.Json;
using System.Xml.Linq;
using FerRos.Networks;
using FerRos.Networks.Tests;
using FerRos.Perception;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

/// <summary><c>ferros personalize --benchmark</c> as a user runs it.</summary>
public sealed class PersonalizeCommandTests : IDisposable
{
    private const string Frame = "affwild2-frame-joint-shunting";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_cannot_be_measured_is_said_in_one_line()
    {
        Faces.WritePicture(_folder["people/anna/happiness/1.png"], 200, 150, 128);
        File.WriteAllText(_folder["people/anna/happiness/2.png"], "no picture");
        var people = _folder["people"];
        Directory.CreateDirectory(_folder["empty"]);

        await Fails("there is no folder", "--data", _folder["nowhere"], "--weights", Frame);
        await Fails("holds no face in person/class/*.jpg", "--data", people, "--weights", Frame);
        await Fails("holds no face in person/class/*.jpg", "--data", _folder["empty"], "--weights", Frame);
        await Fails("there is no model 'no-such-model'", "--data", people, "--weights", "no-such-model");
        await Fails("there is no file", "--data", people, "--weights", _folder["gone.safetensors"]);
        await Fails("--k 0: 1 or more", "--data", people, "--weights", Frame, "--k", "0");
        await Fails($"--weights names {Frame} more than once", "--data", people, "--weights", "arch-1", Frame, Frame);
    }

    [Fact]
    public async Task Weights_without_layers_that_adapt_are_refused_before_pictures_are_read()
    {
        // The folder does not exist either: that would be told first, were it looked at first.
        await Fails("'arch-1' has no last layers that adapt", "--data", _folder["nowhere"], "--weights", Frame, "arch-1");
        Should.Throw<NetworkException>(() => new SummaryNetwork(ModelDirectory.Default().Load("arch-1"))).Message.ShouldContain("no last layers");
    }

    [Fact]
    public async Task People_who_are_always_the_same_picture_give_nothing_to_test_on()
    {
        var portrait = Path.Combine(SharedFiles.RepositoryRoot, "assets", "astronaut.png");
        foreach (var expression in new[] { "happiness", "neutral" })
        {
            Directory.CreateDirectory(_folder[$"people/anna/{expression}"]);
            for (var i = 0; i < 7; i++)
                File.Copy(portrait, _folder[$"people/anna/{expression}/{i}.png"]);
        }

        Directory.CreateDirectory(_folder["people/anna/smirk"]);
        var (code, output) = await CommandLine.Invoke(
            PersonalizeCommand.Create(), "--benchmark", "--data", _folder["people"], "--weights", Frame, "--k", "1", "--draws", "1", "--only-default", "--no-leave-out");
        code.ShouldBe(2, output);
        output.ShouldContain("14 faces");
        output.ShouldContain("not named after an expression");
        output.ShouldContain("there is no ferplus beside the people");
        output.Trim().Split('\n')[^1].ShouldStartWith("ferros personalize: nobody has two expressions with at least 6 pictures each");
    }

    [Theory]
    [InlineData("--draws", "0", "--draws 0: 1 to 1000")]
    [InlineData("--variant-draws", "1001", "--variant-draws 1001: 1 to 1000")]
    [InlineData("--threads", "0", "--threads 0: 1 to 256")]
    [InlineData("--general", "0", "--general 0: 1 or more")]
    [InlineData("--k", "-1", "--k -1: 1 or more")]
    public Task A_number_out_of_range_is_refused_and_not_bent(string option, string value, string message) => Fails(message, "--data", _folder.Path, option, value);

    [Fact]
    public async Task A_rehearsal_set_is_looked_for_beside_the_weights_that_were_named()
    {
        // The set of other weights has the same name; taken, it would be refused for its encoder.
        var shipped = ModelDirectory.Default();
        var model = shipped.Load(Frame);
        new ModelDirectory(_folder.Path).Save(Frame, RandomWeights.For(model.Network), model.Card);
        Directory.CreateDirectory(_folder["people/anna/happiness"]);
        File.Copy(Path.Combine(SharedFiles.RepositoryRoot, "assets", "astronaut.png"), _folder["people/anna/happiness/1.png"]);
        var (code, output) = await CommandLine.Invoke(PersonalizeCommand.Create(), "--benchmark", "--data", _folder["people"], "--weights", _folder[$"{Frame}.safetensors"]);
        code.ShouldBe(2, output);
        output.ShouldContain($"{Frame} has no rehearsal set");
        output.ShouldContain("nobody has two expressions");
    }

    [Fact]
    [Trait("Needs", "shared")]
    public async Task Two_people_of_the_data_are_measured_and_written()
    {
        var data = Environment.GetEnvironmentVariable("FERROS_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(data) || !Directory.Exists(Path.Combine(data, "persons")), "FERROS_DATA, which holds the pictures of persons, is not set.");
        string[] people = [.. Directory.GetDirectories(Path.Combine(data!, "persons")).Order(StringComparer.Ordinal).Where(p => Enough(p).Length >= 2).Take(2)];
        foreach (var person in people)
        {
            foreach (var labelled in Enough(person))
            {
                var copy = _folder[Path.Combine("people", "persons", Path.GetFileName(person), Path.GetFileName(labelled))];
                Directory.CreateDirectory(copy);
                foreach (var file in Directory.GetFiles(labelled).Order(StringComparer.Ordinal).Take(10))
                    File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }
        }

        var (code, output) = await CommandLine.Invoke(
            PersonalizeCommand.Create(), "--benchmark", "--data", _folder["people"], "--weights", Frame, "--k", "2", "1", "--draws", "2", "--only-default", "--no-leave-out",
            "--out", _folder["out"]);
        code.ShouldBe(0, output);
        output.ShouldContain("| default | 2 | 2 |");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["out/personalization.json"], TestContext.Current.CancellationToken));
        var scores = json.RootElement[0].GetProperty("variants")[0].GetProperty("scores");
        scores[0].GetProperty("k").GetInt32().ShouldBe(1);
        foreach (var person in scores[0].GetProperty("persons").EnumerateArray())
        {
            person.GetProperty("before").GetDouble().ShouldBeInRange(0.2, 1);
            person.GetProperty("after").GetDouble().ShouldBeInRange(0.2, 1);
        }

        var names = people.Select(Path.GetFileName).ToArray();
        XDocument.Load(_folder[$"out/{Frame}.svg"]).Descendants().Where(e => e.Name.LocalName == "title").Select(e => e.Value).Take(2).ShouldBe(names!);
        foreach (var name in names)
            File.ReadAllLines(_folder["out/personalization.md"]).ShouldContain(l => l.StartsWith($"| {name} |", StringComparison.Ordinal));

        static string[] Enough(string person) => [.. Directory.GetDirectories(person).Where(c => Directory.GetFiles(c).Length >= 9).Order(StringComparer.Ordinal)];
    }

    private static async Task Fails(string message, params string[] arguments)
    {
        var (code, output) = await CommandLine.Invoke(PersonalizeCommand.Create(), ["--benchmark", .. arguments]);
        code.ShouldBe(2, output);
        output.ShouldStartWith("ferros personalize: ");
        output.ShouldContain(message);
        output.Trim().ShouldNotContain('\n');
    }
}
