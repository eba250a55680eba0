using Shouldly;
using Xunit;

namespace FerRos.Torch.Tests;

public class TensorTests
{
    [Fact]
    public void Values_go_in_and_come_out_row_by_row()
    {
        using var scope = torch.NewDisposeScope();
        var tensor = torch.tensor([1f, 2, 3, 4, 5, 6], 2, 3);
        tensor.shape.ShouldBe([2, 3]);
        tensor.dtype.ShouldBe(torch.float32);
        tensor.device.ShouldBe(torch.CPU);
        tensor.transpose(0, 1).ToArray<float>().ShouldBe([1, 4, 2, 5, 3, 6]);
        torch.tensor([1L, 1L << 40]).ToArray<long>().ShouldBe([1, 1L << 40]);
        torch.tensor([1.5, 2.5]).ToArray<double>().ShouldBe([1.5, 2.5]);
        torch.tensor(new byte[] { 0, 255 }).to(torch.float32).ToArray<float>().ShouldBe([0, 255]);
        torch.scalar(3).item<float>().ShouldBe(3);
        torch.tensor([1L << 60]).item<long>().ShouldBe(1L << 60);
        torch.arange(0, 3).ToArray<float>().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Arithmetic_is_that_of_the_elements()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.tensor([1f, -2, 3]);
        var b = torch.tensor([4f, 5, -6]);
        (a + b).ToArray<float>().ShouldBe([5, 3, -3]);
        (a - b).ToArray<float>().ShouldBe([-3, -7, 9]);
        (a * b).ToArray<float>().ShouldBe([4, -10, -18]);
        (b / a).ToArray<float>().ShouldBe([4, -2.5f, -2]);
        (2 - a).ToArray<float>().ShouldBe([1, 4, -1]);
        (-a * 2 + 1).ToArray<float>().ShouldBe([-1, 5, -5]);
        a.add(b, alpha: 0.5).ToArray<float>().ShouldBe([3, 0.5f, 0]);
        a.abs().pow(2).ToArray<float>().ShouldBe([1, 4, 9]);
        a.relu().ToArray<float>().ShouldBe([1, 0, 3]);
        a.clamp(-1, 2).ToArray<float>().ShouldBe([1, -1, 2]);
        torch.maximum(a, b).ToArray<float>().ShouldBe([4, 5, 3]);
        torch.minimum(a, b).ToArray<float>().ShouldBe([1, -2, -6]);
        torch.where(a.gt(0), a, b).ToArray<float>().ShouldBe([1, 5, 3]);
        a.le(1).ToArray<bool>().ShouldBe([true, true, false]);
        a.ne(b).all().item<bool>().ShouldBeTrue();
        torch.tensor([1f, float.NaN, float.PositiveInfinity]).isfinite().ToArray<bool>().ShouldBe([true, false, false]);
        a.sigmoid().ToArray<float>()[0].ShouldBe(1 / (1 + MathF.Exp(-1)), 1e-6f);
        a.tanh().ToArray<float>()[1].ShouldBe(MathF.Tanh(-2), 1e-6f);
        torch.tensor([1f, 2, 3, 4], 2, 2).matmul(torch.tensor([5f, 6, 7, 8], 2, 2)).ToArray<float>().ShouldBe([19, 22, 43, 50]);
    }

