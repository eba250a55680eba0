using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using FerRos.Networks;
using FerRos.Torch;

namespace FerRos.Training;

/// <summary>Where a run is, for people.</summary>
/// <param name="Epoch">The current one, from 1.</param>
/// <param name="Epochs">All.</param>
/// <param name="Batch">Steps made in it.</param>
/// <param name="Batches">Steps of an epoch.</param>
/// <param name="Loss">Mean loss of the epoch until now.</param>
/// <param name="Accuracy">Share classified right in it; NaN without expression.</param>
/// <param name="PicturesPerSecond">Since the run was started or went on.</param>
/// <param name="Remaining">Time left, at this pace.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double Accuracy, double PicturesPerSecond, TimeSpan Remaining);

/// <summary>What a run gave.</summary>
/// <param name="Finished">False: it was stopped, and can go on from its checkpoint.</param>
/// <param name="Network">The network as its authors have it, batch normalisations that were added folded away.</param>
/// <param name="Weights">The weights that were best on the held-back samples.</param>
/// <param name="History">All epochs.</param>
/// <param name="BestScore">Their score: accuracy, or mean concordance.</param>
/// <param name="BestEpoch">Their epoch.</param>
/// <param name="BestIsAverage">Whether they are an average over steps.</param>
/// <param name="HeldBack">
/// Of a sequence network that is finished: its measures on whole films made from the held-back samples, which only
/// training has. Others are measured with the weights that are written.
/// </param>
public sealed record TrainingOutcome(
    bool Finished, NetworkGraph Network, WeightSet Weights, ImmutableArray<EpochResult> History, double BestScore, int BestEpoch, bool BestIsAverage,
    EvaluationResult? HeldBack);

/// <summary>Trains a network on a dataset; what is held back of it chooses the weights that are kept.</summary>
public sealed class Trainer
{
    /// <summary>The checkpoint's file in the folder of the run.</summary>
    public const string CheckpointFile = "checkpoint.safetensors";

    private const string BestFile = "best.safetensors";
    private readonly TrainingOptions _options;
    private readonly FaceDataset _train;
    private readonly FaceDataset _held;
    private readonly string _folder;
    private readonly NetworkGraph _target;
    private readonly NetworkGraph _network;
    private readonly bool _hasExpression;
    private readonly bool _hasAffect;

    /// <summary>Prepares a run.</summary>
    /// <param name="options">How to train.</param>
    /// <param name="train">What the weights are fitted to.</param>
    /// <param name="held">What chooses among them; never what measures in the end.</param>
    /// <param name="folder">Receives checkpoint, best weights and history.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NetworkException">There is no such network, or the options do not fit it.</exception>
    /// <exception cref="TrainingException">The data lack labels that the network has outputs for, or a sequence network gets no frame network's weights.</exception>
    public Trainer(TrainingOptions options, FaceDataset train, FaceDataset held, string folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(held);
        options.Validate();
        (_options, _train, _held, _folder) = (options, train, held, folder);
        var zoo = new ZooOptions { Classes = train.Classes.Length, InputSize = options.InputSize, InputChannels = 1, Dropout = options.Dropout };
        _target = Zoo.Create(options.Network, zoo);
        if (_target.SequenceLength > 0 && (options.BatchNormalization || options.InitialWeights is null))
        {
            throw new TrainingException(options.BatchNormalization
                ? $"the recurrent part of '{options.Network}' has no convolutions to normalise"
                : $"'{options.Network}' takes sequences: its recurrent part trains over the encoder of a trained frame network, whose weights must be given");
        }

        _network = _target.SequenceLength > 0 ? _target.SequenceTail()
            : options.BatchNormalization ? Zoo.Create(options.Network, zoo with { BatchNormalization = true }) : _target;
        _hasExpression = _network.Outputs.Contains("expression");
        _hasAffect = _network.Outputs.Contains("arousal") || _network.Outputs.Contains("valence");
        if (_network.Outputs.Except(["expression", "arousal", "valence"]).Any() || !(_hasExpression || _hasAffect))
            throw new TrainingException($"'{options.Network}' has no outputs to train: {string.Join(", ", _network.Outputs)}");
        foreach (var dataset in new[] { train, held })
        {
            if (dataset.Samples.IsEmpty)
                throw new TrainingException($"{dataset.Name} has no samples");
            if (_hasExpression && dataset.Samples.FirstOrDefault(s => s.Target.IsEmpty || s.Expression < 0) is { } unlabelled)
                throw new TrainingException($"{dataset.Name}: '{unlabelled.Key}' has no expression, which '{options.Network}' learns");
            if (_hasAffect && dataset.Samples.FirstOrDefault(s => float.IsNaN(s.Arousal) || float.IsNaN(s.Valence)) is { } unrated)
                throw new TrainingException($"{dataset.Name}: '{unrated.Key}' has no arousal and valence, which '{options.Network}' learns");
        }
    }

