using Shouldly;
using Xunit;

namespace FerRos.Torch.Tests;

public class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        var live = Memory.LiveTensors();
        torch.Tensor inside;
        using (var scope = torch.NewDisposeScope())
        {
            inside = torch.ones(2) + torch.ones(2);
            scope.Count.ShouldBe(3);
            torch.LiveTensorCount.ShouldBe(live + 3);
        }

        inside.IsInvalid.ShouldBeTrue();
        torch.LiveTensorCount.ShouldBe(live);
    }

    [Fact]
    public void A_result_moves_to_the_outer_scope_and_out_of_the_last_one()
    {
        torch.Tensor result;
        using (torch.NewDisposeScope())
        {
            using (var inner = torch.NewDisposeScope())
            {
                result = (torch.ones(2) * 3).MoveToOuterDisposeScope();
                inner.Count.ShouldBe(1);
            }

            result.IsInvalid.ShouldBeFalse();
            result.MoveToOuterDisposeScope();
        }

        result.ToArray<float>().ShouldBe([3, 3]);
        result.Dispose();
    }

    [Fact]
    public void Detached_tensors_stay_and_attached_ones_go()
    {
        using var loose = torch.ones(1);
        torch.Tensor kept, taken = torch.zeros(1);
        using (var scope = torch.NewDisposeScope())
        {
            kept = torch.ones(1).DetachFromDisposeScope();
            scope.Attach(taken);
        }

        kept.IsInvalid.ShouldBeFalse();
        kept.Dispose();
        taken.IsInvalid.ShouldBeTrue();
        loose.IsInvalid.ShouldBeFalse();
    }

    [Fact]
    public void A_forgotten_inner_scope_closes_with_the_outer_one()
    {
        var live = Memory.LiveTensors();
        using (torch.NewDisposeScope())
        {
            _ = torch.NewDisposeScope();
            _ = torch.ones(2);
        }

        torch.LiveTensorCount.ShouldBe(live);
        using var free = torch.ones(1);
        free.Scope.ShouldBeNull();
    }

    [Fact]
    public void Statistics_count_what_happened_on_the_thread()
    {
        var statistics = DisposeScopeManager.ThreadStatistics;
        statistics.Reset();
        var outside = torch.ones(1);
        using (var scope = torch.NewDisposeScope())
        {
            var a = torch.ones(1);
            var b = a + a;
            b.Dispose();
            scope.Attach(outside);
            torch.zeros(1).DetachFromDisposeScope().Dispose();
        }

        statistics.CreatedOutsideScopeCount.ShouldBe(1);
        statistics.CreatedInScopeCount.ShouldBe(3);
        statistics.DisposedInScopeCount.ShouldBe(3);
        statistics.DisposedOutsideScopeCount.ShouldBe(1);
        statistics.AttachedToScopeCount.ShouldBe(1);
        statistics.DetachedFromScopeCount.ShouldBe(1);
        statistics.ThreadTotalLiveCount.ShouldBe(0);
    }

    [Fact]
    public void A_scope_belongs_to_its_thread()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor? other = null;
        var thread = new Thread(() => other = torch.ones(1));
        thread.Start();
        thread.Join();
        scope.Count.ShouldBe(0);
        other!.Dispose();
    }

    [Fact]
    public void Ten_thousand_training_steps_leave_no_tensor_behind()
    {
        torch.manual_seed(0);
        using var kernel = new torch.nn.Parameter(torch.randn([4, 1, 3, 3]));
        using var weight = new torch.nn.Parameter(torch.randn([2, 64]));
        using var optimizer = torch.optim.Adam([kernel, weight]);
        using var input = torch.randn([2, 1, 4, 4]);
        using var target = torch.ones(2, 2);

        void Step()
        {
            using var scope = torch.NewDisposeScope();
            var map = torch.nn.functional.conv2d(input, kernel, padding: (1, 1)).relu();
            var output = torch.nn.functional.linear(torch.nn.functional.dropout(map.flatten(1), 0.1), weight);
            optimizer.zero_grad();
            torch.nn.functional.mse_loss(output, target).backward();
            optimizer.step();
        }

        for (var i = 0; i < 100; i++)
            Step();
        var live = Memory.LiveTensors();
        var native = Memory.Native();
        for (var i = 0; i < 10_000; i++)
            Step();
        torch.LiveTensorCount.ShouldBe(live);
        optimizer.Steps.ShouldBe(10_100);

        // One tensor of every step kept alive would be 10,000 tensors of at least 200 bytes natively, a graph far more.
        (Memory.Native() - native).ShouldBeLessThan(32L << 20);
    }
}
