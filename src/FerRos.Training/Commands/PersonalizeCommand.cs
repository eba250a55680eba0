using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using FerRos.Networks;
using FerRos.Perception;

namespace FerRos.Training.Commands;

/// <summary><c>ferros personalize --benchmark</c>: measures what adaptation to a person brings, on pictures of people.</summary>
public static class PersonalizeCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var benchmark = new Option<bool>("--benchmark") { Description = "Measure adaptation on pictures of people: the one thing that this command does, with or without the option" };
        var data = new Option<string>("--data") { Description = "The folder with the people (person/class/*.jpg), or one that holds it as persons; ferplus beside it is used, too", HelpName = "FOLDER", Required = true };
        var weights = new Option<string[]>("--weights") { Description = "The weights, one file or several (NAME.safetensors with NAME.json beside it); by default those of the models folder that can adapt", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var output = new Option<string?>("--out") { Description = "Folder for personalization.json, the table and a plot per model", HelpName = "FOLDER" };
        var counts = new Option<int[]>("--k") { Description = "Labelled pictures per class, each from 1 on [default: 1 2 5 10]", HelpName = "N", AllowMultipleArgumentsPerToken = true };
        var draws = new Option<int>("--draws") { Description = "Draws per person and k, 1 to 1000", HelpName = "N", DefaultValueFactory = _ => 10 };
        var variantDraws = new Option<int?>("--variant-draws") { Description = "Draws for the other ways to adapt, 1 to 1000 [default: as many as --draws]", HelpName = "N" };
        var onlyDefault = new Option<bool>("--only-default") { Description = "Measure the defaults alone" };
        var noLeaveOut = new Option<bool>("--no-leave-out") { Description = "Do not choose defaults on one half of the people and measure them on the other" };
        var general = new Option<int>("--general") { Description = "Measure what it costs on every N-th row of FER+ valid only; 1: on all", HelpName = "N", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Adaptations at the same time, 1 to 256; more than one makes the milliseconds meaningless", HelpName = "N", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "personalize",
            "Measure what adaptation to a person brings: k labelled pictures per class to learn from, the person's other pictures to test on.\n\nExample: ferros personalize --benchmark --data ../shared/data --weights models/facechannel-v1-fer8.safetensors --out runs/persons")
        {
            benchmark, data, weights, output, counts, draws, variantDraws, onlyDefault, noLeaveOut, general, threads,
        };
        command.SetGuarded(async (parsed, cancellation) =>
        {
            var (text, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var plan = new BenchmarkPlan
            {
                Counts = parsed.GetValue(counts) is { Length: > 0 } given ? [.. given.Select(k => InRange("--k", k, 1, int.MaxValue)).Order().Distinct()] : [1, 2, 5, 10],
                Draws = InRange("--draws", parsed.GetValue(draws), 1, 1000),
                VariantDraws = InRange("--variant-draws", parsed.GetValue(variantDraws) ?? parsed.GetValue(draws), 1, 1000),
                Variants = !parsed.GetValue(onlyDefault),
                LeaveOut = !parsed.GetValue(noLeaveOut),
                Threads = InRange("--threads", parsed.GetValue(threads), 1, 256),
            };
            var every = InRange("--general", parsed.GetValue(general), 1, int.MaxValue);
            if (parsed.GetValue(output) is { } wanted)
                Directory.CreateDirectory(wanted);
            (Model Model, string Folder)[] models = parsed.GetValue(weights) is { Length: > 0 } files
                ? [.. files.Select(file => (ModelFiles.Load(file), ModelFiles.FolderOf(file)))] : Shipped();
            // The name tells the tables and plots apart.
            if (models.CountBy(m => m.Model.Name).FirstOrDefault(m => m.Value > 1).Key is { } twice)
                throw new ArgumentException($"--weights names {twice} more than once: rename a file, or measure one after the other");
            var reports = await Task.Run(() => Run(models, parsed.GetValue(data)!, every, plan, error, cancellation), cancellation).ConfigureAwait(false);
            foreach (var report in reports)
                await text.WriteLineAsync(report.Table()).ConfigureAwait(false);
            if (parsed.GetValue(output) is { } folder)
            {
                await WriteAsync(reports, folder, cancellation).ConfigureAwait(false);
                await error.WriteLineAsync($"wrote {Path.Combine(folder, "personalization.json")}, personalization.md and a plot per model").ConfigureAwait(false);
            }

            return 0;
        });
        return command;
    }

    /// <summary>Writes what was measured: all numbers as JSON, the tables, and a plot per model.</summary>
    internal static async Task WriteAsync(ImmutableArray<PersonalizationReport> reports, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "personalization.json"), PersonalizationReport.ToJson(reports), cancellation).ConfigureAwait(false);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "personalization.md"), string.Join('\n', reports.Select(r => $"{r.Table()}\n{r.PersonTable()}")), cancellation).ConfigureAwait(false);
        foreach (var report in reports)
            await File.WriteAllTextAsync(Path.Combine(folder, report.Model + ".svg"), report.Plot(), cancellation).ConfigureAwait(false);
    }

    private static int InRange(string option, int value, int least, int most) => value >= least && value <= most ? value : throw new ArgumentException(
        string.Create(CultureInfo.InvariantCulture, $"{option} {value}: {(most == int.MaxValue ? $"{least} or more" : $"{least} to {most}")}"));

    private static (Model Model, string Folder)[] Shipped()
    {
        var folder = ModelDirectory.Default();
        (Model, string)[] models =
            [.. folder.Names.Select(folder.Load).Where(m => !m.Network.LastLayers.Layers.IsEmpty && !m.Card.Classes.IsEmpty).Select(m => (m, folder.Path))];
        return models.Length > 0 ? models : throw new FileNotFoundException($"{folder.Path} holds no weights that adapt; name some with --weights");
    }

    private static ImmutableArray<PersonalizationReport> Run(
        (Model Model, string Folder)[] models, string folder, int every, BenchmarkPlan plan, TextWriter error, CancellationToken cancellation)
    {
        foreach (var (model, _) in models)
            SummaryNetwork.Check(model);
        var left = new DatasetReport();
        var pictures = PersonPictures.Load(folder, ModelDirectory.Default(), left, cancellation);
        foreach (var line in left.Lines())
            error.WriteLine(line);
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pictures.Length} faces"));
        var ferPlus = new[] { Path.Combine(folder, "ferplus"), Path.Combine(folder, "..", "ferplus") }.FirstOrDefault(f => File.Exists(Path.Combine(f, "labels.csv")));
        var valid = ferPlus is null ? null : FerPlus.Load(ferPlus, "valid", FerPlusProtocol.Majority);
        if (valid is null)
            error.WriteLine("there is no ferplus beside the people: what adaptation costs on other faces is not measured");
        var reports = ImmutableArray.CreateBuilder<PersonalizationReport>();
        foreach (var (model, home) in models)
        {
            using var network = new SummaryNetwork(model);
            void Progress(int done, int of)
            {
                if (done % 500 == 0)
                    error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Name}: {done} of {of} faces"));
            }

            var people = PersonFeatures.Of(network, pictures, Progress, cancellation);
            var rows = valid is null ? null : EvaluateCommand.Relabelled(valid, model.Card.Classes);
            FaceFeatures[] general = rows is null ? [] : PersonFeatures.Of(network, rows.With(rows.Samples.Where((_, i) => i % every == 0)), Progress, cancellation);
            var rehearsal = Rehearsal(model, home, network, ferPlus, error, cancellation);
            reports.Add(new PersonalizationBenchmark(model.Name, network.LastLayer, NetworkIdentity.Of(model), people, general, rehearsal).Run(plan, people.Length, error.WriteLine, cancellation));
        }

        return reports.ToImmutable();
    }

    /// <summary>The set beside the weights; one made here where there is none.</summary>
    private static RehearsalSet? Rehearsal(Model model, string folder, SummaryNetwork network, string? ferPlus, TextWriter error, CancellationToken cancellation)
    {
        var set = RehearsalSet.TryLoad(folder, model.Name, NetworkIdentity.Of(model));
        if (set is not null || ferPlus is null)
        {
            if (set is null)
                error.WriteLine($"{model.Name} has no rehearsal set; make one with 'ferros rehearsal'");
            return set;
        }

        error.WriteLine($"{model.Name} has no rehearsal set: one is made from FER+ train for this run");
        var train = EvaluateCommand.Relabelled(FerPlus.Load(ferPlus, "train", FerPlusProtocol.Majority), model.Card.Classes).HoldBack().Kept;
        return RehearsalMaker.Make(network, train, 1000, null, cancellation);
    }
}