    /// <summary>Runs, or goes on.</summary>
    /// <param name="resume">Goes on from the folder's checkpoint; without one, starts.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="epochDone">Hears of every finished epoch.</param>
    /// <param name="encoding">Hears the share of the films that are encoded, before a sequence network trains.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <exception cref="TrainingException">The checkpoint is of another run, the loss is no number any more, or the first weights do not fit.</exception>
    /// <exception cref="TorchNotInstalledException">libtorch is missing; the message says what to install.</exception>
    public Task<TrainingOutcome> RunAsync(
        bool resume, Action<TrainingProgress>? progress = null, Action<EpochResult>? epochDone = null, Action<double>? encoding = null,
        CancellationToken cancellation = default) =>
        // A thread of its own from start to end: libtorch keeps modes per thread.
        Task.Factory.StartNew(
            () => Run(resume, progress, epochDone, encoding, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private TrainingOutcome Run(
        bool resume, Action<TrainingProgress>? progress, Action<EpochResult>? epochDone, Action<double>? encoding, CancellationToken cancellation)
    {
        var (inputs, judged) = CreateInputs(encoding, cancellation);
        torch.set_num_threads(_options.Threads);
        torch.manual_seed(_options.Seed);
        Directory.CreateDirectory(_folder);
        var device = torch.device(_options.Device);
        using var module = new TorchModule(_network, device);
        Start(module);
        module.Freeze(Trains());
        using var optimizer = CreateOptimizer(module);
        var schedule = _options.CreateSchedule();
        var state = new TrainingState { Fingerprint = Fingerprint() };
        Dictionary<string, torch.Tensor>? average = null;
        var path = Path.Combine(_folder, CheckpointFile);
        if (resume && File.Exists(path))
            (state, average) = Resume(path, module, optimizer, schedule);
        try
        {
            var batches = BatchLoader.BatchCount(_train.Samples.Length, _options.BatchSize);
            var pool = new ConcurrentBag<Batch>();
            var clock = Stopwatch.StartNew();
            var (before, seenHere, lastSave) = (state.Seconds, 0L, TimeSpan.Zero);

            void Keep()
            {
                state.Steps = optimizer.Steps;
                state.Seconds = before + clock.Elapsed.TotalSeconds;
                state.Schedule = schedule.State;
                using (var random = torch.random.get_rng_state())
                    state.Random = Convert.ToBase64String(random.ToArray<byte>());
                Checkpoint.Save(path, state, ("model", module.state_dict()), ("optimizer", optimizer.state_dict()), ("average", average ?? []));
                lastSave = clock.Elapsed;
            }

            while (state.Epoch < _options.Epochs && !StoppedEarly(state))
            {
                module.train();
                using var loader = new BatchLoader(
                    _train, inputs, _options.Seed, state.Epoch, _options.BatchSize, state.Batch, _options.LoaderThreads, pool,
                    _options.Mixup);
                foreach (var batch in loader.ReadAsync(CancellationToken.None).ToBlockingEnumerable(CancellationToken.None))
                {
                    optimizer.LearningRate = schedule.Rate(optimizer.Steps, (long)_options.Epochs * batches, state.Epoch);
                    Step(module, optimizer, inputs, batch, state);
                    loader.Return(batch);
                    state.Batch++;
                    seenHere += batch.Count;
                    average = Follow(module, average, state, (long)_options.Epochs * batches, optimizer.Steps);
                    var left = (((long)(_options.Epochs - state.Epoch) * batches) - state.Batch) * _options.BatchSize;
                    var pace = seenHere / clock.Elapsed.TotalSeconds;
                    progress?.Invoke(new TrainingProgress(
                        state.Epoch + 1, _options.Epochs, state.Batch, batches, state.LossSum / state.Seen,
                        _hasExpression ? (double)state.Right / state.Seen : double.NaN, pace, TimeSpan.FromSeconds(Math.Min(left / pace, 1e8))));
                    if (cancellation.IsCancellationRequested)
                    {
                        Keep();
                        return Outcome(state, finished: false, module, judged);
                    }

                    if (clock.Elapsed - lastSave > _options.CheckpointInterval)
                        Keep();
                }

                state.Seconds = before + clock.Elapsed.TotalSeconds;
                var result = FinishEpoch(module, judged, average, state, schedule, optimizer.LearningRate);
                epochDone?.Invoke(result);
                Keep();
                History.Write(_folder, state.History);
                if (cancellation.IsCancellationRequested && state.Epoch < _options.Epochs)
                    return Outcome(state, finished: false, module, judged);
            }

            return Outcome(state, finished: true, module, judged);
        }
        finally
        {
            foreach (var tensor in average?.Values ?? Enumerable.Empty<torch.Tensor>())
                tensor.Dispose();
        }
    }

    private void Start(TorchModule module)
    {
        module.Initialize(_options.Seed, _options.HeInitialization);
        if (_options.InitialWeights is not { } path)
            return;
        var fresh = module.Save();
        var given = WeightSet.Load(path);
        var fitting = given.Tensors.Where(t => fresh.Tensors.TryGetValue(t.Key, out var own) && own.Shape.SequenceEqual(t.Value.Shape)).ToArray();
        if (fitting.Length == 0)
            throw new TrainingException($"{path} holds no weights that fit '{_options.Network}'");
        module.Load(fresh.With(fitting));
    }

    private Func<string, bool> Trains()
    {
        if (_options.TrainLayers.IsEmpty)
            return _ => true;
        var wanted = _options.TrainLayers.SelectMany(name => name == "last" ? _network.LastLayers.Layers : [name]).ToArray();
        bool Matches(string pattern, string layer) => pattern.EndsWith('*')
            ? layer.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : string.Equals(layer, pattern, StringComparison.Ordinal);
        if (wanted.FirstOrDefault(w => !_network.Layers.Any(l => Matches(w, l.Name))) is { } unknown)
            throw new TrainingException($"'{_options.Network}' has no layer '{unknown}' to train");
        return layer => wanted.Any(w => Matches(w, layer));
    }

    private Optimizer CreateOptimizer(TorchModule module)
    {
        var parameters = module.parameters().Where(p => p.requires_grad).ToArray();
        if (parameters.Length == 0)
            throw new TrainingException("all layers are frozen; nothing is left to train");
        return _options.Optimizer switch
        {
            OptimizerKind.AdamW => torch.optim.AdamW(
                parameters, _options.LearningRate, weight_decay: _options.WeightDecay, decays: p => p.dim() > 1),
            OptimizerKind.Adam => torch.optim.Adam(parameters, _options.LearningRate),
            OptimizerKind.Adamax => torch.optim.Adamax(parameters, _options.LearningRate),
            OptimizerKind.Sgd => torch.optim.SGD(parameters, _options.LearningRate, _options.Momentum, _options.Nesterov),
            _ => throw new TrainingException($"there is no optimiser {_options.Optimizer}"),
        };
    }

    /// <summary>What must be the same for a run to go on: everything that changes its course.</summary>
    private string Fingerprint() =>
        $"{JsonSerializer.Serialize(_options, TrainingJson.Default.TrainingOptions)} {_train.Name} {_train.Samples.Length} {_held.Samples.Length}";

    private (TrainingState State, Dictionary<string, torch.Tensor>? Average) Resume(
        string path, TorchModule module, Optimizer optimizer, Schedule schedule)
    {
        var (state, tensors) = Checkpoint.Load(path, Fingerprint());
        Checkpoint.Restore(tensors, "model", module.state_dict());
        var moments = Checkpoint.Group(tensors, "optimizer");
        optimizer.load_state_dict(moments, state.Steps);
        foreach (var moment in moments.Values)
            moment.Dispose();
        schedule.State = state.Schedule;
        using (var random = torch.tensor<byte>(Convert.FromBase64String(state.Random)))
            torch.random.set_rng_state(random);
        var average = state.Averaging ? Checkpoint.Group(tensors, "average") : null;
        if (average is null || module.Device.type == DeviceType.CPU)
            return (state, average);
        foreach (var name in average.Keys.ToArray())
        {
            var host = average[name];
            average[name] = host.to(module.Device);
            host.Dispose();
        }

        return (state, average);
    }

    private void Step(TorchModule module, Optimizer optimizer, IInputSource inputs, Batch batch, TrainingState state)
    {
        using var scope = torch.NewDisposeScope();
        var shape = inputs.Shape(batch.Count, batch.Steps);
        var input = torch.tensor(batch.Inputs.AsSpan(0, Values(shape)), shape).to(module.Device);
        optimizer.zero_grad();
        IReadOnlyDictionary<string, torch.Tensor> outputs;
        using (_options.BFloat16 ? torch.autocast(module.Device.type) : null)
            outputs = module.Forward(input, logits: true);
        var loss = torch.scalar(0, torch.float32, module.Device);
        foreach (var (name, output) in outputs)
        {
            var values = output.to(torch.float32);
            if (name == "expression")
            {
                var target = Targets(batch).to(module.Device);
                loss += torch.nn.functional.cross_entropy(values, target);
                state.Right += values.argmax(1).eq(target.argmax(1)).sum().item<long>();
            }
            else
            {
                var labels = name == "arousal" ? batch.Arousal : batch.Valence;
                loss += torch.nn.functional.mse_loss(values, torch.tensor(labels.AsSpan(0, batch.Count), batch.Count, 1).to(module.Device));
            }
        }

        loss.backward();
        optimizer.step();
        var value = loss.item<double>();
        if (!double.IsFinite(value))
            throw new TrainingException($"the loss is {value} in epoch {state.Epoch + 1}; a smaller learning rate (now {optimizer.LearningRate:g3}) or batch normalisation may help");
        state.LossSum += value * batch.Count;
        state.Seen += batch.Count;
    }

    private torch.Tensor Targets(Batch batch)
    {
        var classes = _train.Classes.Length;
        if (!_options.SoftLabels)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var row = batch.Targets.AsSpan(i * classes, classes);
                var winner = 0;
                for (var c = 1; c < classes; c++)
                    winner = row[c] > row[winner] ? c : winner;
                row.Clear();
                row[winner] = 1;
            }
        }

        var target = torch.tensor(batch.Targets.AsSpan(0, batch.Count * classes), batch.Count, classes);
        return _options.LabelSmoothing == 0 ? target : target.mul_(1 - _options.LabelSmoothing).add_(_options.LabelSmoothing / classes);
    }

