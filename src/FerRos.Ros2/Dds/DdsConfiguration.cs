using System.Globalization;
using System.Security;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Dds;

/// <summary>How far discovery reaches: ROS_AUTOMATIC_DISCOVERY_RANGE.</summary>
internal enum DiscoveryRange
{
    /// <summary>As Cyclone's own configuration says.</summary>
    SystemDefault,

    /// <summary>No other process at all.</summary>
    Off,

    /// <summary>This machine, and static peers.</summary>
    Localhost,

    /// <summary>The local network by multicast, this machine, and static peers: the default.</summary>
    Subnet,
}

/// <summary>Cyclone's configuration from ROS's environment variables.</summary>
/// <param name="DomainId">ROS domain.</param>
/// <param name="Range">How far discovery reaches.</param>
/// <param name="StaticPeers">Hosts to look for peers on.</param>
/// <param name="UserConfiguration">CYCLONEDDS_URI; what it says goes before ours.</param>
internal sealed record DdsConfiguration(int DomainId, DiscoveryRange Range, IReadOnlyList<string> StaticPeers, string UserConfiguration)
{
    /// <summary>Receive buffer for pictures in bytes: one 1920x1080 RGB picture fits more than half.</summary>
    public const long ReceiveBufferSize = 4 << 20;

    // Discovery by unicast tries this many ports on each peer host; more participants on one host do not find each other.
    private const int MaxParticipants = 100;

    // How long a writer that goes waits for acknowledgements of what it sent last. Healthy peers need milliseconds; a
    // stopped one must not hold up the end of a program with many publishers.
    private const int LingerMilliseconds = 200;

    /// <summary>Reads the environment as rcl does, with its warnings.</summary>
    /// <param name="domainId">Domain given by the program; null: from ROS_DOMAIN_ID.</param>
    /// <param name="variable">Reads one environment variable.</param>
    /// <param name="logger">Where warnings go.</param>
    /// <exception cref="MiddlewareException">ROS_DOMAIN_ID is not a domain.</exception>
    public static DdsConfiguration Read(int? domainId, Func<string, string?> variable, ILogger logger)
    {
        (DiscoveryRange range, IReadOnlyList<string> peers) = ReadDiscovery(variable, logger);
        return new DdsConfiguration(domainId ?? ReadDomain(variable), range, peers, variable("CYCLONEDDS_URI") ?? "");
    }

    /// <summary>The configuration as Cyclone's XML. A CYCLONEDDS_URI comes after ours, so that it has the last word.</summary>
    /// <param name="suffix">Unique in the network, for <see cref="DiscoveryRange.Off"/>.</param>
    public string ToXml(string suffix)
    {
        var xml = new StringBuilder("<CycloneDDS><Domain Id=\"any\"><General>");

        // One interface only, the one that Cyclone chooses (loopback where there is no other): Fast DDS sends every sample
        // to all addresses that a reader offers. What is sent to this machine's own address does not leave it.
        if (Range is DiscoveryRange.Localhost or DiscoveryRange.Off)
            xml.Append("<AllowMulticast>false</AllowMulticast>");

        // Large datagrams make pictures cheap: 15 instead of 700 for one of 640x480.
        xml.Append("<MaxMessageSize>65500B</MaxMessageSize><FragmentSize>65000B</FragmentSize></General><Discovery>");
        if (Range == DiscoveryRange.Off)
        {
            xml.Append("<ParticipantIndex>none</ParticipantIndex><Tag>ferros_off_").Append(suffix).Append("</Tag>");
        }
        else if (Range != DiscoveryRange.SystemDefault)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>{MaxParticipantIndex()}</MaxAutoParticipantIndex><Peers><Peer address=\"127.0.0.1\"/>");
            foreach (string peer in StaticPeers)
                xml.Append("<Peer address=\"").Append(SecurityElement.Escape(peer)).Append("\"/>");
            xml.Append("</Peers>");
        }

        // "max" is asked for and anything accepted; "min" would refuse to start where the kernel gives less.
        xml.Append(CultureInfo.InvariantCulture, $"</Discovery><Internal><SocketReceiveBufferSize min=\"default\" max=\"{ReceiveBufferSize}B\"/><WriterLingerDuration>{LingerMilliseconds}ms</WriterLingerDuration></Internal></Domain></CycloneDDS>");
        if (UserConfiguration.Length > 0)
            xml.Append(',').Append(UserConfiguration);
        return xml.ToString();
    }

    // RTPS's default ports: 7400 + 250 a domain + 2 a participant, 11 for the last of its kind; the highest domains have less room.
    private int MaxParticipantIndex() => Math.Min(MaxParticipants - 1, (ushort.MaxValue - 7400 - (250 * DomainId) - 11) / 2);

    private static int ReadDomain(Func<string, string?> variable)
    {
        string? text = variable("ROS_DOMAIN_ID");
        if (string.IsNullOrEmpty(text))
            return 0;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int domain)
            ? CheckDomain(domain)
            : throw new MiddlewareException($"ROS_DOMAIN_ID is '{text}', which is not an integral number from 0 to 232.");
    }

    /// <summary>Returns the domain when it is one.</summary>
    public static int CheckDomain(int domain) => domain is >= 0 and <= 232
        ? domain
        : throw new MiddlewareException($"The ROS domain is {domain}; it must be 0 to 232.");

    private static (DiscoveryRange Range, IReadOnlyList<string> Peers) ReadDiscovery(Func<string, string?> variable, ILogger logger)
    {
        string? localhostOnly = variable("ROS_LOCALHOST_ONLY");
        if (!string.IsNullOrEmpty(localhostOnly))
        {
            DdsLog.LocalhostOnlyDeprecated(logger);
            if (localhostOnly == "1")
            {
                DdsLog.LocalhostOnlyEnabled(logger);
                return (DiscoveryRange.Localhost, []);
            }

            DdsLog.LocalhostOnlyDisabled(logger);
        }

        const string RangeVariable = "ROS_AUTOMATIC_DISCOVERY_RANGE";
        string rangeText = variable(RangeVariable) ?? "";
        DiscoveryRange range;
        switch (rangeText)
        {
            case "" or "NOT_SET" or "SUBNET":
                range = DiscoveryRange.Subnet;
                break;
            case "OFF":
                range = DiscoveryRange.Off;
                break;
            case "LOCALHOST":
                range = DiscoveryRange.Localhost;
                break;
            case "SYSTEM_DEFAULT":
                range = DiscoveryRange.SystemDefault;
                break;
            default:
                DdsLog.InvalidDiscoveryRange(logger, rangeText, RangeVariable);
                range = DiscoveryRange.Localhost;
                break;
        }

        string[] peers = (variable("ROS_STATIC_PEERS") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (range, range is DiscoveryRange.Localhost or DiscoveryRange.Subnet ? peers : []);
    }
}
