using Shouldly;
using Xunit;

namespace FerRos.Torch.Tests;

public class AutogradTests
{
    [Fact]
    public void Gradients_equal_finite_differences()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3);
        var kernel = torch.randn([3, 2, 3, 3], torch.float64).requires_grad_();
        var gamma = torch.rand([3], torch.float64).requires_grad_();
        var beta = torch.rand([3], torch.float64).requires_grad_();
        var weight = torch.randn([4, 12], torch.float64).requires_grad_();
        var input = torch.randn([5, 2, 4, 4], torch.float64).requires_grad_();
        var target = torch.nn.functional.softmax(torch.randn([5, 4], torch.float64), 1);

        torch.Tensor Loss()
        {
            var map = torch.nn.functional.conv2d(input, kernel, padding: (1, 1));
            var mean = torch.zeros([3], torch.float64);
            var variance = torch.ones([3], torch.float64);
            map = torch.nn.functional.batch_norm(map, mean, variance, gamma, beta, training: true, eps: 1e-3);
            map = torch.nn.functional.max_pool2d(map.tanh(), (2, 2), (2, 2));
            return torch.nn.functional.cross_entropy(torch.nn.functional.linear(map.flatten(1), weight), target);
        }

        Loss().backward();
        foreach (var leaf in new[] { kernel, gamma, beta, weight, input })
        {
            leaf.is_leaf.ShouldBeTrue();
            var gradient = leaf.grad()!.flatten().ToArray<double>();
            using var none = torch.no_grad();
            var flat = leaf.detach().reshape(-1);
            for (var i = 0; i < gradient.Length; i += Math.Max(1, gradient.Length / 7))
            {
                const double Step = 1e-6;
                var value = flat[i];
                value.add_(Step);
                var up = Loss().item<double>();
                value.add_(-2 * Step);
                var down = Loss().item<double>();
                value.add_(Step);
                gradient[i].ShouldBe((up - down) / (2 * Step), 1e-6);
            }
        }
    }

    [Fact]
    public void Gradients_add_up_until_they_are_forgotten()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([2f]).requires_grad_();
        x.grad().ShouldBeNull();
        x.square().sum().backward();
        x.square().sum().backward();
        x.grad()!.item<float>().ShouldBe(8);
        x.set_grad(null);
        x.grad().ShouldBeNull();
    }

    [Fact]
    public void Without_gradients_nothing_is_recorded()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones(1).requires_grad_();
        using (torch.no_grad())
        {
            (x * 2).requires_grad.ShouldBeFalse();
            using (torch.enable_grad())
                (x * 2).requires_grad.ShouldBeTrue();
            (x * 2).requires_grad.ShouldBeFalse();
        }

        (x * 2).requires_grad.ShouldBeTrue();
        (x * 2).detach().requires_grad.ShouldBeFalse();
        Should.Throw<TorchException>(() => x.detach().backward()).Message.ShouldContain("does not require grad");
    }

    [Fact]
    public void Autocast_computes_in_sixteen_bits_and_gives_gradients_in_thirty_two()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.randn([4, 8]);
        var w = torch.randn([3, 8]).requires_grad_();
        using (torch.autocast(DeviceType.CPU))
        {
            var y = torch.nn.functional.linear(x, w);
            y.dtype.ShouldBe(torch.bfloat16);
            y.to(torch.float32).sum().backward();
        }

        w.grad()!.dtype.ShouldBe(torch.float32);
        torch.nn.functional.linear(x, w).dtype.ShouldBe(torch.float32);
    }
}