    private static int Values(long[] shape) => checked((int)shape.Aggregate(1L, (product, size) => product * size));

    private (IInputSource Inputs, IInputSource Judged) CreateInputs(Action<double>? encoding, CancellationToken cancellation)
    {
        if (_target.SequenceLength == 0)
            return (new StillInputs(_train, _network, _options.Augmentation), new StillInputs(_held, _network, AugmentationOptions.None));
        var encoder = WeightSet.Load(_options.InitialWeights!);
        var films = _options.Films;
        var held = FilmFeatures.Encode(
            _held, _target, encoder, films with { CleanShare = 0 }, 1, _options.Seed + 1, _options.Threads, null, cancellation);
        return (
            FilmFeatures.Encode(_train, _target, encoder, films, films.Renditions, _options.Seed, _options.Threads, encoding, cancellation), held);
    }

    /// <summary>Moves the average after the weights; begins it in the middle of the run.</summary>
    private Dictionary<string, torch.Tensor>? Follow(
        TorchModule module, Dictionary<string, torch.Tensor>? average, TrainingState state, long steps, long step)
    {
        if (_options.Average is not { } decay || 2 * step < steps)
            return average;
        using var none = torch.no_grad();
        if (average is null)
        {
            state.Averaging = true;
            return module.state_dict().ToDictionary(t => t.Key, t => t.Value.detach().clone(), StringComparer.Ordinal);
        }

        foreach (var (name, tensor) in module.state_dict())
            average[name].lerp_(tensor, 1 - decay);
        return average;
    }

