using System.Xml.Linq;
using FerRos.Ros2.Dds;
using Shouldly;

namespace FerRos.Ros2.Tests.Dds;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TestLog _log = new();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(null, "Subnet")]
    [InlineData("", "Subnet")]
    [InlineData("NOT_SET", "Subnet")]
    [InlineData("SUBNET", "Subnet")]
    [InlineData("LOCALHOST", "Localhost")]
    [InlineData("OFF", "Off")]
    [InlineData("SYSTEM_DEFAULT", "SystemDefault")]
    public void The_discovery_range_is_read(string? value, string range)
    {
        Read(("ROS_AUTOMATIC_DISCOVERY_RANGE", value)).Range.ToString().ShouldBe(range);
        _log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void An_unknown_range_means_localhost_with_a_warning()
    {
        Read(("ROS_AUTOMATIC_DISCOVERY_RANGE", "EVERYWHERE")).Range.ShouldBe(DiscoveryRange.Localhost);
        _log.Warnings.Single().ShouldContain("Invalid value 'EVERYWHERE' specified for 'ROS_AUTOMATIC_DISCOVERY_RANGE', assuming localhost only");
    }

    [Fact]
    public void Localhost_only_goes_before_range_and_peers_with_its_warnings()
    {
        DdsConfiguration configuration = Read(("ROS_LOCALHOST_ONLY", "1"), ("ROS_AUTOMATIC_DISCOVERY_RANGE", "SUBNET"), ("ROS_STATIC_PEERS", "a"));
        configuration.Range.ShouldBe(DiscoveryRange.Localhost);
        configuration.StaticPeers.ShouldBeEmpty();
        _log.Warnings.Count().ShouldBe(2);

        Read(("ROS_LOCALHOST_ONLY", "0"), ("ROS_AUTOMATIC_DISCOVERY_RANGE", "OFF")).Range.ShouldBe(DiscoveryRange.Off);
    }

    [Theory]
    [InlineData("SUBNET", 2)]
    [InlineData("LOCALHOST", 2)]
    [InlineData("OFF", 0)]
    [InlineData("SYSTEM_DEFAULT", 0)]
    public void Static_peers_count_where_discovery_is_by_us(string range, int peers) =>
        Read(("ROS_AUTOMATIC_DISCOVERY_RANGE", range), ("ROS_STATIC_PEERS", "192.0.2.7; robot.local;")).StaticPeers.Count.ShouldBe(peers);

    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 0)]
    [InlineData("7", 7)]
    [InlineData("232", 232)]
    public void The_domain_is_read(string? value, int domain) => Read(("ROS_DOMAIN_ID", value)).DomainId.ShouldBe(domain);

    [Theory]
    [InlineData("seven")]
    [InlineData("-1")]
    [InlineData("233")]
    [InlineData("1.0")]
    public void A_wrong_domain_is_refused(string value) =>
        Should.Throw<MiddlewareException>(() => Read(("ROS_DOMAIN_ID", value))).Message.ShouldContain("232");

    [Fact]
    public void The_xml_is_well_formed_and_says_what_was_asked()
    {
        XElement domain = Xml(new DdsConfiguration(0, DiscoveryRange.Localhost, ["a<b"], ""));
        domain.Element("General")!.Element("AllowMulticast")!.Value.ShouldBe("false");
        domain.Descendants("Peer").Select(static peer => peer.Attribute("address")!.Value).ShouldBe(["127.0.0.1", "a<b"]);
        domain.Descendants("SocketReceiveBufferSize").Single().Attribute("max")!.Value.ShouldBe("4194304B");
        Xml(new DdsConfiguration(0, DiscoveryRange.Off, [], "")).Descendants("Tag").Single().Value.ShouldContain("suffix");
        Xml(new DdsConfiguration(0, DiscoveryRange.SystemDefault, [], "")).Descendants("Peer").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, "99")]
    [InlineData(229, "99")]
    [InlineData(232, "62")]
    public void Participants_have_ports_in_every_domain(int domain, string highest) =>
        Xml(new DdsConfiguration(domain, DiscoveryRange.Subnet, [], "")).Descendants("MaxAutoParticipantIndex").Single().Value.ShouldBe(highest);

    [Fact]
    public void The_users_own_configuration_has_the_last_word()
    {
        DdsConfiguration configuration = Read(("CYCLONEDDS_URI", "file:///etc/cyclone.xml"));
        configuration.ToXml("suffix").ShouldEndWith("</CycloneDDS>,file:///etc/cyclone.xml");
    }

    [Fact]
    public async Task A_broken_configuration_of_the_user_is_refused_and_named()
    {
        int domain = TestDomain.Take();
        var options = new Middleware.MiddlewareOptions { DomainId = domain };
        MiddlewareException exception = Should.Throw<MiddlewareException>(() => new DdsMiddleware(options, static name => name == "CYCLONEDDS_URI" ? "<CycloneDDS><Nonsense>" : null));
        exception.Message.ShouldContain("check CYCLONEDDS_URI: '<CycloneDDS><Nonsense>'");

        // And the domain is free for another try.
        await using var middleware = new DdsMiddleware(options, static name => name == "ROS_AUTOMATIC_DISCOVERY_RANGE" ? "LOCALHOST" : null);
        middleware.DomainId.ShouldBe(domain);
    }

    private static XElement Xml(DdsConfiguration configuration) =>
        XDocument.Parse(configuration.ToXml("suffix")).Root!.Element("Domain")!;

    private DdsConfiguration Read(params (string Name, string? Value)[] variables) =>
        DdsConfiguration.Read(null, name => variables.FirstOrDefault(variable => variable.Name == name).Value, _log);
}
