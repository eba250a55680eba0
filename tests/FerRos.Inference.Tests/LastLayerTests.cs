using FerRos.Networks;
using FerRos.Networks.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Inference.Tests;

public sealed class LastLayerTests
{
    [Theory]
    [InlineData("facechannel-v1-fer8", 4096)]
    [InlineData("facechannel-v1-av", 4096)]
    [InlineData("affwild2-frame-expression", 3136)]
    [InlineData("affwild2-frame-joint-shunting", 500)]
    [InlineData("arch-2", 512)]
    public void The_last_layer_gives_what_the_whole_network_gives(string name, int features)
    {
        var network = Zoo.Create(name);
        var weights = RandomWeights.For(network);
        var layer = LastLayer.Create(network, weights);
        layer.InputLength.ShouldBe(features);
        using var runner = CpuRunner.Create(network.WithOutputs(layer.Inputs), weights);
        runner.Run(Noise(network.InputLength));
        CheckOutputs(layer, network, [.. layer.Inputs.SelectMany(i => runner.Output(i).ToArray())], o => runner.Output(o).ToArray());
    }

    [Theory]
    [InlineData("facechannels-joint-shunting", 300)]
    [InlineData("facechannels-expression", 100)]
    public void The_last_layer_of_a_sequence_network_reads_the_last_states(string name, int features)
    {
        var network = Zoo.Create(name, new ZooOptions { InputSize = 48, InputChannels = 1, SequenceLength = 4 });
        var weights = RandomWeights.For(network);
        var layer = LastLayer.Create(network, weights);
        layer.InputLength.ShouldBe(features);
        using var runner = CpuRunner.Create(network, weights, new CpuRunnerOptions { KeepTensors = [.. layer.Inputs] });
        runner.Run(Noise(network.InputLength));
        CheckOutputs(layer, network, [.. layer.Inputs.SelectMany(i => runner.Output(i).ToArray())], o => runner.Output(o).ToArray());
    }

    [Fact]
    public void The_last_layer_of_V1_has_the_paper_s_819_802_parameters() =>
        LastLayer.Create(Zoo.Create("facechannel-v1-av"), RandomWeights.For(Zoo.Create("facechannel-v1-av"))).ParameterCount.ShouldBe(819_802);

    [Fact]
    public void A_saved_layer_is_the_same_when_it_is_loaded()
    {
        var network = Zoo.Create("affwild2-frame-joint");
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            layer.Save(path);
            var loaded = LastLayer.Load(network, path);
            foreach (var (name, tensor) in layer.ToWeightSet().Tensors)
                loaded.ToWeightSet()[name].Values.SequenceEqual(tensor.Values).ShouldBeTrue(name);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Weights_of_another_network_are_refused_by_name()
    {
        var joint = Zoo.Create("affwild2-frame-joint");
        var single = Zoo.Create("affwild2-frame-expression");
        Should.Throw<WeightsException>(() => LastLayer.Create(joint, RandomWeights.For(single))).Message.ShouldContain("arousal");
        Should.Throw<NetworkException>(() => LastLayer.Create(Zoo.Create("blazeface-short-range"), RandomWeights.For(Zoo.Create("blazeface-short-range"))));
    }

    [Fact]
    public void A_forward_pass_allocates_nothing()
    {
        var network = Zoo.Create("affwild2-frame-joint");
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var (input, probabilities) = (Noise(layer.InputLength), new float[layer.ClassCount]);
        for (var i = 0; i < 3; i++)
            layer.Forward(input, probabilities, out _, out _);
        Allocations.Least(() => layer.Forward(input, probabilities, out _, out _)).ShouldBe(0);
        Should.Throw<ArgumentException>(() => layer.Forward(input.AsSpan(1), probabilities, out _, out _));
    }

    private static void CheckOutputs(LastLayer layer, NetworkGraph network, float[] summary, Func<string, float[]> output)
    {
        var probabilities = new float[layer.ClassCount];
        layer.Forward(summary, probabilities, out var arousal, out var valence);
        if (layer.ClassCount > 0)
        {
            var expected = output(network.Outputs.Single(o => o == "expression"));
            for (var c = 0; c < expected.Length; c++)
                probabilities[c].ShouldBe(expected[c], 1e-5f);
        }

        float.IsNaN(arousal).ShouldBe(!layer.HasArousal);
        if (layer.HasArousal)
            arousal.ShouldBe(output("arousal")[0], 1e-5f);
        if (layer.HasValence)
            valence.ShouldBe(output("valence")[0], 1e-5f);
    }

    private static float[] Noise(int length)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())];
    }
}
