using System.Globalization;
using System.Text.Json;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Training;

/// <summary>What a finished run leaves behind: weights, card, <c>history.csv</c>, plots, and its measures on the held-back samples.</summary>
internal static class RunReport
{
    internal static async Task WriteAsync(
        TrainingOutcome outcome, TrainingOptions options, FaceDataset train, FaceDataset held, string folder, string name, string command)
    {
        // What is written is measured as it will run; films were measured in training.
        var evaluation = outcome.HeldBack ?? await Task.Run(() => Evaluator.Predict(
            held, () => CpuRunner.Create(outcome.Network, outcome.Weights), Environment.ProcessorCount).Measure(held, name)).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "held-back.json"), evaluation.ToJson() + "\n").ConfigureAwait(false);
        if (!evaluation.Classes.IsEmpty)
            await File.WriteAllTextAsync(Path.Combine(folder, "confusion.svg"), Plots.Confusion(evaluation)).ConfigureAwait(false);
        History.Write(folder, outcome.History);
        new ModelDirectory(folder).Save(name, outcome.Weights, Card(outcome, options, train, held, evaluation, command), WeightFormat.Full);
    }

    /// <summary>Cards go with the weights to other machines, where this one's folders mean nothing: a file's or folder's name is enough.</summary>
    private static string Portable(string path) => Path.IsPathRooted(path) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) : path;

    private static ModelCard Card(
        TrainingOutcome outcome, TrainingOptions options, FaceDataset train, FaceDataset held, EvaluationResult evaluation, string command)
    {
        var scores = new List<ModelScore>();
        void Score(string metric, Measure? measure)
        {
            if (measure is not null)
                scores.Add(new ModelScore(held.Name, $"{held.Samples.Length} samples; chose epoch and weights, so it is optimistic", metric, Math.Round(measure.Value, 4)));
        }

        Score("accuracy", evaluation.Accuracy);
        Score("macro F1", evaluation.MacroF1);
        Score("arousal CCC", evaluation.ArousalCcc);
        Score("valence CCC", evaluation.ValenceCcc);
        var portable = options with
        {
            InitialWeights = options.InitialWeights is { } path ? Portable(path) : null, Teachers = [.. options.Teachers.Select(Portable)],
        };
        var ferPlus = train.Name.StartsWith("FER+", StringComparison.Ordinal);
        var ckPlus = train.Name.StartsWith("CK+", StringComparison.Ordinal);
        return new ModelCard
        {
            Network = options.Network,
            Description = $"{options.Network} trained on {train.Name}",
            Classes = outcome.Network.Outputs.Contains("expression") ? train.Classes : [],
            InputSize = outcome.Network.InputShape.Height,
            Color = "gray",
            Alignment = ferPlus ? "as FER+: eyes at (0.315, 0.396) and (0.683, 0.394), mouth at (0.507, 0.771) of the side" : "as the training pictures",
            Data =
            [
                new TrainingData(
                    train.Name,
                    ferPlus ? "votes: MIT; pictures (FER2013): released for research"
                        : ckPlus ? "non-commercial research; weights trained on it must not be passed on" : "as of the pictures in the folder",
                    string.Join(
                        "; ",
                        [
                            $"{train.Samples.Length} samples",
                            .. outcome.Network.Outputs.Contains("arousal")
                                ? ["arousal and valence are the projection of the votes onto the circumplex of affect: nobody labelled them"] : Array.Empty<string>(),
                            .. outcome.Network.SequenceLength > 0
                                ? ["the recurrent part was trained on films made from the stills (smooth motion of the face; spells of occlusion, blur, noise and misalignment), not on real video"]
                                : Array.Empty<string>(),
                            .. options.Teachers.IsEmpty ? [] : new[] { FormattableString.Invariant($"a share of {options.TeacherShare} of the targets is what {string.Join(", ", portable.Teachers)} saw") },
                        ])),
            ],
            Licence = ferPlus ? "Apache-2.0 for the weights; the pictures behind them were released for research" : "as of the training data",
            Seed = options.Seed,
            Command = string.Join(' ', command.Split(' ').Select(Portable)),
            Training = string.Create(
                CultureInfo.InvariantCulture,
                $"best of {outcome.History.Length} epochs: {outcome.BestEpoch}{(outcome.BestIsAverage ? " (average of the weights)" : "")}; {JsonSerializer.Serialize(portable, TrainingJson.Default.TrainingOptions)}"),
            Scores = [.. scores],
            Limits =
            [
                "Trained on gray faces of 48x48 pixels or as the data say; larger faces carry no more detail to it.",
                .. ferPlus
                    ? new[]
                    {
                        "FER2013 was gathered by web search and is unbalanced by age, ethnicity and class: disgust, fear and contempt are rare and recognised worst.",
                        "Labels are what ten people saw in a picture, not what the person felt.",
                    }
                    : [],
            ],
        };
    }
}
