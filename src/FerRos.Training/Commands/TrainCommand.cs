using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace FerRos.Training.Commands;

/// <summary><c>ferros train</c>: trains a network of the zoo on labelled faces.</summary>
public static class TrainCommand
{
    /// <summary>Ways to train, by name; options that are given override them.</summary>
    internal static IReadOnlyDictionary<string, Func<TrainingOptions, TrainingOptions>> Recipes { get; } =
        new Dictionary<string, Func<TrainingOptions, TrainingOptions>>(StringComparer.Ordinal)
        {
            ["one-cycle"] = o => o,

            // FaceChannel on FER+, as in its authors' code: until the held-back loss has stood still for 25 epochs.
            ["facechannel"] = o => o with
            {
                Optimizer = OptimizerKind.Adamax, LearningRate = 2e-3, BatchSize = 32, Epochs = 150, Schedule = ScheduleKind.Plateau, PlateauFactor = 0.5,
                PlateauPatience = 2, PlateauSmallest = 1e-5, EarlyStop = 25, Average = null, Augmentation = AugmentationOptions.None,
            },

            // FaceChannel's adaptation to a dataset: only the last dense layer and the heads.
            ["facechannel-last"] = o => o with
            {
                Optimizer = OptimizerKind.Adamax, LearningRate = 2e-3, BatchSize = 32, Epochs = 100, Schedule = ScheduleKind.Constant, Average = null,
                Augmentation = AugmentationOptions.None, TrainLayers = ["last"],
            },

            // FaceChannelS, one output: what its authors' search found.
            ["facechannels"] = o => o with
            {
                Optimizer = OptimizerKind.Sgd, LearningRate = 0.015, Momentum = 0.74, Nesterov = true, Schedule = ScheduleKind.InverseDecay, Decay = 0.01,
                BatchSize = 1024, Epochs = 10, EarlyStop = 4, Average = null, Augmentation = new AugmentationOptions
                {
                    Roll = 10, Scale = 0, Shift = 0.25, Brightness = 0.1, Contrast = 0.3, CutoutShare = 0, NoiseShare = 0, BlurShare = 0.25,
                },
            },

            // EmotionNet Nano.
            ["nano"] = o => o with
            {
                Optimizer = OptimizerKind.Adam, LearningRate = 1e-3, Epochs = 200, Schedule = ScheduleKind.Nano, Average = null,
                Augmentation = new AugmentationOptions { CutoutShare = 0, NoiseShare = 0, BlurShare = 0, Brightness = 0, Contrast = 0 },
            },
        };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var network = new Option<string>("--network") { Description = "Name of the network; `ferros networks` lists them", Required = true };
        var data = new DataOptions();
        var output = new Option<string>("--out") { Description = "Folder for checkpoint, weights, card, history and plots", HelpName = "FOLDER", Required = true };
        var name = new Option<string?>("--name") { Description = "Name of the files of weights and card (the network's where it is not given)" };
        var recipe = new Option<string>("--recipe") { Description = string.Join(", ", Recipes.Keys), DefaultValueFactory = _ => "one-cycle" };
        recipe.AcceptOnlyFromAmong([.. Recipes.Keys]);
        var epochs = new Option<int?>("--epochs") { Description = "Number of epochs" };
        var batch = new Option<int?>("--batch") { Description = "Samples per step" };
        var optimizer = new Option<OptimizerKind?>("--optimizer") { Description = "AdamW, Adam, Adamax or Sgd" };
        var rate = new Option<double?>("--rate") { Description = "The (largest) learning rate" };
        var schedule = new Option<ScheduleKind?>("--schedule") { Description = "OneCycle, Constant, InverseDecay, Nano or Plateau" };
        var decay = new Option<double?>("--weight-decay") { Description = "Weight decay of AdamW" };
        var dropout = new Option<double?>("--dropout") { Description = "Rate of all dropout layers" };
        var size = new Option<int?>("--input-size") { Description = "Height and width of the input in pixels" };
        var normalize = new Option<bool>("--batch-norm") { Description = "Train with a batch normalisation behind every convolution, and fold it away at the end" };
        var he = new Option<bool>("--he") { Description = "He-uniform first weights" };
        var average = new Option<double?>("--average") { Description = "Decay of the average of the weights over the second half; 0: none" };
        var smoothing = new Option<double?>("--label-smoothing") { Description = "Share of the target spread over all classes" };
        var hard = new Option<bool>("--hard-labels") { Description = "Aim at the winning class instead of the votes" };
        var plain = new Option<bool>("--no-augmentation") { Description = "Do not vary the pictures" };
        var augment = new Option<string[]>("--augment")
        {
            Description = $"Changes how pictures are varied, as roll=10 cutout-share=0.3; there are {AugmentationOptions.Names}",
            AllowMultipleArgumentsPerToken = true, HelpName = "NAME=VALUE",
        };
        var mixup = new Option<double?>("--mixup") { Description = "Blend pictures and labels in pairs, by shares from Beta(a, a); 0: no" };
        var teacher = new Option<string[]>("--teacher")
        {
            Description = "Weights of trained networks whose outputs are mixed into the labels", AllowMultipleArgumentsPerToken = true, HelpName = "FILE",
        };
        var teacherShare = new Option<double?>("--teacher-share") { Description = "The teachers' share of the labels, 0 to 1 (0.5)" };
        var renditions = new Option<int?>("--films") { Description = "Sequence networks: films made of each still (4)" };
        var clean = new Option<double?>("--clean-films") { Description = "Sequence networks: share of the films without spoilt frames (0.25)" };
        var layers = new Option<string[]>("--train-layers")
        {
            Description = "Layers that train (names, beginnings with *, or last); all others are frozen", AllowMultipleArgumentsPerToken = true,
        };
        var init = new Option<string?>("--init") { Description = "Weights to start from", HelpName = "FILE" };
        var bfloat16 = new Option<bool>("--bf16") { Description = "Compute convolutions and products in 16 bits" };
        var seed = new Option<int?>("--seed") { Description = "Seed of everything that is drawn" };
        var threads = new Option<int?>("--threads") { Description = "Threads of libtorch" };
        var device = new Option<string?>("--device") { Description = "cpu, cuda or cuda:N" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoint in the output folder" };
        var command = new Command(
            "train",
            "Train a network. A tenth of the data, by a hash of the pictures' names, is held back and chooses the weights that are kept.\n\nExample: ferros train --network facechannel-v1-fer8 --data ferplus --out runs/v1 --epochs 12 --dropout 0.2\n\nCtrl-C or SIGTERM writes a checkpoint; the same command with --resume goes on exactly there.")
        {
            network,
        };
        data.AddTo(command);
        foreach (var option in new Option[]
        {
            output, name, recipe, epochs, batch, optimizer, rate, schedule, decay, dropout, size, normalize, he, average, smoothing, hard, plain, augment,
            mixup, teacher, teacherShare, renditions, clean, layers, init,
            bfloat16, seed, threads, device, resume,
        })
        {
            command.Options.Add(option);
        }

        command.SetGuarded((parsed, cancellation) =>
        {
            // The step and the checkpoint after a signal take their time; the parser would not wait longer than two seconds.
            parsed.InvocationConfiguration.ProcessTerminationTimeout = TimeSpan.FromMinutes(2);
            var options = Recipes[parsed.GetValue(recipe)!](new TrainingOptions { Network = parsed.GetValue(network)! });
            options = options with
            {
                Epochs = parsed.GetValue(epochs) ?? options.Epochs,
                BatchSize = parsed.GetValue(batch) ?? options.BatchSize,
                Optimizer = parsed.GetValue(optimizer) ?? options.Optimizer,
                LearningRate = parsed.GetValue(rate) ?? options.LearningRate,
                Schedule = parsed.GetValue(schedule) ?? options.Schedule,
                WeightDecay = parsed.GetValue(decay) ?? options.WeightDecay,
                Dropout = parsed.GetValue(dropout),
                InputSize = parsed.GetValue(size),
                BatchNormalization = parsed.GetValue(normalize),
                HeInitialization = parsed.GetValue(he),
                Average = parsed.GetValue(average) is { } a ? (a == 0 ? null : a) : options.Average,
                LabelSmoothing = parsed.GetValue(smoothing) ?? options.LabelSmoothing,
                SoftLabels = !parsed.GetValue(hard),
                Augmentation = (parsed.GetValue(plain) ? AugmentationOptions.None : options.Augmentation).With(parsed.GetValue(augment) ?? []),
                Films = options.Films with
                {
                    Renditions = parsed.GetValue(renditions) ?? options.Films.Renditions, CleanShare = parsed.GetValue(clean) ?? options.Films.CleanShare,
                },
                Mixup = parsed.GetValue(mixup) ?? options.Mixup,
                Teachers = [.. parsed.GetValue(teacher) ?? []],
                TeacherShare = parsed.GetValue(teacherShare) ?? options.TeacherShare,
                TrainLayers = parsed.GetValue(layers) is { Length: > 0 } given ? [.. given] : options.TrainLayers,
                InitialWeights = parsed.GetValue(init),
                BFloat16 = parsed.GetValue(bfloat16),
                Seed = parsed.GetValue(seed) ?? options.Seed,
                Threads = parsed.GetValue(threads) ?? options.Threads,
                Device = parsed.GetValue(device) ?? options.Device,
            };
            var error = parsed.InvocationConfiguration.Error;
            var all = data.Load(parsed, "train");
            DataOptions.Report(all, error);
            var line = $"ferros {string.Join(' ', parsed.Tokens.Select(t => t.Value).Where(t => t != "--resume"))}";
            return RunAsync(
                options, all, parsed.GetValue(output)!, parsed.GetValue(name) ?? options.Network, parsed.GetValue(resume), line, error, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        TrainingOptions options, FaceDataset all, string folder, string name, bool resume, string commandLine, TextWriter error, CancellationToken cancellation)
    {
        options.Validate();
        var (train, held) = all.HoldBack();
        if (!options.Teachers.IsEmpty)
        {
            await error.WriteLineAsync($"{string.Join(", ", options.Teachers)} look at {train.Samples.Length} pictures").ConfigureAwait(false);
            var teachers = options.Teachers.Select(ModelFiles.Load).Select(m => (m.Network, m.Weights)).ToArray();
            train = await Task.Run(() => Teaching.Mix(train, teachers, options.TeacherShare, options.Threads, cancellation), cancellation).ConfigureAwait(false);
        }

        var trainer = new Trainer(options, train, held, folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminated = CommandGuard.StopOnTermination(stop);

        // On a terminal one line that changes each second, in a log a line each half minute.
        var log = Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error);
        var clock = Stopwatch.StartNew();
        var next = TimeSpan.Zero;
        void Progress(TrainingProgress p)
        {
            if (clock.Elapsed < next)
                return;
            next = clock.Elapsed + TimeSpan.FromSeconds(log ? 30 : 1);
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {p.Epoch}/{p.Epochs}, step {p.Batch}/{p.Batches}, loss {p.Loss:0.0000}, accuracy {p.Accuracy:0.000}, {p.PicturesPerSecond:0} pictures/s, {p.Remaining:d\\.hh\\:mm\\:ss} left");
            error.Write(log ? text + "\n" : $"\r{text}   ");
        }

        void EpochDone(EpochResult e)
        {
            var average = double.IsNaN(e.AverageScore) ? "" : string.Create(CultureInfo.InvariantCulture, $", average {e.AverageScore:0.0000}");
            error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(log ? "" : "\r")}epoch {e.Epoch}: loss {e.TrainLoss:0.0000}; held back: loss {e.HeldLoss:0.0000}, score {e.HeldScore:0.0000}{average}{(log ? "" : new string(' ', 30))}"));
        }

        void Encoding(double share)
        {
            if (clock.Elapsed < next)
                return;
            next = clock.Elapsed + TimeSpan.FromSeconds(log ? 30 : 1);
            var text = string.Create(CultureInfo.InvariantCulture, $"films: {100 * share:0} % are made and encoded");
            error.Write(log ? text + "\n" : $"\r{text}   ");
        }

        var outcome = await trainer.RunAsync(resume, Progress, EpochDone, Encoding, stop.Token).ConfigureAwait(false);
        if (!outcome.Finished)
        {
            await error.WriteLineAsync($"\nstopped; go on with: {commandLine} --resume").ConfigureAwait(false);
            return ExitCodes.Interrupted;
        }

        await RunReport.WriteAsync(outcome, options, train, held, folder, name, commandLine).ConfigureAwait(false);
        await error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"wrote {Path.Combine(folder, name)}.safetensors: {outcome.BestScore:0.0000} on the held-back tenth, epoch {outcome.BestEpoch}{(outcome.BestIsAverage ? ", average" : "")}")).ConfigureAwait(false);
        return 0;
    }
}
