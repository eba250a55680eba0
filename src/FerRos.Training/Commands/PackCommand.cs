using System.CommandLine;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Perception;

namespace FerRos.Training.Commands;

/// <summary><c>ferros pack</c>: makes of a run's weights a model that ships: 16 bits, measured as they will run.</summary>
public static class PackCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var weights = new Option<string>("--weights") { Description = "The weights that a run left (NAME.safetensors with NAME.json beside it)", HelpName = "FILE", Required = true };
        var output = new Option<string>("--out") { Description = "Folder of the models", HelpName = "FOLDER", Required = true };
        var name = new Option<string?>("--name") { Description = "The model's name (that of the weights where it is not given)" };
        var data = new Option<string?>("--data") { Description = "FER+: the card gets the scores of the 16-bit weights on valid, under all three protocols", HelpName = "FOLDER" };
        var frame = new Option<string?>("--frame-weights") { Description = "Sequence networks: the network of single frames to compare with on spoilt films", HelpName = "FILE" };
        var threads = new Option<int>("--threads") { Description = "Pictures at the same time", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command(
            "pack",
            "Make of a run's weights a model that ships: 16 bits, with a card that says how good exactly these weights are.\n\nExample: ferros pack --weights runs/v1/facechannel-v1-fer8.safetensors --data ferplus --out models")
        {
            weights, output, name, data, frame, threads,
        };
        command.SetGuarded(async (parsed, cancellation) =>
        {
            var (text, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var given = ModelFiles.Load(parsed.GetValue(weights)!);
            var packed = parsed.GetValue(name) ?? given.Name;
            var folder = Directory.CreateDirectory(parsed.GetValue(output)!).FullName;
            var models = new ModelDirectory(folder);
            models.Save(packed, given.Weights, given.Card);
            var model = models.Load(packed);
            if (parsed.GetValue(data) is { } faces)
            {
                var other = parsed.GetValue(frame) is { } path ? ModelFiles.Load(path) : null;
                var count = Math.Clamp(parsed.GetValue(threads), 1, 256);
                var scores = await Task.Run(() => Measure(model, other, faces, count, cancellation), cancellation).ConfigureAwait(false);
                var card = model.Card with { Scores = [.. model.Card.Scores, .. scores] };
                card.Save(Path.Combine(folder, packed + ".json"));
                foreach (var score in scores)
                    await text.WriteLineAsync(FormattableString.Invariant($"{score.Dataset}, {score.Protocol}: {score.Metric} {score.Value:0.0000}")).ConfigureAwait(false);
            }

            var size = new FileInfo(Path.Combine(folder, packed + ".safetensors")).Length;
            await error.WriteLineAsync(FormattableString.Invariant($"wrote {Path.Combine(folder, packed)}.safetensors ({size / 1e6:0.0} MB) and its card")).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static List<ModelScore> Measure(Model model, Model? frame, string faces, int threads, CancellationToken cancellation)
    {
        var scores = new List<ModelScore>();
        FaceDataset Valid(FerPlusProtocol protocol) => EvaluateCommand.Relabelled(FerPlus.Load(faces, "valid", protocol), model.Card.Classes);
        var majority = Valid(FerPlusProtocol.Majority);
        var network = ModelFiles.OfSingleFrames(model).Network;
        foreach (var (option, protocol) in DataOptions.Protocols)
        {
            var dataset = protocol == FerPlusProtocol.Majority ? majority : Valid(protocol);
            foreach (var mirrored in new[] { false, true })
            {
                var result = Evaluator.Predict(dataset, () => CpuRunner.Create(network, model.Weights), threads, mirrored, cancellation)
                    .Measure(dataset, model.Name, mirrored, draws: 1000);
                var rows = string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{FerPlus.Name(protocol)}, {dataset.Samples.Length} rows, 16-bit weights{(mirrored ? ", mean of the picture and its mirror image" : "")}{(model.Network.SequenceLength > 0 ? ", a sequence of one frame" : "")}");
                var command = $"ferros evaluate --weights {model.Name} --data ferplus --protocol {option}{(mirrored ? " --mirrored" : "")}";
                if (result.Accuracy is { } accuracy)
                    scores.Add(new ModelScore("FER+ valid", $"{rows}; 95 % interval {Interval(accuracy)}", "accuracy", Math.Round(accuracy.Value, 4), command));
                if (!mirrored && result.MacroF1 is { } f1)
                    scores.Add(new ModelScore("FER+ valid", rows, "macro F1", Math.Round(f1.Value, 4), command));
            }
        }

        if (model.Network.SequenceLength == 0)
            return scores;
        var films = FilmEvaluation.Run(
            majority, () => EvaluateCommand.OnProcessor(model), frame is null ? null : () => EvaluateCommand.OnProcessor(frame), StillSequenceOptions.Protocol,
            FaceSequence.DefaultLength, 0, threads, 1000, cancellation);
        var compare = frame is null ? "" : $" --frame-weights {frame.Name}";
        var filmCommand = $"ferros evaluate --weights {model.Name} --data ferplus --corrupt{compare}";
        void Film(string metric, Measure? measure)
        {
            if (measure is not null)
                scores.Add(new ModelScore("FER+ valid as films with spoilt frames", $"majority protocol, ten frames; 95 % interval {Interval(measure)}", metric, Math.Round(measure.Value, 4), filmCommand));
        }

        Film("accuracy after the whole film", films.Network.WholeFilm?.Accuracy);
        Film("accuracy of the frame network on the last frame", films.FrameNetwork?.LastFrame.Accuracy);
        Film("accuracy of the frame network over every frame", films.FrameNetwork?.EveryFrame);
        Film("accuracy of the mean of the frame network's outputs", films.FrameNetwork?.MeanOfFrames.Accuracy);
        return scores;
    }

    private static string Interval(Measure measure) => FormattableString.Invariant($"{measure.Low:0.0000} to {measure.High:0.0000}");
}
