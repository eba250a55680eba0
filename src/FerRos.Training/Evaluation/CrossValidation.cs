using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Training;

/// <summary>
/// Cross-validation by subject: people are dealt to folds (<see cref="FaceDataset.SubjectFolds"/>), and each fold is
/// tested by a network that was trained on the other folds, a tenth of whose people were held back to choose the epoch.
/// Only predictions are kept: the weights of a fold are deleted when it is finished.
/// </summary>
public sealed class CrossValidation
{
    private readonly TrainingOptions _options;
    private readonly FaceDataset _dataset;
    private readonly string _folder;
    private readonly string _initial;
    private readonly ImmutableArray<(FaceDataset Train, FaceDataset Test)> _folds;

    /// <summary>Prepares the folds.</summary>
    /// <param name="options">How each fold trains; its <see cref="TrainingOptions.InitialWeights"/> are given apart.</param>
    /// <param name="dataset">The data, with subjects.</param>
    /// <param name="folds">Number of folds.</param>
    /// <param name="initial">The model that every fold starts from; null: anew.</param>
    /// <param name="folder">Receives the finished folds, and what a fold needs while it trains.</param>
    /// <exception cref="DatasetException">A sample has no subject, or there are fewer subjects than folds.</exception>
    /// <exception cref="NetworkException">There is no such network, or the options do not fit it.</exception>
    /// <exception cref="TrainingException">The first weights do not fit the network.</exception>
    public CrossValidation(TrainingOptions options, FaceDataset dataset, int folds, Model? initial, string folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(folder);
        (_dataset, _folder) = (dataset, Path.Combine(folder, options.Network));
        _folds = dataset.SubjectFolds(folds);
        _initial = initial?.Name ?? "";
        var target = Zoo.Create(
            options.Network, new ZooOptions { Classes = dataset.Classes.Length, InputSize = options.InputSize, InputChannels = 1 });
        Directory.CreateDirectory(_folder);
        if (initial is not null)
        {
            var path = Path.Combine(_folder, "initial.safetensors");
            ForClasses(initial, target, dataset.Classes).Save(path);
            options = options with { InitialWeights = path };
        }

        _options = options;
    }

    /// <summary>Number of folds.</summary>
    public int Count => _folds.Length;

    private string StateFile => Path.Combine(_folder, "folds.json");

