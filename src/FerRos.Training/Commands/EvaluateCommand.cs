using System.Collections.Immutable;
using System.CommandLine;
using FerRos.Inference;
using FerRos.Networks;
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
        var draws = new Option<int>("--draws") { Description = "Draws of the bootstrap for the 95 % intervals; 0: no intervals", DefaultValueFactory = _ => 1000 };
        var command = new Command(
            "evaluate",
            "Measure weights: accuracy, macro F1, per class, confusion, calibration, concordance, with 95 % intervals.\n\nExample: ferros evaluate --weights models/facechannel-v1-fer8.safetensors --data ferplus --protocol majority")
        {
            weights,
        };
        data.AddTo(command);
        foreach (var option in new Option[] { part, mirrored, json, engine, threads, draws })
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
            Func<INetworkRunner> runner = parsed.GetValue(engine) switch
            {
                "cpu" => () => CpuRunner.Create(model.Network, model.Weights),
                "torch" => () => new TorchRunner(model.Network, model.Weights),
                _ => () => new TorchRunner(model.Network, model.Weights, torch.CUDA),
            };
            var count = Math.Clamp(parsed.GetValue(threads), 1, 256);
            var predictions = await Task.Run(
                () => Evaluator.Predict(dataset, runner, count, parsed.GetValue(mirrored), cancellation), cancellation).ConfigureAwait(false);
            var result = predictions.Measure(dataset, model.Name, parsed.GetValue(mirrored), Math.Clamp(parsed.GetValue(draws), 0, 100_000));
            await output.WriteLineAsync(parsed.GetValue(json) ? result.ToJson() : result.ToString()).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

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
