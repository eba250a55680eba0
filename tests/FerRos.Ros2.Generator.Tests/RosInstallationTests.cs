using System.Reflection;
using System.Text.Json.Nodes;
using FerRos.Ros2;
using FerRos.Tests.Oracle;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Generator.Tests;

/// <summary>The generator over every interface file of a ROS 2 installation.</summary>
[Trait("Needs", "ros")]
public class RosInstallationTests(RclpyOracle oracle) : IClassFixture<RclpyOracle>
{
    private const string Share = "/opt/ros/kilted/share";

    private static readonly Lazy<Generation> Installation = new(() => Generation.Over(
        Directory.EnumerateFiles(Share, "*", SearchOption.AllDirectories)
            .Where(p => Path.GetExtension(p) is ".msg" or ".srv" && Path.GetFileName(Path.GetDirectoryName(p)) is "msg" or "srv")
            .Select(p => (Path: p, Text: File.ReadAllText(p)))
            .Where(f => !UsesWideStrings(f.Text))
            .Select(f => new Generation.InterfaceText(f.Path, f.Text))));

    private static readonly Lazy<(List<MessageDescriptor> Messages, List<ServiceDescriptor> Services)> Types = new(Load);

    [Fact]
    public void Every_interface_of_the_installation_compiles_and_has_its_type_hash()
    {
        RclpyOracle.SkipWithoutRos();
        (List<MessageDescriptor> messages, List<ServiceDescriptor> services) = Types.Value;
        messages.Count.ShouldBeGreaterThan(200);
        services.Count.ShouldBeGreaterThan(20);
        int compared = 0;
        foreach ((string name, string hash) in messages.Select(m => (m.Name, m.TypeHash)).Concat(services.Select(s => (s.Name, s.TypeHash))))
        {
            string[] parts = name.Split('/');
            string file = $"{Share}/{parts[0]}/{parts[1]}/{parts[2]}.json";
            if (!File.Exists(file))
                file = $"{Share}/{parts[0]}/{parts[1]}/{parts[2].Split('_')[0]}.json";
            if (!File.Exists(file))
                continue;
            JsonNode? entry = JsonNode.Parse(File.ReadAllText(file))!["type_hashes"]!.AsArray().SingleOrDefault(e => (string)e!["type_name"]! == name);
            hash.ShouldBe((string)entry.ShouldNotBeNull(name)["hash_string"]!, name);
            compared++;
        }

        compared.ShouldBeGreaterThan(200);
    }

    [Fact]
    public void The_messages_that_ROS_tests_itself_with_are_exchanged_with_rclpy()
    {
        RclpyOracle.SkipWithoutRos();
        List<MessageDescriptor> messages = [.. Types.Value.Messages.Where(m => m.Name.StartsWith("test_msgs/"))];
        messages.Select(m => m.Name).ShouldContain("test_msgs/msg/UnboundedSequences");
        messages.Count.ShouldBeGreaterThan(15);
        foreach (MessageDescriptor type in messages)
        {
            (_, JsonNode defaults, JsonNode constants) = oracle.Default(type.Name, type.Constants.Select(c => c.Name));
            Exchange.ShouldBeSame(Exchange.ToJson(type.Create()), defaults, type);
            foreach (ConstantDescriptor constant in type.Constants)
                System.Text.Json.JsonSerializer.Serialize(constant.Value).ShouldBe(constants[constant.Name]!.ToJsonString(), $"{type.Name}.{constant.Name}");
            for (int seed = 0; seed < 5; seed++)
            {
                Exchange.ReadsAndWritesWhatRclpyWrites(oracle, type, seed);
                Exchange.WritesWhatRclpyReads(oracle, type, seed);
            }
        }
    }

    [Fact]
    public void Bounds_shapes_and_services_hash_as_the_tools_of_ROS_hash_them()
    {
        var files = new Dictionary<string, string>
        {
            ["msg/Part.msg"] = "string<=7[<=3] a\nbyte[] b\nchar[4] c\n",
            ["msg/Nothing.msg"] = "int32 ONLY_A_CONSTANT=1\n",
            ["msg/Test.msg"] = "std_msgs/Header header\nPart[<=2] parts\nNothing nothing\nfloat64[3] d [1.5, 2, 3]\nstring<=5 s \"x\"\nbuiltin_interfaces/Time[] times\n",
            ["srv/Do.srv"] = "Test test\n---\n",
        };
        Dictionary<string, string> hashes = RosidlHashes.Compute("my_msgs", files);
        Generation run = Generation.Over(files.Select(f => new Generation.InterfaceText("my_msgs/" + f.Key, f.Value)).Concat(
            new[] { "std_msgs/msg/Header", "builtin_interfaces/msg/Time", "service_msgs/msg/ServiceEventInfo" }
                .Select(n => new Generation.InterfaceText($"{n}.msg", File.ReadAllText($"{Share}/{n}.msg"), generate: false))));
        (List<MessageDescriptor> messages, List<ServiceDescriptor> services) = Descriptors(run.Load());
        messages.Select(m => (m.Name, m.TypeHash)).Concat(services.Select(s => (s.Name, s.TypeHash))).OrderBy(t => t.Name, StringComparer.Ordinal)
            .ShouldBe(hashes.Where(h => h.Key.StartsWith("my_msgs/")).Select(h => (h.Key, h.Value)).OrderBy(t => t.Key, StringComparer.Ordinal));
    }

    private static bool UsesWideStrings(string text) =>
        text.Split('\n').Any(l => l.TrimStart().StartsWith("wstring", StringComparison.Ordinal));

    private static (List<MessageDescriptor> Messages, List<ServiceDescriptor> Services) Load()
    {
        RclpyOracle.SkipWithoutRos();
        return Descriptors(Installation.Value.Load());
    }

    private static (List<MessageDescriptor> Messages, List<ServiceDescriptor> Services) Descriptors(Assembly assembly)
    {
        List<MessageDescriptor> messages = [];
        List<ServiceDescriptor> services = [];
        foreach (Type type in assembly.GetTypes())
        {
            if (typeof(IMessage).IsAssignableFrom(type))
                messages.Add((MessageDescriptor)type.GetProperty("MessageType")!.GetValue(null)!);
            else if (type.Namespace?.EndsWith(".Srv", StringComparison.Ordinal) == true && type.GetProperty("Type") is { } property)
                services.Add(((dynamic)property.GetValue(null)!).Descriptor);
        }

        return (messages, services);
    }
}