    private EpochResult FinishEpoch(
        TorchModule module, IInputSource judged, Dictionary<string, torch.Tensor>? average, TrainingState state, Schedule schedule, double rate)
    {
        var (loss, score) = Judge(module, judged);
        state.Epoch++;
        Keep(state, score, isAverage: false, () => module.Save());
        var averageScore = double.NaN;
        if (average is not null)
        {
            var last = module.state_dict().ToDictionary(t => t.Key, t => t.Value.detach().clone(), StringComparer.Ordinal);
            module.load_state_dict(average);
            averageScore = Judge(module, judged).Score;
            Keep(state, averageScore, isAverage: true, () => module.Save());
            module.load_state_dict(last);
            foreach (var tensor in last.Values)
                tensor.Dispose();
        }

        schedule.Observe(loss);
        if (loss < state.LowestLoss)
            (state.LowestLoss, state.LowestLossEpoch) = (loss, state.Epoch);
        var result = new EpochResult(
            state.Epoch, rate, state.LossSum / state.Seen, _hasExpression ? (double)state.Right / state.Seen : double.NaN, loss, score, averageScore, state.Seconds);
        state.History.Add(result);
        (state.Batch, state.LossSum, state.Right, state.Seen) = (0, 0, 0, 0);
        return result;
    }

