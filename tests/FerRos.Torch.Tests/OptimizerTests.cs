using FerRos.Networks.Tests;
using Shouldly;
using Xunit;
using static FerRos.Torch.torch.nn;

namespace FerRos.Torch.Tests;

public class OptimizerTests
{
    [Theory]
    [Trait("Needs", "shared")]
    [InlineData("expression", "sgd")]
    [InlineData("expression", "adam")]
    [InlineData("expression", "adamax")]
    [InlineData("affect", "sgd")]
    [InlineData("affect", "adam")]
    [InlineData("affect", "adamax")]
    public void Ten_steps_go_where_those_of_Keras_go(string head, string kind)
    {
        var golden = GoldenFile.Load();
        var expected = golden.Adaptation($"{head}/{kind}");
        var seed = golden.Seed;
        float[] Uniform(string key, int count) => [.. GoldenFile.Uniform($"{seed}/adapt/{head}/{key}").Take(count).Select(u => (float)u)];
        var (features, hidden, batch) =
            (expected.GetProperty("features").GetInt32(), expected.GetProperty("hidden").GetInt32(), expected.GetProperty("batch").GetInt32());
        var heads = head == "expression" ? new[] { "expression" } : ["arousal", "valence"];
        var classes = head == "expression" ? 8 : 1;

        using var scope = torch.NewDisposeScope();
        var parameters = new Dictionary<string, Parameter>();
        void Add(string name, params long[] shape)
        {
            // Kernels: sqrt(6 / in) times 2u - 1, a quarter of it in the heads; biases: a tenth of 2u - 1.
            var scale = name.EndsWith("/bias", StringComparison.Ordinal) ? 0.1
                : Math.Sqrt(6.0 / shape[0]) * (name.StartsWith("dense", StringComparison.Ordinal) ? 1 : 0.25);
            var values = GoldenFile.Uniform($"{seed}/adapt/{head}/{name}").Take((int)shape.Aggregate((a, b) => a * b));
            parameters[name] = new Parameter(torch.tensor(values.Select(u => (float)(((2 * u) - 1) * scale)).ToArray(), shape));
        }

        Add("dense/kernel", features, hidden);
        Add("dense/bias", hidden);
        foreach (var name in heads)
        {
            Add(name + "/kernel", hidden, classes);
            Add(name + "/bias", classes);
        }

        var x = torch.tensor(Uniform("x", batch * features), batch, features);
        var columns = classes * heads.Length;
        var raw = torch.tensor(Uniform("y", batch * columns), batch, columns);
        var y = head == "expression" ? raw / raw.sum([1], keepdim: true) : (raw * 2) - 1;

        torch.Tensor[] Forward(torch.Tensor input)
        {
            var dense = (input.matmul(parameters["dense/kernel"]) + parameters["dense/bias"]).relu();
            return [.. heads.Select(h => dense.matmul(parameters[h + "/kernel"]) + parameters[h + "/bias"])];
        }

        using Optimizer optimizer = kind switch
        {
            "sgd" => torch.optim.SGD(parameters.Values, 0.015, 0.74, nesterov: true),
            "adam" => torch.optim.Adam(parameters.Values, 0.001),
            _ => torch.optim.Adamax(parameters.Values, 0.002),
        };
        foreach (var loss in expected.GetProperty("loss_before_each_step").EnumerateArray())
        {
            using var step = torch.NewDisposeScope();
            var outputs = Forward(x);
            var value = head == "expression"
                ? functional.cross_entropy(outputs[0], y)
                : functional.mse_loss(torch.cat(outputs, 1).tanh(), y);
            value.item<double>().ShouldBe(loss.GetDouble(), 1e-5);
            optimizer.zero_grad();
            value.backward();
            optimizer.step();
        }

        foreach (var tensor in expected.GetProperty("after").EnumerateObject())
        {
            var values = parameters[tensor.Name].ToArray<float>();
            var first = tensor.Value.GetProperty("first").EnumerateArray().Select(v => v.GetDouble()).ToArray();
            for (var i = 0; i < first.Length; i++)
                ((double)values[i]).ShouldBe(first[i], 1e-5, $"{tensor.Name}[{i}]");
            values.Average(v => Math.Abs((double)v)).ShouldBe(tensor.Value.GetProperty("mean_abs").GetDouble(), 1e-5, tensor.Name);
        }

        foreach (var parameter in parameters.Values)
            parameter.Dispose();
    }

    [Fact]
    public void AdamW_shrinks_only_what_decays_and_before_the_step()
    {
        using var scope = torch.NewDisposeScope();
        using var weight = new Parameter(torch.full([1], 2));
        using var bias = new Parameter(torch.full([1], 2));
        using var optimizer = torch.optim.AdamW([weight, bias], 0.1, weight_decay: 0.5, decays: p => p == weight);
        (weight * 3 + bias * 3).sum().backward();
        optimizer.step();

        // The first step of Adam is the learning rate times the gradient's sign, but for epsilon.
        weight.item<double>().ShouldBe((2 * (1 - (0.5 * 0.1))) - 0.1, 1e-6);
        bias.item<double>().ShouldBe(2 - 0.1, 1e-6);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    [InlineData("adamax")]
    public void A_saved_optimiser_goes_on_bit_for_bit(string kind)
    {
        using var scope = torch.NewDisposeScope();
        Optimizer Make(Parameter p) => kind switch
        {
            "sgd" => torch.optim.SGD([p], 0.1, 0.9),
            "adamw" => torch.optim.AdamW([p], 0.1),
            _ => torch.optim.Adamax([p], 0.1),
        };

        void Step(Parameter p, Optimizer optimizer)
        {
            optimizer.zero_grad();
            (p - 1).pow(2).sum().backward();
            optimizer.step();
        }

        using var a = new Parameter(torch.tensor([3f, -4]));
        using var first = Make(a);
        for (var i = 0; i < 3; i++)
            Step(a, first);
        using var b = new Parameter(a.detach().clone());
        using var second = Make(b);
        second.load_state_dict(first.state_dict(), first.Steps);
        for (var i = 0; i < 5; i++)
        {
            Step(a, first);
            Step(b, second);
        }

        b.ToArray<float>().ShouldBe(a.ToArray<float>());
        Should.Throw<TorchException>(() => second.load_state_dict(new Dictionary<string, torch.Tensor>(), 1));
    }

    [Fact]
    public void A_frozen_parameter_stays()
    {
        using var scope = torch.NewDisposeScope();
        using var frozen = new Parameter(torch.ones(1), requires_grad: false);
        using var free = new Parameter(torch.ones(1));
        using var optimizer = torch.optim.AdamW([frozen, free], 0.1);
        (frozen * free).sum().backward();
        optimizer.step();
        frozen.item<float>().ShouldBe(1);
        free.item<float>().ShouldNotBe(1);
    }
}
