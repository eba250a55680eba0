using System.CommandLine;
using System.Xml.Linq;
using FerRos.Cli.Adaptation;
using FerRos.Training;
using FerRos.Training.Commands;

namespace FerRos.Cli.Tests;

public sealed class AdaptCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Persons_and_expressions_are_found_in_natural_order_by_any_of_their_names()
    {
        Picture("p10", "happy", "2.jpg");
        Picture("p10", "happy", "10.jpg");
        Picture("p10", "happy", "notes.txt");
        Picture("p9", "Sadness", "1.png");
        Picture("p9", "neutral", "readme.md");

        IReadOnlyList<PersonFolder> found = PersonFolder.Find(_folder.Name, [], []);
        found.Select(person => person.Person).ShouldBe(["p9", "p10"]);
        found[0].Pictures.Keys.ShouldBe(["sadness"]);
        found[1].Pictures["happiness"].Select(Path.GetFileName).ShouldBe(["2.jpg", "10.jpg"]);
        PersonFolder.Find(_folder.Name, ["p10"], ["joy"]).ShouldHaveSingleItem().Person.ShouldBe("p10");
    }

    [Fact]
    public void Folders_that_tools_leave_behind_are_nobodys()
    {
        Picture("p1", "happy", "1.jpg");
        Picture(".cache", "happy", "1.jpg");
        Picture("p1", ".ipynb_checkpoints", "1.jpg");
        PersonFolder.Find(_folder.Name, [], []).ShouldHaveSingleItem().Pictures.Keys.ShouldBe(["happiness"]);
    }

    [Theory]
    [InlineData("grin", "p1", "'grin' is not an expression")]
    [InlineData("happy", "p 1", "a letter, then letters")]
    public void A_folder_that_is_neither_person_nor_expression_is_named(string expression, string person, string reason)
    {
        Picture(person, expression, "1.jpg");
        Should.Throw<CommandException>(() => PersonFolder.Find(_folder.Name, [], [])).Message.ShouldContain(reason);
    }

    [Fact]
    public void A_person_without_pictures_is_said_to_have_none()
    {
        Picture("p1", "happy", "1.jpg");
        Should.Throw<CommandException>(() => PersonFolder.Find(_folder.Name, ["p2"], [])).Message.ShouldContain("p2");
        Should.Throw<CommandException>(() => PersonFolder.Find(_folder.Name, [], ["fear"])).Message.ShouldContain("no pictures");
        Should.Throw<CommandException>(() => PersonFolder.Find(Path.Combine(_folder.Name, "nowhere"), [], [])).Message.ShouldContain("no such folder");
    }

    [Fact]
    [Trait("Needs", "shared")]
    public async Task A_person_of_the_data_is_learned_and_their_other_pictures_get_better_or_stay()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FERROS_DATA"))) Assert.Skip("FERROS_DATA, which holds the pictures of persons, is not set.");
        string profiles = Path.Combine(_folder.Name, "profiles");
        (int code, string output, string error) = await RunAsync(
            "adapt", "--data", Path.Combine(Environment.GetEnvironmentVariable("FERROS_DATA")!, "persons"), "--person", "p009", "--class", "happiness", "--class", "neutral", "--class", "anger",
            "--per-class", "5", "--profiles", profiles);
        code.ShouldBe(0, error);
        string[] row = Row(output, "p009");
        row[1].ShouldBe("15");
        double before = Number(row[3]);
        double after = Number(row[4]);
        before.ShouldBeInRange(30, 100);
        after.ShouldBeGreaterThanOrEqualTo(before - 1);
        Directory.EnumerateFiles(profiles, "*", SearchOption.AllDirectories).ShouldNotBeEmpty();
        Directory.EnumerateFiles(profiles, "*", SearchOption.AllDirectories).ShouldAllBe(file => ModeOf(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Theory]
    [InlineData(0, new[] { 0 })]
    [InlineData(1, new[] { 0, 1 })]
    [InlineData(5, new[] { 0, 1, 2, 5 })]
    [InlineData(8, new[] { 0, 1, 2, 5, 8 })]
    [InlineData(1000, new[] { 0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000 })]
    public void A_person_is_measured_after_none_few_and_all_of_the_pictures(int most, int[] counts) => LearningCurve.Counts(most).ShouldBe(counts);

    [Fact]
    public void The_mean_is_that_of_all_persons_everywhere_with_what_there_is_of_each()
    {
        ScoreLine few = new("few", [(0, 0.2), (1, 0.4), (2, 0.4), (3, 0.6)]);
        ScoreLine many = new("many", [(0, 0.4), (1, 0.4), (2, 0.6), (5, 0.8), (10, 1)]);
        LearningCurve.MeanOf([few, many]).Points.Select(point => (point.Count, Math.Round(point.Score, 9)))
            .ShouldBe([(0, 0.3), (1, 0.4), (2, 0.5), (5, 0.7), (10, 0.8)]);
        Lines(XDocument.Parse(LearningCurve.Plot("network", [few]))).Keys.ShouldBe(["few"]);
    }

    [Fact]
    public async Task A_plot_that_could_not_be_written_is_refused_before_anything_is_learned()
    {
        Picture("p1", "happy", "1.jpg");
        string profiles = Path.Combine(_folder.Name, "profiles");
        foreach ((string file, string reason) in new[] { (_folder["nowhere/plot.svg"], "there is no folder"), (_folder.Name, "this is a folder") })
        {
            (int code, string output, string error) = await RunAsync("adapt", "--data", _folder.Name, "--person", "p1", "--profiles", profiles, "--plot", file);
            (code, output).ShouldBe((ExitCodes.Usage, ""));
            error.ShouldStartWith($"ferros adapt: --plot {file}: ");
            error.ShouldContain(reason);
            error.Trim().ShouldNotContain('\n');
        }

        Directory.Exists(profiles).ShouldBeFalse();
    }

    [Fact]
    [Trait("Needs", "shared")]
    public async Task The_plot_goes_from_the_score_before_to_the_score_after_for_each_person_and_the_rest_stays_as_without()
    {
        string[] people = ["p009", "p010"];
        CopyOfPersons(people, 10);
        string plot = _folder["plot.svg"];
        string[] arguments = ["adapt", "--data", _folder["persons"], "--model", "affwild2-frame-joint-shunting", "--per-class", "5", "--profiles", _folder["profiles"], "--dry-run"];
        (int code, string without, string error) = await RunAsync(arguments);
        code.ShouldBe(0, error);
        File.Exists(plot).ShouldBeFalse();
        (code, string output, error) = await RunAsync([.. arguments, "--plot", plot]);
        code.ShouldBe(0, error);
        output.ShouldBe($"{without}the plot is {plot}\n");
        Directory.Exists(_folder["profiles"]).ShouldBeFalse();

        Dictionary<string, double[]> lines = Lines(XDocument.Load(plot));
        lines.Keys.ShouldBe([.. people, LearningCurve.Mean]);
        foreach ((string name, double[] scores) in lines)
        {
            // Learned, tested, before, after, change: per cent with one digit, and the plot's coordinates have one, too.
            string[] row = Row(output, name);
            scores.Length.ShouldBe(4, "0, 1, 2 and 5 pictures");
            scores[0].ShouldBe(Number(row[3]) / 100, 0.002);
            scores[^1].ShouldBe(Number(row[4]) / 100, 0.002);
        }

        for (int i = 0; i < 4; i++) lines[LearningCurve.Mean][i].ShouldBe(people.Average(person => lines[person][i]), 0.002);
        lines.Values.Any(static scores => Math.Abs(scores[^1] - scores[0]) > 0.01).ShouldBeTrue("somebody changes");
    }

    [Fact]
    [Trait("Needs", "shared")]
    public async Task A_person_who_has_a_profile_is_not_learned_twice_unless_that_is_asked_for()
    {
        CopyOfPersons(["p009"], 2);
        string[] arguments = ["adapt", "--data", _folder["persons"], "--model", "affwild2-frame-joint-shunting", "--profiles", _folder["profiles"]];
        (await RunAsync(arguments)).Code.ShouldBe(0);
        string[] stored = Directory.GetFiles(_folder["profiles/p009"]);
        (int code, string output, string error) = await RunAsync(arguments);
        (code, output).ShouldBe((ExitCodes.Usage, ""));
        error.ShouldStartWith("ferros adapt: there are profiles of p009 already");
        Directory.GetFiles(_folder["profiles/p009"]).ShouldBe(stored, ignoreOrder: true);
        (await RunAsync([.. arguments, "--dry-run"])).Code.ShouldBe(0);
        (code, output, error) = await RunAsync([.. arguments, "--add"]);
        code.ShouldBe(0, error);
        output.ShouldContain("Learnt from 4 samples");
    }

    [Fact]
    [Trait("Needs", "shared")]
    public async Task A_person_without_a_usable_picture_is_left_out_and_the_others_are_learned()
    {
        CopyOfPersons(["p009"], 2);
        Directory.CreateDirectory(_folder["persons/p001/happiness"]);
        await File.WriteAllTextAsync(_folder["persons/p001/happiness/1.jpg"], "no picture", TestContext.Current.CancellationToken);
        string[] arguments = ["adapt", "--data", _folder["persons"], "--model", "affwild2-frame-joint-shunting", "--dry-run"];
        (int code, string output, string error) = await RunAsync(arguments);
        code.ShouldBe(0, error);
        Row(output, "p009")[1].ShouldBe("2");
        error.ShouldBe(
            $"ferros adapt: {_folder["persons/p001/happiness/1.jpg"]}: not a picture, or damaged; left out\nferros adapt: p001: no picture can be learned from; left out\n");
        (await RunAsync([.. arguments, "--person", "p001"])).Code.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    [Trait("Needs", "shared")]
    public async Task A_picture_that_is_not_good_enough_is_told_with_the_reason_alone()
    {
        if (Environment.GetEnvironmentVariable("FERROS_DATA") is not { Length: > 0 } data) Assert.Skip("FERROS_DATA, which holds the pictures of persons, is not set.");
        else
        {
            Directory.CreateDirectory(_folder["persons/p000/neutral"]);
            foreach (string name in new[] { "0003.jpg", "0179.jpg" })
                File.Copy(Path.Combine(data, "persons", "p000", "neutral", name), _folder[$"persons/p000/neutral/{name}"]);
            (int code, _, string error) = await RunAsync("adapt", "--data", _folder["persons"], "--per-class", "2", "--dry-run");
            (code, error).ShouldBe((0, $"ferros adapt: {_folder["persons/p000/neutral/0179.jpg"]}: turned aside; left out\n"));
        }
    }

    [Fact]
    [Trait("Needs", "shared")]
    public async Task Where_every_picture_is_learned_from_there_is_nothing_to_plot()
    {
        CopyOfPersons(["p009"], 2);
        (int code, string output, string error) = await RunAsync(
            "adapt", "--data", _folder["persons"], "--model", "affwild2-frame-joint-shunting", "--per-class", "5", "--dry-run", "--plot", _folder["plot.svg"]);
        code.ShouldBe(ExitCodes.Usage);
        output.ShouldContain("p009");
        error.ShouldContain("no picture is left to measure with");
        File.Exists(_folder["plot.svg"]).ShouldBeFalse();
    }

    /// <summary>The scores of a plot's lines, read off its scale.</summary>
    private static Dictionary<string, double[]> Lines(XDocument plot)
    {
        (double Value, double Y)[] scale =
        [
            .. from text in plot.Descendants()
               where text.Name.LocalName == "text" && text.Attribute("text-anchor")!.Value == "end"
               select (Number(text.Value), Number(text.Attribute("y")!.Value) - 4),
        ];
        (double low, double bottom) = scale.MinBy(tick => tick.Value);
        (double high, double top) = scale.MaxBy(tick => tick.Value);
        return plot.Descendants().Where(line => line.Name.LocalName == "polyline" && line.HasElements).ToDictionary(
            line => line.Elements().Single().Value,
            line => line.Attribute("points")!.Value.Split(' ').Select(point => low + ((high - low) * (bottom - Number(point.Split(',')[1])) / (bottom - top))).ToArray());
    }

    private static string[] Row(string output, string name) =>
        output.Split('\n').First(line => line.TrimStart().StartsWith(name + " ", StringComparison.Ordinal) && line.Contains('%', StringComparison.Ordinal))
            .Split([' ', '%'], StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Copies the first pictures of two expressions of some persons.</summary>
    private void CopyOfPersons(string[] people, int count)
    {
        if (Environment.GetEnvironmentVariable("FERROS_DATA") is not { Length: > 0 } data) Assert.Skip("FERROS_DATA, which holds the pictures of persons, is not set.");
        else
        {
            foreach (string expression in people.SelectMany(_ => new[] { "happiness", "neutral" }, (person, name) => Path.Combine("persons", person, name)))
            {
                Directory.CreateDirectory(_folder[expression]);
                foreach (string file in Directory.GetFiles(Path.Combine(data, expression)).Order(StringComparer.Ordinal).Take(count))
                    File.Copy(file, Path.Combine(_folder[expression], Path.GetFileName(file)));
            }
        }
    }

    private static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(file);

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await new RootCommand { AdaptCommand.Create() }.Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private void Picture(string person, string expression, string name)
    {
        string folder = Path.Combine(_folder.Name, person, expression);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name), "");
    }
}
