using System.CommandLine;
using FerRos.Cli.Adaptation;

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
        string[] row = output.Split('\n').First(line => line.TrimStart().StartsWith("p009 ", StringComparison.Ordinal) && line.Contains('%', StringComparison.Ordinal))
            .Split([' ', '%'], StringSplitOptions.RemoveEmptyEntries);
        row[1].ShouldBe("15");
        double before = double.Parse(row[3], System.Globalization.CultureInfo.InvariantCulture);
        double after = double.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture);
        before.ShouldBeInRange(30, 100);
        after.ShouldBeGreaterThanOrEqualTo(before - 1);
        Directory.EnumerateFiles(profiles, "*", SearchOption.AllDirectories).ShouldNotBeEmpty();
        Directory.EnumerateFiles(profiles, "*", SearchOption.AllDirectories).ShouldAllBe(file => ModeOf(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
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
