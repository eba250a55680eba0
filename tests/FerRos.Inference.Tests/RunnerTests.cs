using FerRos.Networks;
using FerRos.Networks.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Inference.Tests;

public sealed class RunnerTests
{
    public static TheoryData<string> AllNetworks() => [.. Zoo.Entries.Select(e => e.Name)];

    public static TheoryData<string, int> NetworksAndLanes()
    {
        var data = new TheoryData<string, int>();
        foreach (var name in (string[])["affwild2-frame-joint-shunting", "arch-2", "nano-a-232", "blazeface-short-range", "facechannels-arousal"])
        {
            foreach (var lanes in (int[])[4, 8, 16])
                data.Add(name, lanes);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(AllNetworks))]
    public void The_engine_agrees_with_plain_loops(string name)
    {
        var network = Zoo.Create(name);
        var weights = RandomWeights.For(network);
        var input = Noise(network.InputLength, 3);
        using var engine = CpuRunner.Create(network, weights);
        using var reference = CpuRunner.Create(network, weights, new CpuRunnerOptions { Reference = true });

        // Twice: what a run leaves behind must not change the next.
        engine.Run(Noise(network.InputLength, 4));
        engine.Run(input);
        reference.Run(input);

        foreach (var output in network.Outputs)
            Compare(engine.Output(output), reference.Output(output), output);
    }

    /// <summary>Other processors' vectors; those wider than this processor's are emulated.</summary>
    [Theory]
    [MemberData(nameof(NetworksAndLanes))]
    public void Every_width_of_vectors_agrees_with_plain_loops(string name, int lanes)
    {
        var network = Zoo.Create(name, new ZooOptions { SequenceLength = 2 });
        var weights = RandomWeights.For(network);
        var input = Noise(network.InputLength, 3);
        using var engine = CpuRunner.Create(network, weights, new CpuRunnerOptions { VectorLanes = lanes });
        using var reference = CpuRunner.Create(network, weights, new CpuRunnerOptions { Reference = true });
        engine.Run(input);
        reference.Run(input);

        foreach (var output in network.Outputs)
            Compare(engine.Output(output), reference.Output(output), output);
    }

    [Theory]
    [InlineData("facechannel-v1-fer8", 1)]
    [InlineData("facechannels-joint", 1)]
    [InlineData("blazeface-full-range", 1)]
    [InlineData("nano-b-136", 3)]
    public void A_run_allocates_nothing(string name, int threads)
    {
        var network = Zoo.Create(name);
        using var runner = CpuRunner.Create(network, RandomWeights.For(network), new CpuRunnerOptions { Threads = threads });
        var input = Noise(network.InputLength, 1);
        var sum = 0f;
        void Once()
        {
            runner.Run(input);
            foreach (var output in network.Outputs)
                sum += runner.Output(output)[0];
        }

        Once();
        Once();
        Allocations.Least(Once).ShouldBe(0);
        float.IsFinite(sum).ShouldBeTrue();
    }

    [Fact]
    public void Threads_give_the_very_same_result_every_time()
    {
        var network = Zoo.Create("affwild2-frame-joint-shunting");
        var weights = RandomWeights.For(network);
        using var one = CpuRunner.Create(network, weights);
        using var four = CpuRunner.Create(network, weights, new CpuRunnerOptions { Threads = 4 });
        for (var i = 0; i < 50; i++)
        {
            var input = Noise(network.InputLength, i % 5);
            one.Run(input);
            four.Run(input);
            foreach (var output in network.Outputs)
                four.Output(output).ToArray().ShouldBe(one.Output(output).ToArray());
            if (i % 10 == 0)
                Thread.Sleep(5);
        }
    }

    [Fact]
    public void Kept_layers_can_be_read_in_the_layout_of_the_network()
    {
        var network = Zoo.Create("facechannel-v1-fer8", new ZooOptions { InputSize = 32 });
        var weights = RandomWeights.For(network);
        string[] kept = ["relu1", "pool2", "conv10", "flatten", "dense"];
        using var engine = CpuRunner.Create(network, weights, new CpuRunnerOptions { KeepTensors = kept });
        using var reference = CpuRunner.Create(network, weights, new CpuRunnerOptions { KeepTensors = kept, Reference = true });
        var input = Noise(network.InputLength, 1);
        engine.Run(input);
        reference.Run(input);

        foreach (var layer in kept)
            Compare(engine.Output(layer), reference.Output(layer), layer);
    }

    [Fact]
    public void The_features_that_feed_the_last_layers_reproduce_the_outputs()
    {
        var network = Zoo.Create("affwild2-frame-joint");
        var weights = RandomWeights.For(network);
        using var runner = CpuRunner.Create(network, weights, new CpuRunnerOptions { KeepTensors = network.LastLayers.Inputs });
        runner.Run(Noise(network.InputLength, 2));

        var features = runner.Output("dense").ToArray();
        var hidden = DenseOf(weights, "valence_dense", features).Select(v => Math.Max(v, 0)).ToArray();
        Math.Tanh(DenseOf(weights, "valence", hidden)[0]).ShouldBe(runner.Output("valence")[0], 1e-4);
    }

