using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>
/// Room for pictures in the shared memory of Fast DDS. As it comes, a process sends through 512 KB of it, and a picture of
/// 640x480 in rgb8 has 900 KB: its fragments overwrite one another before they are read. Reliable subscriptions ask for
/// them again, which costs a picture 10 ms (two waits of 5 ms); best-effort ones lose the picture.
/// </summary>
/// <remarks>
/// The sender's room counts, so this is for what this process sends; other nodes need the same setting. rmw_fastrtps ignores
/// it, and every profile, while ROS_AUTOMATIC_DISCOVERY_RANGE is LOCALHOST. Fast DDS of Humble does not know it.
/// </remarks>
internal static class FastDdsMemory
{
    public const string Variable = "FASTDDS_BUILTIN_TRANSPORTS";

    /// <summary>The transports as they come, with 8 MB of shared memory (twice the sockets' size): a picture of 1920x1080 in rgb8.</summary>
    public const string Room = "DEFAULT?sockets_size=4MB";

    /// <summary>For the log, where samples are lost.</summary>
    public const string Advice =
        $" (Fast DDS sends through 512 KB of shared memory: with {Variable}={Room} in the publisher's environment, large messages fit in)";

    // Who has one of these has decided about transports.
    private static readonly string[] ProfileVariables = ["FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_ENVIRONMENT_FILE"];
    private static readonly string[] ProfileFiles = ["DEFAULT_FASTDDS_PROFILES.xml", "DEFAULT_FASTRTPS_PROFILES.xml"];

    public static bool IsUsedBy(string rmw) => rmw.StartsWith("rmw_fastrtps", StringComparison.Ordinal);

    /// <summary>Asks Fast DDS for room, unless the user has decided about its transports. Before the first context.</summary>
    public static void Reserve()
    {
        if (IsDecided(Environment.GetEnvironmentVariable, File.Exists)) return;

        // .NET's own variables are a copy that native code does not see. Where this fails, Fast DDS stays as it comes.
        _ = NativeMethods.setenv(Variable, Room, overwrite: 0);
    }

    internal static bool IsDecided(Func<string, string?> variable, Func<string, bool> fileExists) =>
        !string.IsNullOrEmpty(variable(Variable))
        || ProfileVariables.Any(name => !string.IsNullOrEmpty(variable(name)))
        || ProfileFiles.Any(fileExists);
}
