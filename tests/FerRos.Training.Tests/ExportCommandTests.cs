using FerRos.Inference;
using FerRos.Inference.Benchmarks;
using FerRos.Networks;
using FerRos.Networks.Tests;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public sealed class ExportCommandTests
{
    [Theory]
    [Trait("Needs", "onnxruntime")]
    [InlineData("facechannel-v1-fer8")]
    [InlineData("facechannels-joint-shunting")]
    public async Task What_is_written_gives_in_ONNX_Runtime_what_the_engine_gives(string network)
    {
        Assert.SkipWhen(
            OnnxRuntime.FindLibrary() is null,
            "ONNX Runtime is not there; benchmarks/FerRos.Inference.Benchmarks/get-onnxruntime.sh fetches it, or FERROS_ORT names its library");
        using var folder = new TemporaryFolder();
        var shipped = ModelDirectory.Default();
        var weights = shipped.Names.Contains(network) ? network : Random(folder, network);
        var model = ModelFiles.Load(weights);
        var (code, output) = await CommandLine.Invoke(ExportCommand.Create(), "--weights", weights, "--onnx", folder["network.onnx"]);
        code.ShouldBe(0, output);
        output.ShouldContain("probabilities of neutral, happiness");
        output.ShouldContain(network);

        var graph = model.Network;
        long[] steps = graph.SequenceLength > 0 ? [graph.SequenceLength] : [];
        using var onnx = new OnnxRuntime(
            File.ReadAllBytes(folder["network.onnx"]), 1, graph.Input.Name, [1, .. steps, .. graph.InputShape.Dimensions(graph.Layout)],
            [.. graph.Outputs.Select(o => (o, (long[])[1, graph[o].Shape.Count]))]);
        using var engine = CpuRunner.Create(graph, model.Weights);
        var random = new Random(1);
        var input = Enumerable.Range(0, graph.InputLength).Select(_ => random.NextSingle()).ToArray();
        onnx.Run(input);
        engine.Run(input);
        foreach (var name in graph.Outputs)
            engine.Output(name).ToArray().ShouldBe(onnx.Output(name).ToArray(), 1e-4);
        Directory.GetFiles(folder.Path, "*.tmp").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_read_or_written_is_said()
    {
        using var folder = new TemporaryFolder();
        var good = Random(folder, "arch-1");
        File.WriteAllText(folder["alone.safetensors"], "x");
        File.Copy(Path.ChangeExtension(good, ".json"), folder["damaged.json"]);
        File.WriteAllText(folder["damaged.safetensors"], "damaged");

        await Fails(good, folder.Path, "is a folder");
        await Fails(good, folder["gone/network.onnx"], "there is no folder");
        await Fails(folder["gone.safetensors"], folder["network.onnx"], "there is no file");
        await Fails("no-such-model", folder["network.onnx"], "there is no model 'no-such-model'");
        await Fails(folder["alone.safetensors"], folder["network.onnx"], "alone.json");
        await Fails(folder["damaged.safetensors"], folder["network.onnx"], "damaged.safetensors");
        File.Exists(folder["network.onnx"]).ShouldBeFalse();
    }

    private static async Task Fails(string weights, string onnx, string message)
    {
        var (code, output) = await CommandLine.Invoke(ExportCommand.Create(), "--weights", weights, "--onnx", onnx);
        code.ShouldBe(2, output);
        output.ShouldStartWith("ferros export: ");
        output.ShouldContain(message);
    }

    /// <summary>A model with weights drawn at random.</summary>
    private static string Random(TemporaryFolder folder, string network)
    {
        var card = new ModelCard
        {
            Network = network, Description = "random", Classes = Perception.Expressions.FerPlus, InputSize = network.StartsWith("arch", StringComparison.Ordinal) ? 48 : 112,
            Color = "gray", Alignment = "FER+", Licence = "none",
        };
        new ModelDirectory(folder.Path).Save(network, RandomWeights.For(card.CreateNetwork()), card);
        return folder[$"{network}.safetensors"];
    }
}
