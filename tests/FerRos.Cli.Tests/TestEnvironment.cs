using System.Runtime.CompilerServices;

// One graph, and commands whose limits of time a second test beside would eat up.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FerRos.Cli.Tests;

/// <summary>A domain of the tests' own, on this machine alone, over the embedded middleware.</summary>
internal static class TestEnvironment
{
    [ModuleInitializer]
    internal static void Initialize()
    {
        Environment.SetEnvironmentVariable("ROS_DOMAIN_ID", "43");
        Environment.SetEnvironmentVariable("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST");
        Environment.SetEnvironmentVariable("ROS_DISTRO", null);
    }
}
