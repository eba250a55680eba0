using Shouldly;
using Xunit;
using static FerRos.Torch.torch.nn;

namespace FerRos.Torch.Tests;

public class FunctionalTests
{
    [Fact]
    public void A_convolution_sums_what_is_under_the_kernel()
    {
        using var scope = torch.NewDisposeScope();
        var input = torch.arange(0, 9).reshape(1, 1, 3, 3);
        var kernel = torch.tensor([1f, 0, 0, -1], 1, 1, 2, 2);
        functional.conv2d(input, kernel, torch.tensor([0.5f])).ToArray<float>().ShouldBe([-3.5f, -3.5f, -3.5f, -3.5f]);
        functional.conv2d(input, kernel, strides: (2, 1)).shape.ShouldBe([1, 1, 1, 2]);
        var two = torch.cat([input, input * 10], 1);
        functional.conv2d(two, torch.cat([kernel, kernel], 0), groups: 2).ToArray<float>()
            .ShouldBe([-4, -4, -4, -4, -40, -40, -40, -40]);
    }

    [Fact]
    public void Batch_normalisation_in_training_uses_and_remembers_the_batch()
    {
        using var scope = torch.NewDisposeScope();
        var input = torch.tensor([1f, 3, 5, 7], 4, 1);
        var mean = torch.zeros(1);
        var variance = torch.ones(1);
        var output = functional.batch_norm(input, mean, variance, training: true, momentum: 0.1, eps: 0).ToArray<float>();
        output[0].ShouldBe(-3 / MathF.Sqrt(5), 1e-5f);
        mean.item<float>().ShouldBe(0.4f, 1e-6f);

        // The running variance takes the unbiased one (20/3), as libtorch does; Keras takes the biased (5).
        variance.item<float>().ShouldBe((0.9f * 1) + (0.1f * 20 / 3), 1e-5f);
        functional.batch_norm(input, mean, variance, torch.tensor([2f]), torch.tensor([1f]), eps: 0).ToArray<float>()[3]
            .ShouldBe((2 * (7 - 0.4f) / MathF.Sqrt(variance.item<float>())) + 1, 1e-5f);
    }

    [Fact]
    public void Softmax_sums_to_one_and_its_logarithm_keeps_large_differences()
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor([1f, 2, 3, 0, 0, 1000], 2, 3);
        var p = functional.softmax(logits, 1);
        p.sum([1]).ToArray<float>().ShouldAllBe(v => Math.Abs(v - 1) < 1e-6);
        p.ToArray<float>()[2].ShouldBe(MathF.Exp(3) / (MathF.Exp(1) + MathF.Exp(2) + MathF.Exp(3)), 1e-6f);
        functional.log_softmax(logits, 1).ToArray<float>()[3].ShouldBe(-1000);
        functional.cross_entropy(logits.slice(0, 0, 1), torch.tensor([0f, 0.5f, 0.5f], 1, 3)).item<float>()
            .ShouldBe(MathF.Log(MathF.Exp(1) + MathF.Exp(2) + MathF.Exp(3)) - 2.5f, 1e-5f);
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_does_nothing_at_inference()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var ones = torch.ones(100_000);
        var dropped = functional.dropout(ones, 0.25);
        dropped.mean().item<float>().ShouldBe(1, 0.01f);
        dropped.eq(0).to(torch.float32).mean().item<float>().ShouldBe(0.25f, 0.01f);
        functional.dropout(ones, 0.25, training: false).ne(1).to(torch.float32).sum().item<float>().ShouldBe(0);
    }

    [Fact]
    public void Padding_and_pooling_and_resampling()
    {
        using var scope = torch.NewDisposeScope();
        var input = torch.arange(1, 5).reshape(1, 1, 2, 2);
        functional.pad(input, [0, 1, 1, 0], -1).ToArray<float>().ShouldBe([-1, -1, -1, 1, 2, -1, 3, 4, -1]);
        functional.max_pool2d(input, (2, 2), (2, 2)).item<float>().ShouldBe(4);
        functional.upsample_bilinear2d(input, 4, 4).ToArray<float>()[..4].ShouldBe([1, 1.25f, 1.75f, 2]);
    }

    [Fact]
    public void A_module_knows_its_parameters_and_those_inside_it()
    {
        using var outer = new Outer();
        outer.named_parameters().Select(p => p.name).ShouldBe(["scale", "inner.weight"]);
        outer.state_dict().Keys.ShouldBe(["scale", "inner.weight", "inner.seen"]);
        outer.eval();
        outer.inner.training.ShouldBeFalse();
        using var scope = torch.NewDisposeScope();
        outer.call(torch.ones(1, 2)).ToArray<float>().ShouldBe([6]);

        outer.load_state_dict(new Dictionary<string, torch.Tensor>
        {
            ["scale"] = torch.tensor([1f]), ["inner.weight"] = torch.tensor([4f, 5], 1, 2), ["inner.seen"] = torch.zeros(1),
        });
        outer.call(torch.ones(1, 2)).ToArray<float>().ShouldBe([9]);
        Should.Throw<TorchException>(() => outer.load_state_dict(new Dictionary<string, torch.Tensor>())).Message.ShouldContain("scale");
    }

    private sealed class Inner : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Parameter _weight;

        public Inner()
            : base("inner")
        {
            using var values = torch.tensor([1f, 2], 1, 2);
            _weight = register_parameter("weight", new Parameter(values));
            register_buffer("seen", torch.zeros(1));
        }

        public override torch.Tensor forward(torch.Tensor input) => functional.linear(input, _weight);
    }

    private sealed class Outer : Module<torch.Tensor, torch.Tensor>
    {
        public readonly Inner inner;
        private readonly Parameter _scale;

        public Outer()
            : base("outer")
        {
            using var values = torch.tensor([2f]);
            _scale = register_parameter("scale", new Parameter(values));
            inner = register_module("inner", new Inner());
        }

        public override torch.Tensor forward(torch.Tensor input) => inner.call(input) * _scale;
    }
}
