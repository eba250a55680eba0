using System.CommandLine;
using System.Globalization;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Node;
using FerRos.Perception;
using FerRos.Training;
using FerRos.Training.Commands;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace FerRos.Cli.Adaptation;

/// <summary><c>ferros adapt</c>: learns persons from folders of pictures, as the node does from its camera.</summary>
internal static class AdaptCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Option<string> data = new("--data") { Description = "Folder with a folder a person, in it a folder an expression, in it pictures", HelpName = "FOLDER", Required = true };
        Option<string[]> persons = new("--person") { Description = "Take this person only; may be given more than once", HelpName = "PERSON" };
        Option<string[]> classes = new("--class") { Description = "Take this expression only; may be given more than once", HelpName = "EXPRESSION" };
        Option<int> perClass = new("--per-class") { Description = "Pictures of each expression to learn from; the others measure what was gained. 1 to 1000, or 0: half of them", HelpName = "N", DefaultValueFactory = static _ => 0 };
        Option<string> model = new("--model") { Description = "Name of the network in the folder models; one that can adapt", HelpName = "NAME", DefaultValueFactory = static _ => AffectNode.DefaultModel };
        Option<string> profiles = ProfilesOption.Create();
        Option<string> plot = new("--plot") { Description = "Draw the balanced accuracy after the first 0, 1, 2, 5, 10 ... pictures of each expression, a line per person and the mean", HelpName = "FILE.svg" };
        Option<bool> add = new("--add") { Description = "Add the pictures to profiles that are there already; without it a person who has one is refused" };
        Option<bool> dryRun = new("--dry-run") { Description = "Measure only: leave the profiles as they are" };
        Command command = new("adapt", """
            Learn persons from labelled pictures, offline, by the same code as the node: detection, alignment, features,
            adaptation. Prints balanced accuracy on each person's other pictures before and after, and writes the profiles.

            Example: ferros adapt --data study/pictures --person p7 --per-class 5 --plot p7.svg

            The pictures lie in FOLDER/person/expression/*.jpg (or .png). Expressions are neutral, happiness, surprise, sadness,
            anger, disgust, fear and contempt; ROS4HRI's names (happy, sad, ...) are taken, too. In each folder the first
            pictures by name are learned from. To learn someone anew: ferros profiles forget PERSON, then this.
            """)
        {
            data, persons, classes, perClass, model, profiles, plot, add, dryRun,
        };
        command.SetGuardedAction((parsed, cancellationToken) => RunAsync(
            new AdaptFolderOptions
            {
                Data = parsed.GetValue(data)!,
                Persons = parsed.GetValue(persons) ?? [],
                Classes = parsed.GetValue(classes) ?? [],
                PerClass = parsed.GetValue(perClass),
                Model = parsed.GetValue(model)!,
                Profiles = parsed.GetValue(profiles)!,
                Plot = parsed.GetValue(plot),
                Add = parsed.GetValue(add),
                DryRun = parsed.GetValue(dryRun),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AdaptFolderOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        IReadOnlyList<PersonFolder> folders = PersonFolder.Find(options.Data, options.Persons, options.Classes);
        if (options.PerClass is < 0 or > 1000) throw new CommandException($"--per-class {options.PerClass}: 0 to 1000");
        if (options.Plot is { } file) CheckPlot(file);

        // Pictures that are no film have no moment in which a face could be confirmed.
        ModelDirectory models = ModelDirectory.Default();
        Model model = models.Load(options.Model);
        using PerceptionPipeline pipeline = PerceptionPipeline.Load(
            new PerceptionOptions { ConfirmationTime = TimeSpan.Zero }, models, model,
            static loaded => CpuRunner.Create(loaded.Network, loaded.Weights));
        LastLayer general = pipeline.LastLayer ?? throw new CommandException($"--model {options.Model}: this network has no last layer that adapts to a person");
        using ConsoleLoggerFactory loggers = new(error, LogLevel.Warning);
        string? scratch = options.Plot is null ? null : Directory.CreateTempSubdirectory("ferros-adapt-").FullName;
        string directory = options.DryRun ? Directory.CreateTempSubdirectory("ferros-adapt-").FullName : new LearningOptions(options.Profiles, true, new AdaptationOptions()).ProfileDirectory;
        try
        {
            ProfileLibrary library = ProfileLibrary.Open(directory, models, model, general, loggers.CreateLogger("ferros"));
            ProfileLibrary? curves = scratch is null ? null : ProfileLibrary.Open(scratch, models, model, general, NullLogger.Instance);
            CheckNew(folders, library, options);
            List<FolderResult> results = [];
            foreach (PersonFolder folder in folders)
            {
                cancellationToken.ThrowIfCancellationRequested();
                FolderAdaptation adaptation = new(pipeline, library, options.PerClass, curves, warning => error.WriteLine($"ferros adapt: {warning}"));
                FolderResult? result = await Task.Run(() => adaptation.RunAsync(folder, cancellationToken), cancellationToken).ConfigureAwait(false);
                if (result is null) continue;
                results.Add(result);
                await output.WriteLineAsync($"{folder.Person}: {result.Message}").ConfigureAwait(false);
            }

            if (results.Count == 0) throw new CommandException($"{options.Data}: no picture can be learned from");
            Tell(results, output);
            if (!options.DryRun) await output.WriteLineAsync($"profiles are in {directory}").ConfigureAwait(false);
            if (options.Plot is { } plot) await DrawAsync(options.Model, results, plot, output, cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        }
        finally
        {
            if (options.DryRun) Directory.Delete(directory, recursive: true);
            if (scratch is not null) Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>
    /// Refuses persons who have profiles, before anything is learned: the pictures that measure may be among those that were
    /// learned in another run, and the same pictures twice would stand on both sides of the check whether a layer is used.
    /// </summary>
    private static void CheckNew(IReadOnlyList<PersonFolder> folders, IPersonLibrary library, AdaptFolderOptions options)
    {
        string[] known = options.DryRun ? [] : [.. folders.Select(static folder => folder.Person).Where(library.Contains)];
        if (known.Length == 0 || options.Add) return;
        throw new CommandException(
            $"there are profiles of {string.Join(", ", known)} already: --add adds these pictures (then the scores may be of pictures that were learned before), 'ferros profiles forget' makes room to learn anew, --dry-run measures alone");
    }

    /// <summary>Refuses a file that cannot be written before anything is learned.</summary>
    private static void CheckPlot(string file)
    {
        if (Directory.Exists(file)) throw new CommandException($"--plot {file}: this is a folder");
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder)) throw new CommandException($"--plot {file}: there is no folder {folder}");
    }

    private static async Task DrawAsync(string model, List<FolderResult> results, string file, TextWriter output, CancellationToken cancellationToken)
    {
        ScoreLine[] lines = [.. results.Select(static result => result.Curve).OfType<ScoreLine>()];
        if (lines.Length == 0) throw new CommandException($"--plot {file}: no picture is left to measure with; learn from fewer with --per-class");
        await File.WriteAllTextAsync(file, LearningCurve.Plot(model, lines), cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync($"the plot is {file}").ConfigureAwait(false);
    }

    private static void Tell(List<FolderResult> results, TextWriter output)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("person");
        foreach (string column in new[] { "learned", "tested", "before", "after", "change" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (FolderResult result in results)
            table.AddRow(result.Person, Number(result.Learned), Number(result.Tested), Percent(result.Before), Percent(result.After), Change(result));
        FolderResult[] measured = [.. results.Where(result => result.Tested > 0)];
        if (measured.Length > 1)
        {
            FolderResult mean = new("mean", measured.Sum(result => result.Learned), measured.Sum(result => result.Tested), measured.Average(result => result.Before), measured.Average(result => result.After), "");
            table.AddRow(mean.Person, Number(mean.Learned), Number(mean.Tested), Percent(mean.Before), Percent(mean.After), Change(mean));
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors }).Write(table);
        output.WriteLine("Balanced accuracy on the pictures that were not learned from: the mean over expressions of the share that is right.");

        static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
        static string Percent(double value) => double.IsNaN(value) ? "" : string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0} %");
        static string Change(FolderResult result) => double.IsNaN(result.After) ? "" : string.Create(CultureInfo.InvariantCulture, $"{100 * (result.After - result.Before):+0.0;-0.0;0.0}");
    }

    private sealed record AdaptFolderOptions
    {
        public required string Data { get; init; }

        public required string[] Persons { get; init; }

        public required string[] Classes { get; init; }

        public int PerClass { get; init; }

        public required string Model { get; init; }

        public required string Profiles { get; init; }

        public string? Plot { get; init; }

        public bool Add { get; init; }

        public bool DryRun { get; init; }
    }
}
