using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using FerRos.Cli.Analysis;
using FerRos.Cli.Sources;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Perception;
using FerRos.Training.Commands;
using Spectre.Console;

namespace FerRos.Cli;

/// <summary><c>ferros analyze</c>: perception over a recording, without any middleware.</summary>
internal static class AnalyzeCommand
{
    public static Command Create()
    {
        Argument<string> source = new("source") { Description = "A video, a picture, or a folder of pictures (taken in natural order)", HelpName = "FILE|FOLDER" };
        Option<string?> table = new("--out") { Description = "Write a CSV table: a row for each face of each picture", HelpName = "FILE.csv" };
        Option<string?> video = new("--video") { Description = "Write the pictures with boxes, labels and bars drawn in (.mp4, .avi, .mkv, .mov)", HelpName = "FILE.mp4" };
        Option<bool> json = new("--json") { Description = "Print a JSON object a picture and line: frame, time, faces" };
        Option<string> model = new("--model") { Description = "Name of the network in the folder models", DefaultValueFactory = static _ => AffectNetworks.Default };
        Option<string> detector = new("--detector") { Description = "Detector: short_range (near faces, quick) or full_range (small faces, too)", DefaultValueFactory = static _ => "short_range" };
        Option<int> maxFaces = new("--max-faces") { Description = "Faces per picture at most, the largest first", DefaultValueFactory = static _ => 8 };
        Option<double?> fps = new("--fps") { Description = "Pictures a second of a folder (30 where it is not given)" };
        Option<bool> unrelated = new("--unrelated") { Description = "Each picture stands for itself: no face is followed from one to the next" };

        Command command = new("analyze", """
            Find the faces of a recording, and what they express.

            Example: ferros analyze interview.mp4 --out affect.csv --video annotated.mp4

            Time is in seconds from the start, boxes are in pixels, arousal and valence are -1 to 1, frames count from 0.
            Ctrl-C stops; what was analyzed until then is complete in the files.
            """)
        {
            source, table, video, json, model, detector, maxFaces, fps, unrelated,
        };
        command.SetGuardedAction((parsed, cancellationToken) => RunAsync(
            new AnalyzeOptions
            {
                Source = parsed.GetValue(source)!,
                Table = parsed.GetValue(table),
                Video = parsed.GetValue(video),
                Json = parsed.GetValue(json),
                Model = parsed.GetValue(model)!,
                Unrelated = parsed.GetValue(unrelated),
                Fps = parsed.GetValue(fps),
                Perception = new PerceptionOptions { Detector = PerceptionOptions.ParseDetector(parsed.GetValue(detector)!), MaxFaces = parsed.GetValue(maxFaces) },
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AnalyzeOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        options.Check();
        using IPictureSource source = PictureSource.Open(options.Source, new PictureSourceOptions(options.Fps, Warn: warning => error.WriteLine($"ferros analyze: {warning}")));
        if (source.IsLive)
            throw new CommandException($"{options.Source} is a camera; analyze reads recordings. Use 'ferros camera' and 'ferros run' for it");

        // A face gets its id once it has been there for a moment; pictures that are no video have no such moment.
        PerceptionOptions perception = source is VideoFile ? options.Perception : options.Perception with { ConfirmationTime = TimeSpan.Zero };
        using PerceptionPipeline pipeline = PerceptionPipeline.Load(
            perception, ModelDirectory.Default(), options.Model, static model => CpuRunner.Create(model.Network, model.Weights));

        await error.WriteLineAsync($"{source.Description}; {options.Model}").ConfigureAwait(false);
        List<IAnalysisOutput> outputs = [];
        AnalysisSummary summary;
        long started = Stopwatch.GetTimestamp();
        try
        {
            if (options.Table is { } table)
                outputs.Add(new AffectCsv(new StreamWriter(table, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16)));
            if (options.Json)
                outputs.Add(new AffectJsonLines(output));
            if (options.Video is { } video)
                outputs.Add(new AnnotatedVideo(video, source.Fps)); // last: it draws into the picture

            Analyzer analyzer = new(source, pipeline, outputs) { Unrelated = options.Unrelated };
            summary = await WithProgressAsync(source.Count, error, progress => analyzer.Run(progress, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            foreach (IAnalysisOutput each in outputs)
                each.Dispose();
        }

        foreach (string line in summary.Describe(Stopwatch.GetElapsedTime(started)))
            await error.WriteLineAsync(line).ConfigureAwait(false);
        foreach (string file in new[] { options.Table, options.Video }.OfType<string>())
            await error.WriteLineAsync($"wrote {file}").ConfigureAwait(false);

        if (cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync("stopped; the files hold what was analyzed until then").ConfigureAwait(false);
            return ExitCodes.Interrupted;
        }

        // A header promises a few frames more than there are now and then; a tenth less is a file that was cut.
        if (source is VideoFile && source.Count is { } count && summary.Frames < count * 9L / 10)
            throw new CommandException($"{options.Source}: ends after {summary.Frames} of {count} frames: the file was cut or is damaged there");
        return ExitCodes.Success;
    }

    /// <summary>Shows a bar while the work runs, if somebody looks.</summary>
    private static async Task<AnalysisSummary> WithProgressAsync(int? count, TextWriter error, Func<Action<int>, AnalysisSummary> work)
    {
        if (Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error))
            return await Task.Run(() => work(static _ => { })).ConfigureAwait(false);

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn(), new RemainingTimeColumn())
            .StartAsync(context => Task.Run(() =>
            {
                ProgressTask task = context.AddTask("pictures", autoStart: true, maxValue: count ?? 1);
                task.IsIndeterminate = count is null;
                return work(done =>
                {
                    task.Value = count is null ? 0 : done;
                    task.Description = string.Create(CultureInfo.InvariantCulture, $"{done} pictures");
                });
            })).ConfigureAwait(false);
    }

    /// <summary>What the user asked for.</summary>
    private sealed record AnalyzeOptions
    {
        public required string Source { get; init; }

        public string? Table { get; init; }

        public string? Video { get; init; }

        public bool Json { get; init; }

        public required string Model { get; init; }

        public bool Unrelated { get; init; }

        public double? Fps { get; init; }

        public required PerceptionOptions Perception { get; init; }

        /// <summary>Refuses, before any work, what would fail after it.</summary>
        public void Check()
        {
            Perception.Validate();
            if (Fps is { } fps && !(fps is > 0 and <= 1000))
                throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--fps {fps} is out of range; above 0 to 1000 is allowed"));
            foreach (string file in new[] { Table, Video }.OfType<string>())
            {
                if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
                    throw new CommandException($"{file}: there is no folder {folder}; create it first");
                if (Directory.Exists(file))
                    throw new CommandException($"{file} is a folder; name a file in it");
                if (Path.GetFullPath(file) == Path.GetFullPath(Source))
                    throw new CommandException($"{file} is the source itself; choose another name");
            }

            if (Table is not null && Video is not null && Path.GetFullPath(Table) == Path.GetFullPath(Video))
                throw new CommandException($"--out and --video both name {Table}; choose two names");
            if (Video is not null && !AnnotatedVideo.Extensions.Contains(Path.GetExtension(Video), StringComparer.OrdinalIgnoreCase))
                throw new CommandException($"{Video}: no known kind of video; end the name in {string.Join(", ", AnnotatedVideo.Extensions)}");
        }
    }
}
