using System.Collections.Immutable;
using System.CommandLine;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Perception;
using FerRos.Torch;

namespace FerRos.Training.Commands;

/// <summary><c>ferros evaluate</c>: measures weights on labelled faces. Needs no libtorch.</summary>
public static class EvaluateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var weights = new Option<string>("--weights") { Description = "The weights (NAME.safetensors with NAME.json beside it), or the name of a shipped model", HelpName = "FILE", Required = true };
        var data = new DataOptions();
        var part = new Option<string>("--part") { Description = "Part of FER+: valid, test, train, or held (the tenth of train that chooses)", DefaultValueFactory = _ => "valid" };
        var mirrored = new Option<bool>("--mirrored", "--mirror") { Description = "Average with the outputs for the mirrored picture" };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables" };
        var engine = new Option<string>("--engine") { Description = "cpu (our own), torch, or cuda", DefaultValueFactory = _ => "cpu" };
        engine.AcceptOnlyFromAmong("cpu", "torch", "cuda");
        var threads = new Option<int>("--threads") { Description = "Pictures at the same time", DefaultValueFactory = _ => Environment.ProcessorCount };
        var corrupt = new Option<bool>("--corrupt")
        {
            Description = "Measure on films of ten frames made of each picture, with motion and spells of occlusion, blur, noise and misalignment",
        };
        var frameWeights = new Option<string?>("--frame-weights")
        {
            Description = "With --corrupt: weights of a network of single frames to compare with on the same frames", HelpName = "FILE",
        };
        var seed = new Option<int>("--seed") { Description = "With --corrupt: seed of the films" };
        var draws = new Option<int>("--draws") { Description = "Draws of the bootstrap for the 95 % intervals; 0: no intervals", DefaultValueFactory = _ => 1000 };
        var command = new Command(
            "evaluate",
            "Measure weights: accuracy, macro F1, per class, confusion, calibration, concordance, with 95 % intervals. A sequence network sees each picture as a sequence of one, or films made of them (--corrupt).\n\nExample: ferros evaluate --weights models/facechannel-v1-fer8.safetensors --data ferplus --protocol majority")
        {
            weights,
        };
        data.AddTo(command);
        foreach (var option in new Option[] { part, mirrored, corrupt, frameWeights, seed, json, engine, threads, draws })
            command.Options.Add(option);
        command.SetGuarded(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var model = ModelFiles.Load(parsed.GetValue(weights)!);
            var wanted = parsed.GetValue(part)!;
            var dataset = data.Load(parsed, wanted == "held" ? "train" : wanted);
            if (wanted == "held")
                dataset = dataset.HoldBack().HeldBack;
            dataset = Relabelled(dataset, model.Card.Classes);
            DataOptions.Report(dataset, error);
            var count = Math.Clamp(parsed.GetValue(threads), 1, 256);
            var intervals = Math.Clamp(parsed.GetValue(draws), 0, 100_000);
            if (parsed.GetValue(corrupt))
            {
                if (parsed.GetValue(mirrored) || parsed.GetValue(engine) != "cpu")
                    throw new ArgumentException("--corrupt runs as the node does: on the engine cpu, and not mirrored");
                var frame = parsed.GetValue(frameWeights) is { } given ? ModelFiles.Load(given) : null;
                if (frame is not null && (frame.Network.SequenceLength > 0 || !frame.Card.Classes.SequenceEqual(model.Card.Classes)))
                    throw new ArgumentException($"'{frame.Name}' is no network of single frames with the classes of '{model.Name}'");
                var films = await Task.Run(
                    () => FilmEvaluation.Run(
                        dataset, () => OnProcessor(model), frame is null ? null : () => OnProcessor(frame), StillSequenceOptions.Protocol, FaceSequence.DefaultLength,
                        parsed.GetValue(seed), count, intervals, cancellation),
                    cancellation).ConfigureAwait(false);
                await output.WriteLineAsync(parsed.GetValue(json) ? films.ToJson() : films.ToString()).ConfigureAwait(false);
                return 0;
            }

            var cost = NetworkCost.Of(model.Network);
            model = ModelFiles.OfSingleFrames(model);
            Func<INetworkRunner> runner = parsed.GetValue(engine) switch
            {
                "cpu" => () => CpuRunner.Create(model.Network, model.Weights),
                "torch" => () => new TorchRunner(model.Network, model.Weights),
                _ => () => new TorchRunner(model.Network, model.Weights, torch.CUDA),
            };
            var predictions = await Task.Run(
                () => Evaluator.Predict(dataset, runner, count, parsed.GetValue(mirrored), cancellation), cancellation).ConfigureAwait(false);
            var result = predictions.Measure(dataset, model.Name, parsed.GetValue(mirrored), intervals)
                with { Parameters = cost.Parameters, MultiplyAccumulates = cost.MultiplyAccumulatesPerFrame };
            await output.WriteLineAsync(parsed.GetValue(json) ? result.ToJson() : result.ToString()).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    internal static IAffectNetwork OnProcessor(Model model) => AffectNetworks.Create(model, static part => CpuRunner.Create(part.Network, part.Weights));

    /// <summary>The dataset with its labels in the order of other classes; samples of classes that are not there are left out.</summary>
    internal static FaceDataset Relabelled(FaceDataset dataset, ImmutableArray<string> classes)
    {
        if (classes.IsDefaultOrEmpty || classes.SequenceEqual(dataset.Classes))
            return dataset;
        int[] to = [.. dataset.Classes.Select(c => classes.IndexOf(c))];
        if (to.All(t => t < 0))
            throw new DatasetException($"{dataset.Name} ({string.Join(", ", dataset.Classes)}) and the network ({string.Join(", ", classes)}) have no class in common");
        var samples = dataset.Samples.Where(s => s.Expression >= 0 && to[s.Expression] >= 0).Select(s =>
        {
            var target = new float[classes.Length];
            for (var c = 0; c < s.Target.Length; c++)
            {
                if (to[c] >= 0)
                    target[to[c]] += s.Target[c];
            }

            var sum = target.Sum();
            return s with { Expression = to[s.Expression], Target = sum > 0 ? [.. target.Select(t => t / sum)] : [] };
        });
        return new FaceDataset(dataset.Name, classes, dataset.Pictures, [.. samples], dataset.Report);
    }
}