    /// <summary>Trains and tests all folds.</summary>
    /// <param name="resume">Goes on after the folds that are finished, and within the one that was begun.</param>
    /// <param name="command">For the result.</param>
    /// <param name="progress">Hears of every step: the fold from 1, and where its training is.</param>
    /// <param name="foldDone">Hears of every finished fold.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <returns>Null: it was stopped, and can go on.</returns>
    /// <exception cref="TrainingException">The finished folds are those of other options or data.</exception>
    public async Task<CrossValidationResult?> RunAsync(
        bool resume, string command, Action<int, TrainingProgress>? progress = null, Action<FoldResult>? foldDone = null, CancellationToken cancellation = default)
    {
        var state = resume ? Resume() : null;
        state ??= new CrossValidationState { Fingerprint = Fingerprint(), Folds = [] };
        for (var fold = state.Folds.Length; fold < _folds.Length; fold++)
        {
            var working = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"training-{fold + 1}"));
            foreach (var old in Directory.EnumerateDirectories(_folder, "training-*").Where(f => !resume || f != working))
                Directory.Delete(old, recursive: true);
            if (await RunFoldAsync(fold, working, resume, progress, cancellation).ConfigureAwait(false) is not { } result)
                return null;
            state = state with { Folds = state.Folds.Add(result) };
            Save(state);
            Directory.Delete(working, recursive: true);
            foldDone?.Invoke(result);
        }

        foreach (var old in Directory.EnumerateDirectories(_folder, "training-*"))
            Directory.Delete(old, recursive: true);
        if (_options.InitialWeights is { } initial)
            File.Delete(initial);
        return Result(state.Folds, command);
    }

    /// <summary>Holds back a tenth of the people, those whose names hash lowest, and at least one.</summary>
    internal static (FaceDataset Train, FaceDataset Held) HoldBackSubjects(FaceDataset dataset)
    {
        var subjects = dataset.Samples.Select(s => s.Subject).Distinct(StringComparer.Ordinal).OrderBy(FaceDataset.Hash).ToArray();
        var held = subjects.Take(Math.Max(1, subjects.Length / 10)).ToHashSet(StringComparer.Ordinal);
        return (
            dataset.With(dataset.Samples.Where(s => !held.Contains(s.Subject)), $"{dataset.Name}, without the held-back people"),
            dataset.With(dataset.Samples.Where(s => held.Contains(s.Subject)), $"{dataset.Name}, held-back people"));
    }

    /// <summary>
    /// Weights as a start for a network with other classes: what has a column per class keeps the columns of the classes
    /// that both have, if all that are wanted are there. What does not fit is left out.
    /// </summary>
    /// <exception cref="TrainingException">Nothing fits.</exception>
    internal static WeightSet ForClasses(Model given, NetworkGraph target, ImmutableArray<string> classes)
    {
        int[] columns = [.. classes.Select(c => given.Card.Classes.IndexOf(c))];
        var fitting = new List<KeyValuePair<string, WeightTensor>>();
        foreach (var parameter in target.Parameters)
        {
            if (!given.Weights.Tensors.TryGetValue(parameter.Name, out var tensor))
                continue;
            if (tensor.Shape.SequenceEqual(parameter.Shape))
                fitting.Add(new(parameter.Name, tensor));
            else if (IsPerClass(tensor, parameter, given.Card.Classes.Length) && !columns.Contains(-1))
                fitting.Add(new(parameter.Name, Select(tensor, columns)));
        }

        return fitting.Count > 0
            ? new WeightSet(fitting, given.Weights.Metadata)
            : throw new TrainingException($"'{given.Name}' holds no weights that fit '{target.Name}'");
    }

    private static bool IsPerClass(WeightTensor tensor, Parameter parameter, int classes) =>
        tensor.Shape.Length == parameter.Shape.Length && tensor.Shape.Length > 0 && tensor.Shape[^1] == classes
        && tensor.Shape[..^1].SequenceEqual(parameter.Shape[..^1]);

    private static WeightTensor Select(WeightTensor tensor, int[] columns)
    {
        var (width, rows) = (tensor.Shape[^1], tensor.Values.Length / tensor.Shape[^1]);
        var values = new float[rows * columns.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var c = 0; c < columns.Length; c++)
                values[(row * columns.Length) + c] = tensor.Values[(row * width) + columns[c]];
        }

        return new WeightTensor([.. tensor.Shape[..^1], columns.Length], values);
    }

    private async Task<FoldResult?> RunFoldAsync(
        int fold, string working, bool resume, Action<int, TrainingProgress>? progress, CancellationToken cancellation)
    {
        var test = _folds[fold].Test;
        var (train, held) = HoldBackSubjects(_folds[fold].Train);
        var pace = 0.0;
        var outcome = await new Trainer(_options, train, held, working).RunAsync(
            resume,
            p =>
            {
                pace = p.PicturesPerSecond;
                progress?.Invoke(fold + 1, p);
            },
            cancellation: cancellation).ConfigureAwait(false);
        if (!outcome.Finished)
            return null;
        var predictions = await Task.Run(
            () => Evaluator.Predict(test, () => CpuRunner.Create(outcome.Network, outcome.Weights), _options.Threads, cancellation: cancellation),
            cancellation).ConfigureAwait(false);
        return new FoldResult
        {
            Fold = fold + 1,
            Subjects = Subjects(test),
            HeldBack = Subjects(held),
            Accuracy = predictions.Measure(test, _options.Network, draws: 0).Accuracy!.Value,
            Epoch = outcome.BestEpoch,
            PicturesPerSecond = pace,
            Predictions = [.. test.Samples.Select((s, i) => new FoldPrediction(s.Key, [.. predictions.Of(i)]))],
        };
    }

    private static ImmutableArray<string> Subjects(FaceDataset dataset) =>
        [.. dataset.Samples.Select(s => s.Subject).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private CrossValidationResult Result(ImmutableArray<FoldResult> folds, string command)
    {
        var said = folds.SelectMany(f => f.Predictions).ToDictionary(p => p.Key, p => p.Probabilities, StringComparer.Ordinal);
        var predictions = new Predictions(_dataset.Samples.Length, _dataset.Classes.Length, affect: false);
        for (var i = 0; i < predictions.Count; i++)
            said[_dataset.Samples[i].Key].CopyTo(predictions.Of(i));
        var name = string.Create(CultureInfo.InvariantCulture, $"{_dataset.Name}, {folds.Length} folds by subject");
        var pooled = predictions.Measure(_dataset, _options.Network, cluster: s => s.Subject) with { Dataset = name };
        return new CrossValidationResult
        {
            Network = _options.Network,
            Initial = _initial,
            Subjects = Subjects(_dataset).Length,
            Pooled = pooled,
            FoldAccuracies = [.. folds.Select(f => f.Accuracy)],
            PicturesPerSecond = folds.Average(f => f.PicturesPerSecond),
            Command = command,
        };
    }

    /// <summary>Everything that changes the course of the folds.</summary>
    private string Fingerprint() =>
        $"{JsonSerializer.Serialize(_options, TrainingJson.Default.TrainingOptions)} {_initial} {_dataset.Name} {_dataset.Samples.Length} {_folds.Length}";

    private CrossValidationState? Resume()
    {
        if (!File.Exists(StateFile))
            return null;
        CrossValidationState? state;
        try
        {
            state = JsonSerializer.Deserialize(File.ReadAllText(StateFile), CrossValidationJson.Default.CrossValidationState);
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{StateFile} is damaged ({e.Message}); without --resume all folds begin anew", e);
        }

        return state?.Fingerprint == Fingerprint()
            ? state
            : throw new TrainingException($"{StateFile} holds folds of other options or data; without --resume all folds begin anew");
    }

    private void Save(CrossValidationState state)
    {
        var temporary = $"{StateFile}.tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(state, CrossValidationJson.Default.CrossValidationState));
        File.Move(temporary, StateFile, overwrite: true);
    }
}
