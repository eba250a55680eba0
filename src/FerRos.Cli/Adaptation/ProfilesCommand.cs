using System.CommandLine;
using System.Globalization;
using FerRos.Networks;
using FerRos.Node;
using FerRos.Perception;
using FerRos.Training.Commands;
using Spectre.Console;
using Profile = FerRos.Perception.Profile;

namespace FerRos.Cli.Adaptation;

/// <summary><c>ferros profiles</c>: what is stored of persons, and the way to take it along or to remove it.</summary>
internal static class ProfilesCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Command command = new("profiles", """
            Look at the profiles of persons, copy them to another robot, and forget them.

            A node that runs keeps a bound person's layer in memory: while it does, its services list_persons and
            forget_person are the ones to ask. What a profile holds: docs/privacy.md.
            """);
        command.Add(CreateList());
        command.Add(CreateShow());
        command.Add(CreateExport());
        command.Add(CreateImport());
        command.Add(CreateForget());
        return command;
    }

    private static Command CreateList()
    {
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("list", "List the persons of whom something is stored") { profiles };
        command.SetGuardedAction((parsed, _) => Done(List(Open(parsed.GetValue(profiles)!), parsed.InvocationConfiguration.Output)));
        return command;
    }

    private static Command CreateShow()
    {
        Argument<string> person = PersonArgument();
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("show", "Show what is stored of a person") { person, profiles };
        command.SetGuardedAction((parsed, _) => Done(Show(Open(parsed.GetValue(profiles)!), parsed.GetValue(person)!, parsed.InvocationConfiguration.Output)));
        return command;
    }

    private static Command CreateExport()
    {
        Argument<string> person = PersonArgument();
        Argument<string> file = new("file") { Description = "File to write; only its owner may read it", HelpName = "FILE" };
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("export", "Write everything that is stored of a person to one file, for another robot or for the person") { person, file, profiles };
        command.SetGuardedAction((parsed, _) =>
        {
            Open(parsed.GetValue(profiles)!).Export(parsed.GetValue(person)!, parsed.GetValue(file)!);
            parsed.InvocationConfiguration.Output.WriteLine($"{parsed.GetValue(person)} is in {parsed.GetValue(file)}: biometric data, keep it as such");
            return Done(ExitCodes.Success);
        });
        return command;
    }

    private static Command CreateImport()
    {
        Argument<string> file = new("file") { Description = "What export wrote", HelpName = "FILE" };
        Option<string?> person = new("--as") { Description = "Id of the person here; left out: the one in the file", HelpName = "PERSON" };
        Option<bool> replace = new("--replace") { Description = "Take the place of a profile that the person has here; it can be undone" };
        Option<string> model = new("--model") { Description = "The network that runs here, whose weights the profile must be of", DefaultValueFactory = static _ => AffectNode.DefaultModel };
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("import", "Take in a profile that another robot exported") { file, person, replace, model, profiles };
        command.SetGuardedAction((parsed, _) =>
        {
            NetworkIdentity network = NetworkIdentity.Of(ModelDirectory.Default().Load(parsed.GetValue(model)!));
            Profile profile = new ProfileStore(Folder(parsed.GetValue(profiles)!), network).Import(parsed.GetValue(file)!, parsed.GetValue(person), parsed.GetValue(replace));
            parsed.InvocationConfiguration.Output.WriteLine($"{profile.PersonId}: {Describe(profile)}");
            return Done(ExitCodes.Success);
        });
        return command;
    }

    private static Command CreateForget()
    {
        Argument<string> person = PersonArgument();
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("forget", "Remove every trace of a person") { person, profiles };
        command.SetGuardedAction((parsed, _) =>
        {
            Open(parsed.GetValue(profiles)!).Forget(parsed.GetValue(person)!);
            parsed.InvocationConfiguration.Output.WriteLine($"{parsed.GetValue(person)} is forgotten");
            return Done(ExitCodes.Success);
        });
        return command;
    }

    private static int List(ProfileStore store, TextWriter output)
    {
        var persons = store.List();
        if (persons.IsEmpty)
        {
            output.WriteLine($"nobody is stored in {store.Path}");
            return ExitCodes.Success;
        }

        Table table = new() { Border = TableBorder.Simple };
        foreach (string column in new[] { "person", "samples", "expressions", "adapted", "network" }) table.AddColumn(column);
        table.Columns[1].RightAligned();
        foreach (StoredPerson person in persons)
        {
            if (person.Profile is { } profile)
                table.AddRow(person.PersonId, Number(profile.Samples.Length), string.Join(", ", profile.Expressions), Date(profile.Adapted), Markup.Escape(profile.Network.Network));
            else
                table.AddRow(person.PersonId, "", "", "", Markup.Escape(person.Problem?.Message ?? ""));
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors }).Write(table);
        return ExitCodes.Success;
    }

    private static int Show(ProfileStore store, string person, TextWriter output)
    {
        Profile profile = store.TryLoadAny(person) ?? throw new CommandException($"there is no profile of '{person}' in {store.Path}");
        Line("person", profile.PersonId);
        Line("state", Describe(profile));
        Line("version", Number(profile.Version));
        Line("begun", Date(profile.Created));
        Line("changed", Date(profile.Changed));
        Line("adapted", Date(profile.Adapted));
        Line("network", profile.Network.Network);
        Line("weights", profile.Network.Weights);
        foreach (var episode in profile.Samples.GroupBy(static sample => sample.Episode))
        {
            ProfileSample first = episode.First();
            List<string> labels = [];
            if (first.Expression >= 0) labels.Add(profile.Network.Classes[first.Expression]);
            if (!float.IsNaN(first.Arousal)) labels.Add(string.Create(CultureInfo.InvariantCulture, $"arousal {first.Arousal:+0.00;-0.00;0}"));
            if (!float.IsNaN(first.Valence)) labels.Add(string.Create(CultureInfo.InvariantCulture, $"valence {first.Valence:+0.00;-0.00;0}"));
            Line("episode", $"{episode.Count()} frames of {profile.Network.FeatureLength} values: {string.Join(", ", labels)}");
        }

        if (!float.IsNaN(profile.Scores.AccuracyAfter))
            Line("held back", string.Create(CultureInfo.InvariantCulture, $"balanced accuracy {profile.Scores.AccuracyBefore:P0} before, {profile.Scores.AccuracyAfter:P0} after"));
        if (!profile.ClassWeights.IsEmpty)
            Line("prior", string.Join(", ", profile.Network.Classes.Zip(profile.ClassWeights, static (name, weight) => string.Create(CultureInfo.InvariantCulture, $"{name} {weight:0.00}"))));
        return ExitCodes.Success;

        void Line(string name, string value)
        {
            if (value.Length > 0) output.WriteLine($"{name,-10} {value}");
        }
    }

    private static string Describe(Profile profile) =>
        $"{profile.Samples.Length} labelled frames{(profile.IsActive ? ", a layer of their own" : ", no layer of their own")}";

    private static ProfileStore Open(string directory) => new(Folder(directory), network: null);

    private static string Folder(string directory) => new LearningOptions(directory, Enabled: false, new AdaptationOptions()).ProfileDirectory;

    private static Argument<string> PersonArgument() => new("person") { Description = "Id of the person", HelpName = "PERSON" };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Date(DateTimeOffset? date) => date is { } value ? value.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "";

    private static Task<int> Done(int code) => Task.FromResult(code);
}
