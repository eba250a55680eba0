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

            Example: ferros profiles list
            Example: ferros profiles export p7 p7.ferros
            Example: ferros profiles import p7.ferros --as guest7

            A node that runs keeps a bound person's layer in memory: while it does, its services list_persons,
            undo_adaptation and forget_person are the ones to ask. What a profile holds: docs/privacy.md.
            """);
        command.Add(CreateList());
        command.Add(CreateShow());
        command.Add(CreateExport());
        command.Add(CreateImport());
        command.Add(CreateUndo());
        command.Add(CreateForget());
        return command;
    }

    private static Command CreateList()
    {
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("list", "List the persons of whom something is stored") { profiles };
        command.SetGuardedAction((parsed, _) => Done(List(Open(parsed, profiles), parsed.InvocationConfiguration.Output)));
        return command;
    }

    private static Command CreateShow()
    {
        Argument<string> person = PersonArgument();
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("show", "Show what is stored of a person") { person, profiles };
        command.SetGuardedAction((parsed, _) => Done(Show(Open(parsed, profiles), parsed.GetValue(person)!, parsed.InvocationConfiguration.Output)));
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
            Open(parsed, profiles).Export(parsed.GetValue(person)!, parsed.GetValue(file)!);
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
        Option<string> model = new("--model") { Description = "The network that runs here, whose weights the profile must be of", HelpName = "NAME", DefaultValueFactory = static _ => AffectNode.DefaultModel };
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("import", "Take in a profile that another robot exported") { file, person, replace, model, profiles };
        command.SetGuardedAction((parsed, _) =>
        {
            NetworkIdentity network = NetworkIdentity.Of(ModelDirectory.Default().Load(parsed.GetValue(model)!));
            Profile profile = new ProfileStore(Folder(parsed.GetValue(profiles)!), network) { Warning = warning => parsed.InvocationConfiguration.Error.WriteLine(warning) }.Import(parsed.GetValue(file)!, parsed.GetValue(person), parsed.GetValue(replace));
            parsed.InvocationConfiguration.Output.WriteLine($"{profile.PersonId}: {Describe(profile)}");
            return Done(ExitCodes.Success);
        });
        return command;
    }

    private static Command CreateUndo()
    {
        Argument<string> person = PersonArgument();
        Option<int> steps = new("--steps") { Description = "How many changes to take back, 1 to 1000; show says how many can be", HelpName = "N", DefaultValueFactory = static _ => 1 };
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("undo", "Take back the last change of a profile: training, frames that were added, or an import with --replace") { person, steps, profiles };
        command.SetGuardedAction((parsed, _) =>
        {
            int wanted = parsed.GetValue(steps);
            if (wanted is < 1 or > 1000) throw new CommandException($"--steps {wanted}: 1 to 1000");
            Profile profile = Open(parsed, profiles).Undo(parsed.GetValue(person)!, wanted);
            parsed.InvocationConfiguration.Output.WriteLine($"{profile.PersonId} is as of {Time(profile.Changed)}: {Describe(profile)}");
            return Done(ExitCodes.Success);
        });
        return command;
    }

    private static Command CreateForget()
    {
        Argument<string> person = PersonArgument();
        Option<string> profiles = ProfilesOption.Create();
        Command command = new("forget", "Remove everything that is stored of a person, older versions included") { person, profiles };
        command.SetGuardedAction((parsed, _) =>
        {
            Open(parsed, profiles).Forget(parsed.GetValue(person)!);
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{parsed.GetValue(person)} is forgotten. A node that runs and has them in view uses their layer until they leave, unless its service forget_person is called.");
            return Done(ExitCodes.Success);
        });
        return command;
    }

    private static int List(ProfileStore store, TextWriter output)
    {
        var persons = store.List();
        if (persons.IsEmpty)
        {
            output.WriteLine(Directory.Exists(store.Path) ? $"nobody is stored in {store.Path}" : $"nobody is stored: there is no folder {store.Path}");
            return ExitCodes.Success;
        }

        // Nearly always there is one network: its long name then stands below the table, which fits into 80 columns so.
        string[] networks = [.. persons.Select(static person => person.Profile?.Network.Network).OfType<string>().Distinct()];
        Table table = new() { Border = TableBorder.Simple };
        foreach (string column in new[] { "person", "samples", "expressions", "begun", "adapted" }) table.AddColumn(column);
        table.Columns[1].RightAligned();
        foreach (int column in new[] { 0, 3, 4 }) table.Columns[column].NoWrap();
        if (networks.Length > 1) table.AddColumn("network");
        foreach (StoredPerson person in persons.Where(static person => person.Profile is not null))
        {
            Profile profile = person.Profile!;
            List<string> row = [person.PersonId, Number(profile.Samples.Length), string.Join(", ", profile.Expressions), Day(profile.Created), Day(profile.Adapted)];
            if (networks.Length > 1) row.Add(Markup.Escape(profile.Network.Network));
            table.AddRow([.. row]);
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors }).Write(table);
        if (networks.Length == 1) output.WriteLine($"network: {networks[0]}");
        foreach (StoredPerson person in persons.Where(static person => person.Problem is not null))
            output.WriteLine($"{person.PersonId} cannot be read: {person.Problem!.Message}");
        output.WriteLine($"folder: {store.Path}");
        return ExitCodes.Success;
    }

    private static int Show(ProfileStore store, string person, TextWriter output)
    {
        Profile profile = store.TryLoadAny(person) ?? throw new CommandException($"there is no profile of '{person}' in {store.Path}");
        Line("person", profile.PersonId);
        Line("state", Describe(profile));
        Line("version", $"{Number(profile.Version)}; {Count(store.UndoSteps(person), "older one", "older ones")} to undo to");
        Line("begun", Time(profile.Created));
        Line("changed", Time(profile.Changed));
        Line("adapted", Time(profile.Adapted));
        Line("network", profile.Network.Network);
        Line("weights", profile.Network.Weights);
        // Pictures that were learned offline are an episode each: alike ones share a line.
        string[] episodes = [.. profile.Samples.GroupBy(static sample => sample.Episode).Select(episode => DescribeEpisode(profile, [.. episode]))];
        foreach ((string episode, int count) in episodes.CountBy(static episode => episode))
            Line(count == 1 ? "episode" : "episodes", count == 1 ? episode : $"{Number(count)} of {episode}");
        if (!float.IsNaN(profile.Scores.AccuracyAfter))
            Line("held back", string.Create(CultureInfo.InvariantCulture, $"balanced accuracy {profile.Scores.AccuracyBefore:P0} before, {profile.Scores.AccuracyAfter:P0} after"));
        if (!profile.ClassWeights.IsEmpty)
            Line("prior", string.Join(", ", profile.Network.Classes.Zip(profile.ClassWeights, static (name, weight) => string.Create(CultureInfo.InvariantCulture, $"{name} {weight:0.00}"))));
        Line("folder", Path.Combine(store.Path, profile.PersonId));
        return ExitCodes.Success;

        void Line(string name, string value)
        {
            if (value.Length > 0) output.WriteLine($"{name,-10} {value}");
        }
    }

    private static string DescribeEpisode(Profile profile, ProfileSample[] episode)
    {
        ProfileSample first = episode[0];
        List<string> labels = [];
        if (first.Expression >= 0) labels.Add(profile.Network.Classes[first.Expression]);
        if (!float.IsNaN(first.Arousal)) labels.Add(string.Create(CultureInfo.InvariantCulture, $"arousal {first.Arousal:+0.00;-0.00;0}"));
        if (!float.IsNaN(first.Valence)) labels.Add(string.Create(CultureInfo.InvariantCulture, $"valence {first.Valence:+0.00;-0.00;0}"));
        return $"{Count(episode.Length, "frame", "frames")} of {profile.Network.FeatureLength} values: {string.Join(", ", labels)}";
    }

    private static string Describe(Profile profile) =>
        $"{Count(profile.Samples.Length, "labelled frame", "labelled frames")}{(profile.IsActive ? ", a layer of their own" : ", no layer of their own")}";

    private static ProfileStore Open(ParseResult parsed, Option<string> profiles) =>
        new(Folder(parsed.GetValue(profiles)!), network: null) { Warning = warning => parsed.InvocationConfiguration.Error.WriteLine(warning) };

    private static string Folder(string directory) => new LearningOptions(directory, Enabled: false, new AdaptationOptions()).ProfileDirectory;

    private static Argument<string> PersonArgument() => new("person") { Description = "Id of the person", HelpName = "PERSON" };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Count(int value, string one, string many) => $"{Number(value)} {(value == 1 ? one : many)}";

    private static string Day(DateTimeOffset? date) => date is { } value ? value.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";

    /// <summary>With the offset from UTC: a profile may come from a robot elsewhere.</summary>
    private static string Time(DateTimeOffset? date) => date is { } value ? value.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture) : "";

    private static Task<int> Done(int code) => Task.FromResult(code);
}
