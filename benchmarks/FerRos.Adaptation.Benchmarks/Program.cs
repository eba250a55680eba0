using System.Diagnostics;
using System.Globalization;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Networks.Tests;
using FerRos.Perception;
using FerRos.Torch;
using static FerRos.Torch.torch.nn;
using Parameter = FerRos.Torch.torch.nn.Parameter;

// One adaptation, and one step of training the last layer of FaceChannel V1 (4,096 -> 200 -> 8), one thread, ours and
// libtorch's in turn so that what else the machine does hits both. The least time of several runs is told.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var samples = args.Length > 0 ? int.Parse(args[0]) : 60;
var rehearsed = args.Length > 1 ? int.Parse(args[1]) : 488;
var runs = args.Length > 2 ? int.Parse(args[2]) : 10;
var network = Zoo.Create("facechannel-v1-fer8");
var layer = LastLayer.Create(network, RandomWeights.For(network));
var random = new Random(1);

// Features as the network has them: nine of ten are zeros.
float[] Features() => [.. Enumerable.Range(0, layer.InputLength).Select(_ => random.NextSingle() < 0.09f ? random.NextSingle() : 0)];

var identity = new NetworkIdentity(network.Name, "w", "e", Expressions.FerPlus, layer.InputLength);
var rehearsal = new RehearsalSet(
    "e", layer.InputLength, [.. Enumerable.Range(0, rehearsed).SelectMany(_ => Features())], [.. Enumerable.Range(0, rehearsed).Select(i => i % 8)],
    [.. Enumerable.Repeat(1f, rehearsed)]);
var profile = Profile.Create("benchmark", identity, DateTimeOffset.UnixEpoch).Add(
    Enumerable.Range(0, samples).Select(i => new ProfileSample { Features = [.. Features()], Episode = $"{i / 5}", Stamp = i, Expression = i / 5 % 3 }), DateTimeOffset.UnixEpoch);
var adaptation = new Adaptation(layer, identity, rehearsal);
Console.WriteLine($"{samples} samples, {rehearsed} rehearsed, {Environment.ProcessorCount} processors; least time of {runs} runs");
foreach (var hidden in new[] { false, true })
{
    var options = new AdaptationOptions { TrainHidden = hidden };
    var best = Least(() => adaptation.Train(profile, options, DateTimeOffset.UnixEpoch), hidden ? Math.Max(1, runs / 5) : runs);
    Console.WriteLine($"one adaptation, validation included, {(hidden ? "dense layer and head" : "head")}, {options.Steps} steps: {best:0.0} ms");
}

var count = samples + rehearsed;
float[][] inputs = [.. Enumerable.Range(0, count).Select(_ => Features())];
float[] Target(int i) => [.. Enumerable.Range(0, 8).Select(c => c == i % 8 ? 1f : 0)];
var batch = new LastLayerBatch(layer, count);
for (var i = 0; i < count; i++)
    batch.Add(inputs[i], Target(i));
var trainer = new LastLayerTrainer(layer, new LastLayerTrainingOptions { Optimizer = LastLayerOptimizer.Adamax });

torch.set_num_threads(1);
using var scope = torch.NewDisposeScope();
var weights = layer.ToWeightSet();
Parameter Load(string name) => new(torch.tensor(weights[name].Values.ToArray(), [.. weights[name].Shape.Select(s => (long)s)]));
using var kernel = Load("dense/kernel");
using var bias = Load("dense/bias");
using var headKernel = Load("expression/kernel");
using var headBias = Load("expression/bias");
using var optimizer = torch.optim.Adamax([kernel, bias, headKernel, headBias], 2e-3);
var x = torch.tensor([.. inputs.SelectMany(v => v)], count, layer.InputLength);
var y = torch.tensor([.. Enumerable.Range(0, count).SelectMany(Target)], count, 8);

double TorchStep()
{
    using var step = torch.NewDisposeScope();
    var loss = functional.cross_entropy((x.matmul(kernel) + bias).relu().matmul(headKernel) + headBias, y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    return loss.item<double>();
}

var (ours, theirs) = (double.PositiveInfinity, double.PositiveInfinity);
for (var i = 0; i < runs + 2; i++)
{
    var a = Least(() => trainer.Step(batch), 1);
    var b = Least(() => TorchStep(), 1);
    if (i >= 2)
        (ours, theirs) = (Math.Min(ours, a), Math.Min(theirs, b));
}

Console.WriteLine($"one step of Adamax on {count} samples, dense layer and head: {ours:0.00} ms, libtorch {theirs:0.00} ms, {theirs / ours:0.00} times as fast");
return 0;

static double Least<T>(Func<T> run, int times)
{
    var least = double.PositiveInfinity;
    for (var i = 0; i < times; i++)
    {
        var clock = Stopwatch.StartNew();
        run();
        least = Math.Min(least, clock.Elapsed.TotalMilliseconds);
    }

    return least;
}
