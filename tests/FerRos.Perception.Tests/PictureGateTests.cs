using Shouldly;
using Xunit;

namespace FerRos.Perception.Tests;

public sealed class PictureGateTests
{
    private static readonly TimeSpan Ever = TimeSpan.FromMinutes(10);

    [Fact]
    public void Nobody_waits_where_no_picture_is_looked_at()
    {
        var gate = new PictureGate();
        gate.Wait(Ever).ShouldBeTrue();
        gate.Enter();
        gate.Leave();
        gate.Wait(Ever).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_waits_goes_on_when_the_picture_is_done()
    {
        var gate = new PictureGate();
        gate.Enter();
        Task<bool> waiting = Task.Factory.StartNew(
            () => gate.Wait(Ever), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        waiting.IsCompleted.ShouldBeFalse();
        gate.Leave();
        (await waiting).ShouldBeTrue();
    }

    [Fact]
    public void A_picture_without_end_stops_nobody_for_ever()
    {
        var gate = new PictureGate();
        gate.Enter();
        gate.Wait(TimeSpan.FromMilliseconds(10)).ShouldBeFalse();
        gate.IsBusy.ShouldBeTrue();
    }
}
