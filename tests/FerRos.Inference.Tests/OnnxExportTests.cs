using FerRos.Inference.Benchmarks;
using FerRos.Networks;
using FerRos.Networks.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Inference.Tests;

/// <summary>The written files, run by ONNX Runtime.</summary>
[Trait("Needs", "onnxruntime")]
public sealed class OnnxExportTests
{
    public static TheoryData<string> AllNetworks() => [.. Zoo.Entries.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(AllNetworks))]
    public void ONNX_Runtime_gives_the_same_outputs(string name)
    {
        Assert.SkipWhen(
            OnnxRuntime.FindLibrary() is null,
            "ONNX Runtime is not there; benchmarks/FerRos.Inference.Benchmarks/get-onnxruntime.sh fetches it, or FERROS_ORT names its library");
        var network = Zoo.Create(name);
        var weights = RandomWeights.For(network);
        using var file = new MemoryStream();
        OnnxExporter.Write(network, weights, file);
        long[] steps = network.SequenceLength > 0 ? [network.SequenceLength] : [];
        using var onnx = new OnnxRuntime(
            file.ToArray(), 1, network.Input.Name, [1, .. steps, .. network.InputShape.Dimensions(network.Layout)],
            [.. network.Outputs.Select(o => (o, (long[])[1, .. network[o].Shape.Dimensions(network.Layout)]))]);
        using var engine = CpuRunner.Create(network, weights);
        var input = RunnerTests.Noise(network.InputLength, 2);
        onnx.Run(input);
        engine.Run(input);

        foreach (var output in network.Outputs)
        {
            var expected = onnx.Output(output).ToArray();
            var scale = Math.Max(1, expected.Max(Math.Abs));
            var actual = engine.Output(output).ToArray();
            for (var i = 0; i < expected.Length; i++)
                actual[i].ShouldBe(expected[i], 1e-4f * scale, $"{output}[{i}]");
        }
    }
}
