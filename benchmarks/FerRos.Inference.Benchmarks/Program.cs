using System.Diagnostics;
using System.Globalization;
using FerRos.Inference;
using FerRos.Inference.Benchmarks;
using FerRos.Networks;

// Our engine and ONNX Runtime in one process, in turns, so that both meet the same machine. Medians of single runs,
// batch 1. Usage: [--threads 1,2] [--rounds 9] [--network NAME] [--steps] [--alone]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string Option(string name, string fallback) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : fallback;
var rounds = int.Parse(Option("--rounds", "9"), CultureInfo.InvariantCulture);
var threadCounts = Option("--threads", "1,2").Split(',').Select(t => int.Parse(t, CultureInfo.InvariantCulture)).ToArray();
var only = Option("--network", "");
var alone = args.Contains("--alone") || OnnxRuntime.FindLibrary() is null;
if (alone)
    Console.WriteLine("without ONNX Runtime: ./get-onnxruntime.sh fetches it");

(string Name, NetworkGraph Network)[] networks =
[
    ("facechannel-v1-fer8", Zoo.Create("facechannel-v1-fer8")),
    ("facechannels encoder", Zoo.Create("facechannels-joint").FrameEncoder()),
    ("facechannels behind the encoder, ten steps", Zoo.Create("facechannels-joint").SequenceTail()),
    ("affwild2-frame-arousal-shunting, 120x120", Zoo.Create("affwild2-frame-arousal-shunting", new ZooOptions { InputSize = 120 })),
    ("blazeface-short-range", Zoo.Create("blazeface-short-range")),
    ("blazeface-full-range", Zoo.Create("blazeface-full-range")),
    ("arch-1", Zoo.Create("arch-1")),
    ("nano-b-136", Zoo.Create("nano-b-136")),
];

Console.WriteLine("| network | engine | ours, ms | ONNX Runtime, ms | ratio |\n|---|---|---|---|---|");
foreach (var (name, network) in networks.Where(n => n.Name.Contains(only, StringComparison.Ordinal)))
{
    var weights = RandomWeights.For(network);
    var input = RandomWeights.Values(network.InputLength, 0.5f, 0.5f, new Random(1));
    foreach (var threads in threadCounts)
    {
        using var ours = CpuRunner.Create(network, weights, new CpuRunnerOptions { Threads = threads });
        using var theirs = alone ? null : Load(network, weights, threads);
        var (mine, other) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            mine.Add(Measure(() => ours.Run(input)));
            if (theirs is not null)
                other.Add(Measure(() => theirs.Run(input)));
        }

        if (theirs is not null)
            CheckAgreement(network, ours, theirs);
        var (a, b) = (Median(mine), theirs is null ? double.NaN : Median(other));
        Console.WriteLine($"| {name} | {ours.Device} | {a:F3} | {b:F3} | {b / a:F2} |");
        if (args.Contains("--steps"))
            PrintSteps(ours, input);
    }
}

static double Measure(Action run)
{
    for (var i = 0; i < 10; i++)
        run();
    var times = new List<double>();
    var total = Stopwatch.StartNew();
    while (times.Count < 15 || (total.ElapsedMilliseconds < 60 && times.Count < 200))
    {
        var start = Stopwatch.GetTimestamp();
        run();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    return Median(times);
}

static double Median(List<double> values)
{
    values.Sort();
    return values[values.Count / 2];
}

static OnnxRuntime Load(NetworkGraph network, WeightSet weights, int threads)
{
    using var file = new MemoryStream();
    OnnxExporter.Write(network, weights, file);
    return new OnnxRuntime(
        file.ToArray(), threads, network.Input.Name, [1, .. network.SequenceLength > 0 ? [network.SequenceLength] : Array.Empty<long>(), .. network.InputShape.Dimensions(network.Layout)],
        [.. network.Outputs.Select(o => (o, (long[])[1, .. network[o].Shape.Dimensions(network.Layout)]))]);
}

static void CheckAgreement(NetworkGraph network, CpuRunner ours, OnnxRuntime theirs)
{
    foreach (var output in network.Outputs)
    {
        var (a, b) = (ours.Output(output).ToArray(), theirs.Output(output).ToArray());
        var worst = a.Zip(b).Max(p => Math.Abs(p.First - p.Second));
        if (!(worst < 1e-3 * Math.Max(1, b.Max(Math.Abs))))
            throw new InvalidOperationException($"{network.Name}: {output} differs by {worst}");
    }
}

static void PrintSteps(CpuRunner runner, float[] input)
{
    foreach (var (step, microseconds) in runner.MeasureSteps(input, 100))
        Console.WriteLine($"    {step,-60} {microseconds,8:F1} us");
}