    [Fact]
    public void Operations_in_place_change_the_tensor_itself()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.tensor([1f, 4, 9]);
        var one = torch.ones(3);
        a.sqrt_().ToArray<float>().ShouldBe([1, 2, 3]);
        a.add_(one, -1).mul_(2).ToArray<float>().ShouldBe([0, 2, 4]);
        a.lerp_(one, 0.5).ToArray<float>().ShouldBe([0.5f, 1.5f, 2.5f]);
        a.addcmul_(one, one, 0.5).ToArray<float>().ShouldBe([1, 2, 3]);
        a.addcdiv_(one, torch.full([3], 2), -2).ToArray<float>().ShouldBe([0, 1, 2]);
        a.maximum_(one).ToArray<float>().ShouldBe([1, 1, 2]);
        a.clamp_(0, 1.5).add_(1).mul_(a).ToArray<float>().ShouldBe([4, 4, 6.25f]);
        a.zero_().copy_(one).ToArray<float>().ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void Shapes_change_without_changing_values()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.arange(0, 24).reshape(2, 3, 4);
        a.flatten(1).shape.ShouldBe([2, 12]);
        a.permute(2, 0, 1).shape.ShouldBe([4, 2, 3]);
        a.select(1, 2).ToArray<float>().ShouldBe([8, 9, 10, 11, 20, 21, 22, 23]);
        a[1].slice(0, 0, 3, 2).ToArray<float>().ShouldBe([12, 13, 14, 15, 20, 21, 22, 23]);
        a.slice(2, 1, 2).squeeze(2).shape.ShouldBe([2, 3]);
        a.unsqueeze(0).shape.ShouldBe([1, 2, 3, 4]);
        a.index_select(2, torch.tensor([3L, 0])).select(0, 0).ToArray<float>().ShouldBe([3, 0, 7, 4, 11, 8]);
        torch.arange(0, 3).flip(0).ToArray<float>().ShouldBe([2, 1, 0]);
        torch.cat([torch.ones(1, 2), torch.zeros(2, 2)], 0).shape.ShouldBe([3, 2]);
        torch.stack([torch.ones(2), torch.zeros(2)], 1).ToArray<float>().ShouldBe([1, 0, 1, 0]);
        torch.ones(2, 1).expand(2, 3).ToArray<float>().ShouldBe([1, 1, 1, 1, 1, 1]);
        a.size(-1).ShouldBe(4);
    }

    [Fact]
    public void Reductions_work_over_all_and_over_dimensions()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.tensor([1f, 2, 3, 4, 5, 9], 2, 3);
        a.sum().item<float>().ShouldBe(24);
        a.sum([0]).ToArray<float>().ShouldBe([5, 7, 12]);
        a.mean([1], keepdim: true).ToArray<float>().ShouldBe([2, 6]);
        a.mean([1], keepdim: true).shape.ShouldBe([2, 1]);
        a.var([1], unbiased: true).ToArray<float>().ShouldBe([1, 7]);
        a.max().item<float>().ShouldBe(9);
        a.min().item<float>().ShouldBe(1);
        a.argmax(1).ToArray<long>().ShouldBe([2, 2]);
        var (values, indexes) = a.max(0);
        values.ToArray<float>().ShouldBe([4, 5, 9]);
        indexes.ToArray<long>().ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void Refusals_carry_the_text_of_libtorch()
    {
        using var scope = torch.NewDisposeScope();
        var three = torch.ones(3);
        Should.Throw<TorchException>(() => three + torch.ones(2)).Message.ShouldContain("size of tensor a (3)");
        Should.Throw<TorchException>(() => three.reshape(2, 2)).Message.ShouldContain("shape '[2, 2]' is invalid");
        Should.Throw<TorchException>(() => torch.tensor([1f, 2], 3)).Message.ShouldContain("8 bytes");
        Should.Throw<TorchException>(() => three.ToArray<long>()).Message.ShouldContain("Float32");
        Should.Throw<TorchException>(() => three.item<float>());
        Should.Throw<TorchException>(() => torch.cat([]));
        Should.Throw<TorchException>(() => torch.set_num_threads(0));
        Should.Throw<TorchOutOfMemoryException>(() => torch.empty([1L << 30, 1L << 30]));
        Should.Throw<ArgumentException>(() => torch.device("gpu")).Message.ShouldContain("'gpu'");
        torch.device("cuda:3").ShouldBe(new torch.Device(DeviceType.CUDA, 3));
    }

    [Fact]
    public void A_disposed_tensor_refuses_every_use_and_its_views_live_on()
    {
        var tensor = torch.ones(2, 2);
        using var view = tensor[1];
        tensor.Dispose();
        tensor.IsInvalid.ShouldBeTrue();
        Should.Throw<ObjectDisposedException>(() => tensor.sum());
        view.ToArray<float>().ShouldBe([1, 1]);
        tensor.Dispose();
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_a_state_goes_on_exactly()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(7);
        var first = torch.randn([5]).ToArray<float>();
        var state = torch.random.get_rng_state();
        var next = torch.rand([3]).ToArray<float>();
        torch.manual_seed(7);
        torch.randn([5]).ToArray<float>().ShouldBe(first);
        torch.rand([1000]);
        torch.random.set_rng_state(state);
        torch.rand([3]).ToArray<float>().ShouldBe(next);
        next.ShouldNotBe(first[..3]);
        torch.randperm(10).ToArray<long>().Order().ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    [Fact]
    public void The_number_of_threads_is_what_was_set()
    {
        var before = torch.get_num_threads();
        torch.set_num_threads(1);
        torch.get_num_threads().ShouldBe(1);
        torch.set_num_threads(before);
        torch.Version.ShouldStartWith(char.IsAsciiDigit(torch.Version[0]) ? torch.Version[..1] : "a digit");
    }
}
