using System.Text.Json;
using System.Text.Json.Nodes;
using FerRos.Ros2;
using FerRos.Tests.Oracle;
using Shouldly;
using Xunit;

namespace FerRos.Interfaces.Tests;

/// <summary>The carried interfaces against those of a ROS 2 installation.</summary>
[Trait("Needs", "ros")]
public class RosInstallationTests(RclpyOracle oracle) : IClassFixture<RclpyOracle>
{
    private const int Seeds = 6;

    // Not part of a ROS installation.
    private static readonly string[] Own = ["ferros_msgs/", "hri_msgs/", "hri_privacy_msgs/"];

    private static IEnumerable<MessageDescriptor> Installed => Known.Messages.Where(m => !Own.Any(m.Name.StartsWith));

    // ferros_msgs too, where a workspace with it is built.
    private static IEnumerable<MessageDescriptor> ForRclpy =>
        Known.Messages.Where(m => !Own.Any(m.Name.StartsWith) || (RclpyOracle.Overlay is not null && m.Name.StartsWith("ferros_msgs/")));

    [Theory]
    [InlineData("jazzy", 40)]
    [InlineData("kilted", 100)]
    public void Type_hashes_and_descriptions_equal_those_of_the_installation(string distribution, int least)
    {
        string share = $"/opt/ros/{distribution}/share";
        RclpyOracle.SkipWithoutRos(distribution);
        var hashes = new Dictionary<string, string>();
        var descriptions = new Dictionary<string, JsonNode>();
        foreach (string file in Directory.EnumerateFiles(share, "*.json", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(Path.GetDirectoryName(file)) is not ("msg" or "srv"))
                continue;
            JsonNode json = JsonNode.Parse(File.ReadAllText(file))!;
            foreach (JsonNode? entry in json["type_hashes"]!.AsArray())
                hashes[(string)entry!["type_name"]!] = (string)entry["hash_string"]!;
            JsonNode description = json["type_description_msg"]!;
            foreach (JsonNode? type in description["referenced_type_descriptions"]!.AsArray().Append(description["type_description"]))
                descriptions[(string)type!["type_name"]!] = type;
        }

        int compared = 0;
        foreach (MessageDescriptor message in Known.Messages.Where(m => hashes.ContainsKey(m.Name)))
        {
            message.TypeHash.ShouldBe(hashes[message.Name], message.Name);
            JsonArray fields = descriptions[message.Name]["fields"]!.AsArray();
            if (message.Fields.Count > 0)
            {
                message.Fields.Select(f => (f.Name, (int)f.Type.TypeId, f.Type.Capacity, f.Type.StringCapacity, f.Type.NestedTypeName)).ShouldBe(
                    fields.Select(f => ((string)f!["name"]!, (int)f["type"]!["type_id"]!, (int)f["type"]!["capacity"]!, (int)f["type"]!["string_capacity"]!, (string)f["type"]!["nested_type_name"]!)),
                    message.Name);
            }

            compared++;
        }

        foreach (string name in InterfaceRegistry.ServiceNames.Where(hashes.ContainsKey))
        {
            InterfaceRegistry.TryGetService(name, out ServiceDescriptor? service).ShouldBeTrue();
            service.TypeHash.ShouldBe(hashes[name], name);
            compared++;
        }

        compared.ShouldBeGreaterThan(least);
        if (distribution == "kilted")
            Installed.Where(m => !hashes.ContainsKey(m.Name)).Select(m => m.Name).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ferros_msgs", 9 + (3 * 5))]
    [InlineData("hri_msgs", 12)]
    [InlineData("hri_privacy_msgs", 1)]
    public void Type_hashes_of_other_packages_equal_those_that_the_tools_of_ROS_compute(string package, int least)
    {
        var sources = Known.Messages.Where(m => m.Name.StartsWith(package + "/")).Select(m => m.Source).DistinctBy(s => s.TypeName);
        Dictionary<string, string> hashes = RosidlHashes.Compute(package, sources.ToDictionary(s => $"{s.TypeName[(package.Length + 1)..]}.{s.Encoding}", s => s.Text));
        int compared = 0;
        foreach ((string name, string hash) in hashes.Where(h => h.Key.StartsWith(package + "/")))
        {
            if (InterfaceRegistry.TryGetService(name, out ServiceDescriptor? service))
                service.TypeHash.ShouldBe(hash, name);
            else
                Known.Message(name).TypeHash.ShouldBe(hash, name);
            compared++;
        }

        compared.ShouldBeGreaterThanOrEqualTo(least);
    }

    [Fact]
    public void What_rclpy_writes_is_read_as_it_was_meant_and_written_with_the_same_bytes()
    {
        RclpyOracle.SkipWithoutRos();
        foreach (MessageDescriptor type in ForRclpy)
        {
            for (int seed = 0; seed < Seeds; seed++)
                Exchange.ReadsAndWritesWhatRclpyWrites(oracle, type, seed);
        }
    }

    [Fact]
    public void What_we_write_is_read_by_rclpy_as_it_was_meant()
    {
        RclpyOracle.SkipWithoutRos();
        foreach (MessageDescriptor type in ForRclpy)
        {
            for (int seed = 100; seed < 100 + Seeds; seed++)
                Exchange.WritesWhatRclpyReads(oracle, type, seed);
        }
    }

    [Fact]
    public void Constants_and_defaults_equal_those_of_rclpy()
    {
        RclpyOracle.SkipWithoutRos();
        int constants = 0;
        foreach (MessageDescriptor type in ForRclpy)
        {
            (_, JsonNode defaults, JsonNode values) = oracle.Default(type.Name, type.Constants.Select(c => c.Name));
            Exchange.ShouldBeSame(Exchange.ToJson(type.Create()), defaults, type);
            foreach (ConstantDescriptor constant in type.Constants)
            {
                JsonSerializer.Serialize(constant.Value).ShouldBe(values[constant.Name]!.ToJsonString(), $"{type.Name}.{constant.Name}");
                constants++;
            }
        }

        constants.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("std_msgs/msg/String", "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18")]
    [InlineData("std_msgs/msg/Empty", "RIHS01_20b625256f32d5dbc0d04fee44f43c41e51c70d3502f84b4a08e7a9c26a96312")]
    [InlineData("sensor_msgs/msg/Image", "RIHS01_d31d41a9a4c4bc8eae9be757b0beed306564f7526c88ea6a4588fb9582527d47")]
    [InlineData("rcl_interfaces/msg/ParameterEvent", "RIHS01_043e627780fcad87a22d225bc2a037361dba713fca6a6b9f4b869a5aa0393204")]
    [InlineData("lifecycle_msgs/msg/TransitionEvent", "RIHS01_d5f8873a2f0146498f812d7885c7327ce27e463d36811d8792f35ee38c0d6c38")]
    public void Type_hashes_equal_published_ones(string name, string hash) => Known.Message(name).TypeHash.ShouldBe(hash);

    [Theory]
    [InlineData("rcl_interfaces/srv/SetParametersAtomically", "RIHS01_0e192ef259c07fc3c07a13191d27002222e65e00ccec653ca05e856f79285fcd")]
    [InlineData("type_description_interfaces/srv/GetTypeDescription", "RIHS01_69b9c19c1021405984cc60dbbb1edceb147a6538b411d812ba6afabeed962cd5")]
    [InlineData("std_srvs/srv/SetBool", "RIHS01_abe9e4bb6b41b40e6789712c00ec8871923e089af3f667a79992a428cff2da0a")]
    public void Type_hashes_of_services_equal_published_ones(string name, string hash)
    {
        InterfaceRegistry.TryGetService(name, out ServiceDescriptor? service).ShouldBe(Known.Messages.Count > 0);
        service!.TypeHash.ShouldBe(hash);
    }
}
