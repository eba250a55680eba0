using FerRos.Ros2.Dds;
using FerRos.Ros2.Middleware;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

public sealed class MiddlewareFactoryTests
{
    [Theory]
    [ClassData(typeof(Distributions))]
    [Trait("Needs", "ros")]
    public async Task A_sourced_ROS_is_used_unless_the_embedded_middleware_is_asked_for(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using (var chosen = MiddlewareFactory.Create(MiddlewareKind.Auto, new MiddlewareOptions()))
            chosen.ShouldBeOfType<RclMiddleware>();
        await using (var asked = MiddlewareFactory.Create(MiddlewareKind.Rcl, new MiddlewareOptions()))
            asked.ShouldBeOfType<RclMiddleware>();
        await using (var asked = MiddlewareFactory.Create(MiddlewareKind.Dds, new MiddlewareOptions()))
            asked.ShouldBeOfType<DdsMiddleware>();
    }

    [Fact]
    public async Task Without_a_sourced_ROS_the_embedded_middleware_is_used_and_rcl_is_refused_with_the_reason()
    {
        if (Environment.GetEnvironmentVariable("ROS_DISTRO") is { Length: > 0 } distribution) Assert.Skip($"ROS 2 {distribution} is sourced.");
        await using (var chosen = MiddlewareFactory.Create(MiddlewareKind.Auto, new MiddlewareOptions()))
            chosen.ShouldBeOfType<DdsMiddleware>();
        Should.Throw<MiddlewareException>(() => MiddlewareFactory.Create(MiddlewareKind.Rcl, new MiddlewareOptions())).Message.ShouldContain("setup.bash");
    }
}
