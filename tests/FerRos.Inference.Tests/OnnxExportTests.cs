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
        SkipWithoutRuntime();
        var network = Zoo.Create(name);
        Compare(network, network);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ONNX_Runtime_takes_sequences_of_any_length(int steps)
    {
        SkipWithoutRuntime();
        Compare(Zoo.Create("facechannels-joint"), Zoo.Create("facechannels-joint", new ZooOptions { SequenceLength = steps }));
    }

    private static void SkipWithoutRuntime() => Assert.SkipWhen(
        OnnxRuntime.FindLibrary() is null,
        "ONNX Runtime is not there; benchmarks/FerRos.Inference.Benchmarks/get-onnxruntime.sh fetches it, or FERROS_ORT names its library");

    /// <summary>The file of one network against the engine's run of the other, with the same weights.</summary>
    private static void Compare(NetworkGraph written, NetworkGraph run)
    {
        var weights = RandomWeights.For(written);
        using var file = new MemoryStream();
        OnnxExporter.Write(written, weights, file);
        long[] steps = run.SequenceLength > 0 ? [run.SequenceLength] : [];
        using var onnx = new OnnxRuntime(
            file.ToArray(), 1, run.Input.Name, [1, .. steps, .. run.InputShape.Dimensions(run.Layout)],
            [.. run.Outputs.Select(o => (o, (long[])[1, .. run[o].Shape.Dimensions(run.Layout)]))]);
        using var engine = CpuRunner.Create(run, weights);
        var input = RunnerTests.Noise(run.InputLength, 2);
        onnx.Run(input);
        engine.Run(input);

        foreach (var output in run.Outputs)
        {
            var expected = onnx.Output(output).ToArray();
            var scale = Math.Max(1, expected.Max(Math.Abs));
            var actual = engine.Output(output).ToArray();
            for (var i = 0; i < expected.Length; i++)
                actual[i].ShouldBe(expected[i], 1e-4f * scale, $"{output}[{i}]");
        }
    }
}
