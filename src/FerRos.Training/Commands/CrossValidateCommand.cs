using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace FerRos.Training.Commands;

/// <summary><c>ferros crossvalidate</c>: trains and tests networks in folds that no person shares.</summary>
public static class CrossValidateCommand
{
    private const string NetworkPlace = "{network}";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var networks = new Option<string>("--network") { Description = "Name of the network, or several with commas between", HelpName = "NAMES", Required = true };
        var data = new DataOptions();
        var output = new Option<string>("--out") { Description = "Folder for NETWORK.json and for what is needed to go on", HelpName = "FOLDER", Required = true };
        var init = new Option<string?>("--init")
        {
            Description = $"Weights that every fold starts from (file or shipped model); {NetworkPlace} stands for the network's name", HelpName = "FILE",
        };
        var folds = new Option<int>("--folds") { Description = "Number of folds", DefaultValueFactory = _ => 10 };
        var epochs = new Option<int>("--epochs") { Description = "Number of epochs of a fold", DefaultValueFactory = _ => 20 };
        var batch = new Option<int>("--batch") { Description = "Samples per step", DefaultValueFactory = _ => 32 };
        var rate = new Option<double>("--rate") { Description = "The largest learning rate (one cycle of AdamW)", DefaultValueFactory = _ => 1e-3 };
        var decay = new Option<double?>("--weight-decay") { Description = "Weight decay of AdamW" };
        var dropout = new Option<double?>("--dropout") { Description = "Rate of all dropout layers" };
        var size = new Option<int?>("--input-size") { Description = "Height and width of the input in pixels" };
        var normalize = new Option<bool>("--batch-norm") { Description = "Train with a batch normalisation behind every convolution, and fold it away at the end" };
        var bfloat16 = new Option<bool>("--bf16") { Description = "Compute convolutions and products in 16 bits" };
        var seed = new Option<int>("--seed") { Description = "Seed of everything that is drawn" };
        var threads = new Option<int>("--threads") { Description = "Threads of libtorch", DefaultValueFactory = _ => Environment.ProcessorCount };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables" };
        var resume = new Option<bool>("--resume") { Description = "Go on after the folds that are finished" };
        var command = new Command(
            "crossvalidate",
            "Train and test networks in folds split by subject: no person is in training and test. Keeps predictions, no weights.\n\nExample: ferros crossvalidate --network arch-1,arch-2 --data ckplus48 --init models/{network}.safetensors --out runs/ckplus\n\nCtrl-C or SIGTERM writes a checkpoint; the same command with --resume goes on.")
        {
            networks,
        };
        data.AddTo(command);
        foreach (var option in new Option[]
        {
            output, init, folds, epochs, batch, rate, decay, dropout, size, normalize, bfloat16, seed, threads, device, json, resume,
        })
        {
            command.Options.Add(option);
        }

        command.SetGuarded(async (parsed, cancellation) =>
        {
            // The step and the checkpoint after a signal take their time; the parser would not wait longer than two seconds.
            parsed.InvocationConfiguration.ProcessTerminationTimeout = TimeSpan.FromMinutes(2);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var terminated = CommandGuard.StopOnTermination(stop);
            var (text, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var names = parsed.GetValue(networks)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (names.Length == 0)
                throw new ArgumentException("--network names no network");
            var dataset = data.Load(parsed, "train");
            DataOptions.Report(dataset, error);
            var folder = parsed.GetValue(output)!;
            var line = $"ferros {string.Join(' ', parsed.Tokens.Select(t => t.Value).Where(t => t != "--resume"))}";

            // All of them are looked at before the first one trains for hours.
            var validations = names.Select(name =>
            {
                var defaults = new TrainingOptions { Network = name };
                var options = defaults with
                {
                    Epochs = parsed.GetValue(epochs),
                    BatchSize = parsed.GetValue(batch),
                    LearningRate = parsed.GetValue(rate),
                    WeightDecay = parsed.GetValue(decay) ?? defaults.WeightDecay,
                    Dropout = parsed.GetValue(dropout),
                    InputSize = parsed.GetValue(size),
                    BatchNormalization = parsed.GetValue(normalize),
                    BFloat16 = parsed.GetValue(bfloat16),
                    Seed = parsed.GetValue(seed),
                    Threads = parsed.GetValue(threads),
                    Device = parsed.GetValue(device)!,
                };
                options.Validate();
                var start = parsed.GetValue(init) is { } given ? ModelFiles.Load(given.Replace(NetworkPlace, name, StringComparison.Ordinal)) : null;
                return (Name: name, Validation: new CrossValidation(options, dataset, parsed.GetValue(folds), start, folder));
            }).ToArray();

            foreach (var (name, validation) in validations)
            {
                var result = await RunAsync(name, validation, parsed.GetValue(resume), line, error, stop.Token).ConfigureAwait(false);
                if (result is null)
                {
                    await error.WriteLineAsync($"\nstopped; go on with: {line} --resume").ConfigureAwait(false);
                    return ExitCodes.Interrupted;
                }

                await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.json"), result.ToJson() + "\n", CancellationToken.None).ConfigureAwait(false);
                await text.WriteLineAsync(parsed.GetValue(json) ? result.ToJson() : result.ToString()).ConfigureAwait(false);
            }

            return 0;
        });
        return command;
    }

    private static Task<CrossValidationResult?> RunAsync(
        string name, CrossValidation validation, bool resume, string line, TextWriter error, CancellationToken cancellation)
    {
        // On a terminal one line that changes each second, in a log a line each half minute.
        var log = Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error);
        var clock = Stopwatch.StartNew();
        var next = TimeSpan.Zero;
        void Progress(int fold, TrainingProgress p)
        {
            if (clock.Elapsed < next)
                return;
            next = clock.Elapsed + TimeSpan.FromSeconds(log ? 30 : 1);
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, fold {fold}/{validation.Count}: epoch {p.Epoch}/{p.Epochs}, loss {p.Loss:0.0000}, accuracy {p.Accuracy:0.000}, {p.PicturesPerSecond:0} pictures/s, {p.Remaining:d\\.hh\\:mm\\:ss} left in the fold");
            error.Write(log ? text + "\n" : $"\r{text}   ");
        }

        void FoldDone(FoldResult fold) => error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(log ? "" : "\r")}{name}, fold {fold.Fold}/{validation.Count}: {fold.Accuracy:0.0000} on {fold.Predictions.Length} pictures of {fold.Subjects.Length} people, epoch {fold.Epoch}, {fold.PicturesPerSecond:0} pictures/s{(log ? "" : new string(' ', 30))}"));

        return validation.RunAsync(resume, line, Progress, FoldDone, cancellation);
    }
}