    [Fact]
    public void Operations_that_no_network_of_the_zoo_has_run_too()
    {
        var builder = new NetworkBuilder("odd", DataLayout.ChannelsFirst);
        var x = builder.Image(19, 23, 3);
        var a = x.Conv2D("a", 20, size: 5, stride: 3, activation: Activation.Relu6);
        var b = x.DepthwiseConv2D("b", size: 5, stride: 2, padding: Padding.Valid, activation: Activation.Relu)
            .ZeroPad("b_pad", 0, 0, 0, 0).AveragePool2D("b_pool", size: 3, stride: 2, padding: Padding.Same);
        var c = x.MaxPool2D("c", size: 3, stride: 3, padding: Padding.Same).Conv2D("c_conv", 21, activation: Activation.Sigmoid);
        var d = a.Concatenate("d", c).SeparableConv2D("d_sep", 18, activation: Activation.Tanh).BatchNormalization("d_norm");
        var e = d.ResizeBilinear("e", 11, 5).ZeroPad("e_pad", 1, 2, 3, 4).PadChannels("e_wide", 7).Relu("e_relu");
        var f = e.Add("f", e, e).Conv2D("f_conv", 9, size: 3, stride: 2, padding: Padding.Valid);
        var network = builder.Build(
            f.Flatten("f_flat").Dense("out", 5, Activation.Softmax),
            b.GlobalAveragePool("b_mean").Dense("sides", 3, Activation.Sigmoid, bias: false),
            f.ReshapeToTable("table", 3));
        var weights = RandomWeights.For(network);
        using var engine = CpuRunner.Create(network, weights);
        using var reference = CpuRunner.Create(network, weights, new CpuRunnerOptions { Reference = true });
        var input = Noise(network.InputLength, 6);
        engine.Run(input);
        reference.Run(input);

        foreach (var output in network.Outputs)
            Compare(engine.Output(output), reference.Output(output), output);
    }

    /// <summary>Sizes around the edges of tiles and vectors.</summary>
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 3, 16, 17)]
    [InlineData(5, 7, 15, 16)]
    [InlineData(12, 13, 33, 48)]
    [InlineData(25, 26, 8, 40)]
    [InlineData(31, 6, 64, 64)]
    [InlineData(50, 50, 16, 16)]
    public void Convolutions_of_any_size_agree_with_plain_loops(int height, int width, int channels, int filters)
    {
        var builder = new NetworkBuilder("sizes");
        var x = builder.Image(height, width, 3).Conv2D("first", channels, activation: Activation.Relu);
        var network = builder.Build(x.Conv2D("second", filters).Relu("relu").MaxPool2D("pool", padding: Padding.Same).Flatten());
        var weights = RandomWeights.For(network);
        using var engine = CpuRunner.Create(network, weights);
        using var reference = CpuRunner.Create(network, weights, new CpuRunnerOptions { Reference = true });
        var input = Noise(network.InputLength, 6);
        engine.Run(input);
        reference.Run(input);

        Compare(engine.Output("flatten"), reference.Output("flatten"), "flatten");
    }

    [Fact]
    public void Wrong_input_names_and_options_are_refused()
    {
        var network = Zoo.Create("nano-b-136");
        var weights = RandomWeights.For(network);
        using var runner = CpuRunner.Create(network, weights);

        Should.Throw<ArgumentException>(() => runner.Run(new float[7])).Message.ShouldContain("48x48x1");
        Should.Throw<KeyNotFoundException>(() => runner.Output("arousal")).Message.ShouldContain("expression");
        Should.Throw<NetworkException>(() => CpuRunner.Create(network, weights, new CpuRunnerOptions { Threads = 0 }));
        Should.Throw<NetworkException>(() => CpuRunner.Create(network, weights, new CpuRunnerOptions { KeepTensors = ["no"] }));
        Should.Throw<WeightsException>(() => CpuRunner.Create(Zoo.Create("arch-1"), weights));
    }

    [Fact]
    public void A_disposed_runner_says_so()
    {
        var network = Zoo.Create("nano-b-136");
        var runner = CpuRunner.Create(network, RandomWeights.For(network), new CpuRunnerOptions { Threads = 2 });
        runner.Dispose();
        runner.Dispose();

        Should.Throw<ObjectDisposedException>(() => runner.Run(new float[network.InputLength]));
    }

    [Fact]
    public void A_frame_that_is_no_number_spoils_no_later_one()
    {
        var network = Zoo.Create("blazeface-short-range");
        using var runner = CpuRunner.Create(network, RandomWeights.For(network));
        var input = Noise(network.InputLength, 1);
        runner.Run(input);
        var expected = runner.Output("classifiers").ToArray();
        var bad = new float[network.InputLength];
        Array.Fill(bad, float.NaN);
        runner.Run(bad);
        runner.Run(input);

        runner.Output("classifiers").ToArray().ShouldBe(expected);
    }

    internal static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = random.NextSingle();
        return values;
    }

    internal static void Compare(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string name)
    {
        actual.Length.ShouldBe(expected.Length, name);
        var scale = 1f;
        foreach (var value in expected)
            scale = Math.Max(scale, Math.Abs(value));
        for (var i = 0; i < actual.Length; i++)
            actual[i].ShouldBe(expected[i], 2e-4f * scale, $"{name}[{i}]");
    }

    private static double[] DenseOf(WeightSet weights, string layer, ReadOnlySpan<float> x) => DenseOf(weights, layer, x.ToArray().Select(v => (double)v).ToArray());

    private static double[] DenseOf(WeightSet weights, string layer, double[] x)
    {
        var (kernel, bias) = (weights[$"{layer}/kernel"].Values.ToArray(), weights[$"{layer}/bias"].Values.ToArray());
        return [.. bias.Select((b, unit) => b + x.Select((v, i) => v * kernel[(i * bias.Length) + unit]).Sum())];
    }
}
