using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

public sealed class FastDdsMemoryTests
{
    [Theory]
    [InlineData("rmw_fastrtps_cpp", true)]
    [InlineData("rmw_fastrtps_dynamic_cpp", true)]
    [InlineData("rmw_cyclonedds_cpp", false)]
    [InlineData("rmw_zenoh_cpp", false)]
    public void Room_is_asked_for_where_the_RMW_is_over_Fast_DDS(string rmw, bool asked) => FastDdsMemory.IsUsedBy(rmw).ShouldBe(asked);

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("ROS_DOMAIN_ID", null, false)]
    [InlineData("FASTDDS_BUILTIN_TRANSPORTS", null, true)]
    [InlineData("FASTDDS_DEFAULT_PROFILES_FILE", null, true)]
    [InlineData("FASTRTPS_DEFAULT_PROFILES_FILE", null, true)]
    [InlineData("FASTDDS_ENVIRONMENT_FILE", null, true)]
    [InlineData(null, "DEFAULT_FASTDDS_PROFILES.xml", true)]
    [InlineData(null, "DEFAULT_FASTRTPS_PROFILES.xml", true)]
    public void Who_has_decided_about_transports_is_left_alone(string? variable, string? file, bool decided) =>
        FastDdsMemory.IsDecided(name => name == variable ? "something" : null, name => name == file).ShouldBe(decided);
}
