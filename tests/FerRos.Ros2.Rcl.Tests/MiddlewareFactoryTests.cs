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

    [Theory]
    [ClassData(typeof(Distributions))]
    [Trait("Needs", "ros")]
    public async Task A_sourced_ROS_without_the_types_gives_way_to_the_embedded_middleware_unless_it_was_asked_for(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var log = new Log();
        var options = new MiddlewareOptions { Logger = log, RequiredTypes = [Cdr.String, new InterfaceType("ferros_msgs/msg/FaceAffectArray", "")] };

        await using (var chosen = MiddlewareFactory.Create(MiddlewareKind.Auto, options))
            chosen.ShouldBeOfType<DdsMiddleware>();
        log.Has("Warning", "ferros_msgs", "setup.bash", "--middleware dds", "rmw_fastrtps_cpp", "do not reach its services").ShouldBeTrue(log.ToString());

        // Whoever asked for rcl by name gets that or an error.
        Should.Throw<MissingTypeSupportException>(() => MiddlewareFactory.Create(MiddlewareKind.Rcl, options)).Message.ShouldContain("ferros_msgs");

        await using (var complete = MiddlewareFactory.Create(MiddlewareKind.Auto, options with { RequiredTypes = [Cdr.String, Cdr.Image] }))
            complete.ShouldBeOfType<RclMiddleware>();
    }

    [Theory]
    [InlineData("rmw_fastrtps_cpp", null, null, null)]
    [InlineData("rmw_cyclonedds_cpp", null, "false", null)]
    [InlineData("rmw_zenoh_cpp", null, null, "rmw_zenoh_cpp do not hear it")]
    [InlineData("rmw_fastrtps_cpp", "10.0.0.1:11811", null, "10.0.0.1:11811")]
    [InlineData("rmw_fastrtps_cpp", null, "True", "no security")]
    public void The_embedded_middleware_steps_in_only_where_it_is_heard(string rmw, string? server, string? security, string? obstacle)
    {
        var found = MiddlewareFactory.WhyNotEmbedded(rmw, name => name switch { "ROS_DISCOVERY_SERVER" => server, "ROS_SECURITY_ENABLE" => security, _ => null });
        if (obstacle is null) found.ShouldBeNull();
        else found.ShouldNotBeNull().ShouldContain(obstacle);
    }
}
