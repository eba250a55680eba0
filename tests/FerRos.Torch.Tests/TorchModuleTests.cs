using FerRos.Inference;
using FerRos.Networks;
using FerRos.Networks.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Torch.Tests;

public class TorchModuleTests
{
    [Theory]
    [Trait("Needs", "shared")]
    [InlineData("facechannel-v1-av")]
    [InlineData("facechannel-v1-fer8")]
    [InlineData("facechannel-figure-av")]
    [InlineData("affwild2-frame-arousal")]
    [InlineData("affwild2-frame-expression")]
    [InlineData("affwild2-frame-joint")]
    [InlineData("affwild2-frame-arousal-shunting")]
    [InlineData("facechannels-arousal")]
    [InlineData("facechannels-expression")]
    [InlineData("facechannels-joint")]
    [InlineData("arch-1")]
    [InlineData("arch-2")]
    [InlineData("arch-3")]
    [InlineData("arch-4")]
    [InlineData("nano-b-figure")]
    [InlineData("nano-b-136")]
    [InlineData("nano-a-232")]
    public void A_network_gives_what_Keras_gives_layer_by_layer(string name)
    {
        var golden = GoldenFile.Load();
        var expected = golden.Model(name);
        var network = golden.Network(name);
        using var module = new TorchModule(network);
        module.Load(golden.Weights(name, network));
        module.eval();

        using var none = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        long[] shape =
        [
            2,
            .. network.SequenceLength > 0 ? [(long)network.SequenceLength] : Array.Empty<long>(),
            .. network.InputShape.Dimensions(network.Layout).Select(d => (long)d),
        ];
        var results = module.Forward(
            torch.tensor(golden.Inputs(name, network.InputLength, 2), shape), keep: network.Layers.Select(l => l.Name).ToHashSet());

        // Layers first: the first that differs is the wrong one.
        if (expected.TryGetProperty("layers", out var layers))
        {
            foreach (var layer in layers.EnumerateArray())
            {
                var values = results[layer.GetProperty("name").GetString()!];
                values.shape[1..].ShouldBe(layer.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()));
                var meanAbs = layer.GetProperty("mean_abs").GetDouble();
                values.abs().mean().item<double>().ShouldBe(meanAbs, 1e-3 * meanAbs, layer.GetProperty("name").GetString());
                values.mean().item<double>().ShouldBe(layer.GetProperty("mean").GetDouble(), 1e-3 * meanAbs, layer.GetProperty("name").GetString());
            }
        }

        var compared = 0;
        foreach (var output in expected.GetProperty("outputs").EnumerateObject())
        {
            var values = results[output.Name].ToArray<float>();
            var reference = output.Value.EnumerateArray().SelectMany(r => r.EnumerateArray()).Select(v => v.GetDouble()).ToArray();
            values.Length.ShouldBe(reference.Length);
            for (var i = 0; i < reference.Length; i++, compared++)
                ((double)values[i]).ShouldBe(reference[i], 2e-4, $"{output.Name}[{i}]");
        }

