namespace FerRos.Ros2.Dds;

/// <summary>The <c>key=value;</c> entries that ROS's RMWs keep in DDS's USER_DATA.</summary>
internal static class DdsUserData
{
    public const string ClientId = "clientid";
    public const string ServiceId = "serviceid";

    /// <summary>The entry with an endpoint's type hash; empty for Humble, which has none.</summary>
    public static string TypeHash(string hash, RosDistribution distribution) =>
        hash.Length == 0 || distribution == RosDistribution.Humble ? "" : $"typehash={hash};";

    /// <summary>The entries of an endpoint of a client or service.</summary>
    public static string ServiceEndpoint(string key, string id, string hash, RosDistribution distribution) =>
        $"{key}={id};" + TypeHash(hash, distribution);
}