    /// <summary>Keeps weights that are better than all before, before the checkpoint says so: a break in between costs nothing.</summary>
    private void Keep(TrainingState state, double score, bool isAverage, Func<WeightSet> weights)
    {
        if (!(score > state.BestScore))
            return;
        (state.BestScore, state.BestEpoch, state.BestIsAverage) = (score, state.Epoch, isAverage);
        weights().Save(Path.Combine(_folder, BestFile));
    }

    private bool StoppedEarly(TrainingState state) =>
        _options.EarlyStop is { } patience && state.History.Count > 0 && state.Epoch - state.LowestLossEpoch >= patience;

    /// <summary>Loss and score on the held-back samples.</summary>
    private (double Loss, double Score) Judge(TorchModule module, IInputSource judged)
    {
        var predictions = Predict(module, judged);
        var result = predictions.Measure(_held, _options.Network, draws: 0);
        double loss = result.CrossEntropy ?? 0;
        foreach (var (predicted, label) in new (float[]?, Func<FaceSample, float>)[] { (predictions.Arousal, s => s.Arousal), (predictions.Valence, s => s.Valence) })
        {
            if (predicted is not null)
                loss += predicted.Select((p, i) => Math.Pow(p - label(_held.Samples[i]), 2)).Average();
        }

        var score = result.Accuracy?.Value ?? ((result.ArousalCcc?.Value ?? double.NaN) + (result.ValenceCcc?.Value ?? double.NaN)) / 2;
        return (loss, double.IsNaN(score) ? -loss : score);
    }

    private Predictions Predict(TorchModule module, IInputSource judged)
    {
        const int Size = 64;
        module.eval();
        var predictions = new Predictions(_held.Samples.Length, _hasExpression ? _held.Classes.Length : 0, _hasAffect);
        var inputs = new float[Size * judged.Length];
        using var none = torch.no_grad();
        for (var start = 0; start < _held.Samples.Length; start += Size)
        {
            using var scope = torch.NewDisposeScope();
            var count = Math.Min(Size, _held.Samples.Length - start);
            Parallel.For(0, count, judged.CreateWriter, (i, _, writer) =>
            {
                writer.Write(start + i, judged.Steps(null), null, inputs.AsSpan(i * judged.Length, judged.Length));
                return writer;
            },
            _ => { });
            var shape = judged.Shape(count, judged.Steps(null));
            var outputs = module.forward(torch.tensor(inputs.AsSpan(0, Values(shape)), shape).to(module.Device));
            foreach (var (name, output) in outputs)
            {
                var target = name switch
                {
                    "expression" => predictions.Probabilities.AsSpan(start * predictions.Classes, count * predictions.Classes),
                    "arousal" => predictions.Arousal.AsSpan(start, count),
                    _ => predictions.Valence.AsSpan(start, count),
                };
                output.CopyTo(target);
            }
        }

        return predictions;
    }

    private TrainingOutcome Outcome(TrainingState state, bool finished, TorchModule module, IInputSource judged)
    {
        var path = Path.Combine(_folder, BestFile);
        var weights = File.Exists(path) && state.BestEpoch > 0 ? WeightSet.Load(path) : module.Save();
        EvaluationResult? films = null;
        if (finished && _target.SequenceLength > 0)
        {
            module.Load(weights);
            films = Predict(module, judged).Measure(_held, _options.Network, draws: 1000);
        }

        return new TrainingOutcome(
            finished, _target, Whole(weights), [.. state.History], state.BestScore, state.BestEpoch, state.BestIsAverage, films);
    }

    /// <summary>The weights of the whole network: behind the recurrent part that trained, the encoder that did not.</summary>
    private WeightSet Whole(WeightSet trained)
    {
        if (_target.SequenceLength == 0)
            return Fold(trained);
        var encoder = WeightSet.Load(_options.InitialWeights!);
        return new WeightSet(_target.Parameters.Select(p => KeyValuePair.Create(
            p.Name, trained.Tensors.TryGetValue(p.Name, out var own) ? own : encoder[p.Name])));
    }

    /// <summary>Folds the batch normalisations away that were added for training, and none of the authors' own.</summary>
    private WeightSet Fold(WeightSet weights)
    {
        if (ReferenceEquals(_network, _target))
            return weights;
        var own = _target.Layers.Where(l => l.Operation is BatchNormalization or ActivationLayer).Select(l => l.Name).ToHashSet(StringComparer.Ordinal);
        var (_, folded) = BatchNormalizationFolding.Apply(_network, weights, own);
        folded.Check(_target);
        return folded;
    }
}
