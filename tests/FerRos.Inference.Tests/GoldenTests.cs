using System.Text.Json;
using FerRos.Networks;
using FerRos.Networks.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Inference.Tests;

[Trait("Needs", "shared")]
public sealed class GoldenTests
{
    private const double OutputTolerance = 2e-4;
    private const double LayerTolerance = 1e-3;

    private static readonly Lazy<GoldenFile> _golden = new(GoldenFile.Load);

    /// <summary>The networks of the file; without one, those that it would have, to be skipped by name.</summary>
    public static TheoryData<string> Networks() =>
    [
        .. GoldenFile.TryLoad()?.Models ??
        [
            "facechannel-v1-av", "facechannel-v1-fer8", "facechannel-figure-av",
            "affwild2-frame-arousal", "affwild2-frame-expression", "affwild2-frame-joint", "affwild2-frame-arousal-shunting",
            "facechannels-arousal", "facechannels-expression", "facechannels-joint",
            "arch-1", "arch-2", "arch-3", "arch-4", "nano-b-figure", "nano-b-136", "nano-a-232",
        ],
    ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_engine_agrees_with_Keras(string name) => CheckOutputs(name, new CpuRunnerOptions());

    [Theory]
    [MemberData(nameof(Networks))]
    public void Two_threads_agree_with_Keras(string name) => CheckOutputs(name, new CpuRunnerOptions { Threads = 2 });

    [Theory]
    [MemberData(nameof(Networks))]
    public void Plain_loops_agree_with_Keras(string name) => CheckOutputs(name, new CpuRunnerOptions { Reference = true });

    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_layer_agrees_with_Keras(string name)
    {
        var model = ModelOf(name);
        if (!model.TryGetProperty("layers", out var layers))
            return;
        var names = layers.EnumerateArray().Select(l => l.GetProperty("name").GetString()!).ToArray();
        var sums = names.ToDictionary(n => n, _ => (Sum: 0.0, Absolute: 0.0, Count: 0), StringComparer.Ordinal);
        RunBatch(name, new CpuRunnerOptions { KeepTensors = names }, (runner, _) =>
        {
            foreach (var layer in names)
            {
                var (sum, absolute, count) = sums[layer];
                foreach (var value in runner.Output(layer))
                    (sum, absolute, count) = (sum + value, absolute + Math.Abs(value), count + 1);
                sums[layer] = (sum, absolute, count);
            }
        });

        foreach (var layer in layers.EnumerateArray())
        {
            var layerName = layer.GetProperty("name").GetString()!;
            var (sum, absolute, count) = sums[layerName];
            var expected = layer.GetProperty("mean_abs").GetDouble();
            (absolute / count).ShouldBe(expected, LayerTolerance * expected, $"mean absolute value of {layerName}");
            (sum / count).ShouldBe(layer.GetProperty("mean").GetDouble(), LayerTolerance * expected, $"mean of {layerName}");
        }
    }

    private static void CheckOutputs(string name, CpuRunnerOptions options)
    {
        var expected = ModelOf(name).GetProperty("outputs");
        RunBatch(name, options, (runner, row) =>
        {
            runner.Network.Outputs.Order(StringComparer.Ordinal)
                .ShouldBe(expected.EnumerateObject().Select(o => o.Name).Order(StringComparer.Ordinal));
            foreach (var output in expected.EnumerateObject())
            {
                var values = output.Value[row].EnumerateArray().Select(v => v.GetDouble()).ToArray();
                var actual = runner.Output(output.Name).ToArray();
                actual.Length.ShouldBe(values.Length);
                for (var i = 0; i < values.Length; i++)
                    ((double)actual[i]).ShouldBe(values[i], OutputTolerance, $"{output.Name}[{i}] of input {row}");
            }
        });
    }

    private static void RunBatch(string name, CpuRunnerOptions options, Action<CpuRunner, int> check)
    {
        var golden = _golden.Value;
        var network = golden.Network(name);
        var batch = ModelOf(name).GetProperty("batch").GetInt32();
        var inputs = golden.Inputs(name, network.InputLength, batch);
        using var runner = CpuRunner.Create(network, golden.Weights(name, network), options);
        for (var row = 0; row < batch; row++)
        {
            runner.Run(inputs.AsSpan(row * network.InputLength, network.InputLength));
            check(runner, row);
        }
    }

    private static JsonElement ModelOf(string name) => _golden.Value.Model(name);
}