        compared.ShouldBeGreaterThan(1);
    }

    public static TheoryData<string> AllNetworks => [.. Zoo.Entries.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(AllNetworks))]
    public void Every_network_of_the_zoo_agrees_with_the_engine_on_the_processor(string name)
    {
        var network = Zoo.Create(name);
        var weights = Initialization.Create(network, seed: 5, he: false);
        string[] keep = [.. network.LastLayers.Inputs];
        using var runner = new TorchRunner(network, weights, keepTensors: keep);
        using var plain = CpuRunner.Create(network, weights, new CpuRunnerOptions { KeepTensors = keep });
        var random = new Random(1);
        var input = Enumerable.Range(0, network.InputLength).Select(_ => random.NextSingle()).ToArray();
        runner.Run(input);
        plain.Run(input);
        foreach (var output in network.Outputs.Concat(keep))
        {
            var (a, b) = (runner.Output(output).ToArray(), plain.Output(output).ToArray());
            a.Length.ShouldBe(b.Length, output);
            var largest = b.Max(Math.Abs);
            for (var i = 0; i < a.Length; i++)
                a[i].ShouldBe(b[i], 1e-4f * MathF.Max(1, largest), $"{output}[{i}]");
        }
    }

    [Fact]
    public void Weights_come_out_as_they_went_in()
    {
        foreach (var name in new[] { "arch-1", "facechannels-joint", "affwild2-frame-arousal-shunting" })
        {
            var network = Zoo.Create(name);
            var weights = Initialization.Create(network, seed: 2, he: true);
            using var module = new TorchModule(network);
            module.Load(weights);
            var saved = module.Save();
            saved.Tensors.Count.ShouldBe(weights.Tensors.Count);
            foreach (var (tensor, values) in weights.Tensors)
                saved[tensor].Values.SequenceEqual(values.Values).ShouldBeTrue(tensor);
        }
    }

    [Fact]
    public void First_weights_have_the_spread_of_their_rule()
    {
        var network = Zoo.Create("facechannels-joint");
        foreach (var he in new[] { false, true })
        {
            var weights = Initialization.Create(network, seed: 3, he);
            var kernel = network.Parameters.First(p => p.Role == ParameterRole.Kernel && p.Shape.Length == 4 && p.Shape[2] >= 32);
            var values = weights[kernel.Name].Values.ToArray();
            double fanIn = 9 * kernel.Shape[2], fanOut = 9 * kernel.Shape[3];
            values.Select(v => (double)v * v).Average().ShouldBe(2 / (he ? fanIn : fanIn + fanOut), 0.05 / fanIn);
        }

        var recurrent = network.Parameters.First(p => p.Role == ParameterRole.RecurrentKernel);
        var r = Initialization.Create(network, 3, false)[recurrent.Name].Values.ToArray();
        var (rows, columns) = (recurrent.Shape[0], recurrent.Shape[1]);
        for (var i = 0; i < rows; i += 7)
        {
            for (var j = 0; j < rows; j += 9)
            {
                var dot = Enumerable.Range(0, columns).Sum(c => (double)r[(i * columns) + c] * r[(j * columns) + c]);
                dot.ShouldBe(i == j ? 1 : 0, 1e-5);
            }
        }
    }

    [Fact]
    public void Running_statistics_follow_the_formulas_of_Keras()
    {
        var network = Small(out var input);
        using var module = new TorchModule(network);
        module.Initialize(1);
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(input, 3, 4, 4, 1);
        var values = module.Forward(x, keep: new HashSet<string> { "conv" })["conv"].reshape(-1, 2);
        var mean = values.mean([0]).ToArray<float>();
        var biased = values.var([0], unbiased: false).ToArray<float>();
        var weights = module.Save();
        for (var c = 0; c < 2; c++)
        {
            weights["bn/moving_mean"].Values[c].ShouldBe(0.01f * mean[c], 1e-6f);
            weights["bn/moving_variance"].Values[c].ShouldBe(0.99f + (0.01f * biased[c]), 1e-6f);
        }
    }

    [Fact]
    public void Frozen_layers_keep_weights_and_statistics_and_the_others_train()
    {
        var network = Small(out var input);
        using var module = new TorchModule(network);
        module.Initialize(1);
        module.Freeze(layer => layer == "expression");
        var before = module.Save();
        using var optimizer = torch.optim.SGD(module.parameters(), 0.1, 0.9);
        using (torch.NewDisposeScope())
        {
            var target = torch.tensor([1f, 0, 0, 1, 0.5f, 0.5f], 3, 2);
            for (var i = 0; i < 3; i++)
            {
                module.zero_grad();
                torch.nn.functional.cross_entropy(module.Forward(torch.tensor(input, 3, 4, 4, 1), logits: true)["expression"], target).backward();
                optimizer.step();
            }
        }

        var after = module.Save();
        foreach (var name in before.Tensors.Keys)
            after[name].Values.SequenceEqual(before[name].Values).ShouldBe(!name.StartsWith("expression/", StringComparison.Ordinal), name);
    }

    [Theory]
    [InlineData("arch-1")]
    [InlineData("facechannel-v1-fer8")]
    [InlineData("facechannels-joint")]
    public void Gradients_reach_every_trainable_weight(string name)
    {
        var network = Zoo.Create(name, new ZooOptions { Dropout = 0.1 });
        using var module = new TorchModule(network);
        module.Initialize(4, he: true);
        torch.manual_seed(1);
        using var scope = torch.NewDisposeScope();
        long[] shape =
        [
            2, .. network.SequenceLength > 0 ? [2L] : Array.Empty<long>(), .. network.InputShape.Dimensions(network.Layout).Select(d => (long)d),
        ];
        var outputs = module.Forward(torch.rand(shape), logits: true);
        var loss = torch.zeros(1);
        foreach (var output in outputs.Values)
            loss += (output - 0.3).square().mean();
        loss.backward();
        foreach (var (parameter, value) in module.named_parameters())
        {
            var gradient = value.grad().ShouldNotBeNull(parameter);
            gradient.isfinite().all().item<bool>().ShouldBeTrue(parameter);
            gradient.abs().max().item<float>().ShouldBeGreaterThan(0, parameter);
        }
    }

    [Fact]
    public void A_sequence_may_be_shorter_than_the_longest()
    {
        var network = Zoo.Create("facechannels-expression");
        var weights = Initialization.Create(network, 8, he: true);
        using var module = new TorchModule(network);
        module.Load(weights);
        module.eval();
        using var none = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(2);
        var frames = torch.rand([1, 4, 112, 112, 3]);
        var output = module.forward(frames)["expression"].ToArray<float>();

        using var runner = SequenceRunner.Create(network, weights, new CpuRunnerOptions { Reference = true });
        var features = new float[4 * runner.FeatureLength];
        for (var t = 0; t < 4; t++)
            runner.Encode(frames.select(1, t).ToArray<float>(), features.AsSpan(t * runner.FeatureLength, runner.FeatureLength));
        runner.Run(features);
        var plain = runner.Output("expression").ToArray();
        for (var i = 0; i < plain.Length; i++)
            output[i].ShouldBe(plain[i], 1e-5f);
    }

    [Fact]
    public void Wrong_shapes_and_names_are_refused_in_words()
    {
        var network = Zoo.Create("arch-1");
        using var module = new TorchModule(network);
        using var scope = torch.NewDisposeScope();
        Should.Throw<TorchException>(() => module.forward(torch.ones(1, 1, 48, 48))).Message.ShouldContain("[batch, 48, 48, 1]");
        var weights = module.Save();
        Should.Throw<NetworkException>(() => new TorchRunner(network, weights, keepTensors: ["nowhere"])).Message.ShouldContain("'nowhere'");
        using var runner = new TorchRunner(network, weights);
        Should.Throw<ArgumentException>(() => runner.Run(new float[7])).Message.ShouldContain("2304");
        Should.Throw<InvalidOperationException>(() => runner.Output("expression").Length);
        Should.Throw<KeyNotFoundException>(() => runner.Output("joy").Length).Message.ShouldContain("expression");
        Should.Throw<WeightsException>(() => module.Load(new WeightSet([])));
    }

    [Fact]
    public void A_thousand_runs_leave_no_tensor_behind()
    {
        var network = Small(out var input);
        using var module = new TorchModule(network);
        module.Initialize(1);
        using var runner = new TorchRunner(network, module.Save());
        var live = Memory.LiveTensors();
        for (var i = 0; i < 1000; i++)
            runner.Run(input.AsSpan(0, network.InputLength));
        torch.LiveTensorCount.ShouldBe(live);
    }

    [Fact]
    [Trait("Needs", "cuda")]
    public void The_GPU_agrees_with_the_host()
    {
        Assert.SkipUnless(torch.cuda.is_available(), "there is no CUDA device, or libtorch was built without CUDA");
        foreach (var entry in Zoo.Entries)
        {
            var network = Zoo.Create(entry.Name);
            var weights = Initialization.Create(network, 5, he: false);
            using var host = new TorchRunner(network, weights);
            using var gpu = new TorchRunner(network, weights, torch.CUDA);
            var random = new Random(1);
            var input = Enumerable.Range(0, network.InputLength).Select(_ => random.NextSingle()).ToArray();
            host.Run(input);
            gpu.Run(input);
            foreach (var output in network.Outputs)
            {
                var (a, b) = (gpu.Output(output).ToArray(), host.Output(output).ToArray());
                for (var i = 0; i < a.Length; i++)
                    a[i].ShouldBe(b[i], 1e-3f * MathF.Max(1, b.Max(Math.Abs)), $"{entry.Name}: {output}[{i}]");
            }
        }
    }

    private static NetworkGraph Small(out float[] input)
    {
        var builder = new NetworkBuilder("small");
        var x = builder.Image(4, 4, 1).Conv2D("conv", 2, bias: false).BatchNormalization("bn").Relu("relu");
        var random = new Random(0);
        input = [.. Enumerable.Range(0, 3 * 16).Select(_ => random.NextSingle())];
        return builder.Build(x.GlobalAveragePool("pool").Dense("expression", 2, Activation.Softmax));
    }
}
