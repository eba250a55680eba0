using System.CommandLine;
using System.Text.Json;
using FerRos.Cli.Graph;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.StdSrvs.Srv;
using FerRos.Ros2;
using FerRos.Ros2.Json;
using YamlDotNet.RepresentationModel;
using StringMessage = FerRos.Interfaces.StdMsgs.Msg.String;

namespace FerRos.Cli.Tests;

public class GraphCommandTests
{
    [Fact]
    public async Task Echo_finds_the_type_and_prints_a_JSON_object_a_line()
    {
        await using RosContext context = Embedded();
        RosNode node = context.CreateNode("talker");
        Publisher<StringMessage> publisher = node.CreatePublisher<StringMessage>("/echoed", QosProfile.Default with { Durability = QosDurability.TransientLocal });
        publisher.Publish(new StringMessage { Data = "grüß \"Gott\"\n" });

        (int code, string output, string error) = await RunAsync(EchoCommand.Create(RosArguments.None), "echo", "/echoed", "--json", "--count", "1", "--middleware", "dds");

        code.ShouldBe(0, error);
        using JsonDocument line = JsonDocument.Parse(output.TrimEnd());
        output.TrimEnd().ShouldNotContain("\n");
        line.RootElement.GetProperty("data").GetString().ShouldBe("grüß \"Gott\"\n");
    }

    [Fact]
    public async Task Echo_of_a_topic_that_nobody_publishes_says_what_to_do()
    {
        (int code, _, string error) = await RunAsync(EchoCommand.Create(RosArguments.None), "echo", "/nobody", "--middleware", "dds");

        code.ShouldBe(2);
        error.ShouldContain("nobody publishes /nobody");
        error.TrimEnd().ShouldNotContain("\n");
    }

    [Fact]
    public async Task Call_sends_the_JSON_request_and_prints_the_response()
    {
        await using RosContext context = Embedded();
        RosNode node = context.CreateNode("server");
        node.CreateService(SetBool.Type, "/switch", (request, _) => ValueTask.FromResult(new SetBool.Response { Success = request.Data, Message = "done" }));

        (int code, string output, string error) = await RunAsync(
            CallCommand.Create(RosArguments.None), "call", "/switch", "std_srvs/srv/SetBool", """{"data": true}""", "--middleware", "dds");

        code.ShouldBe(0, error);
        output.Trim().ShouldBe("""{"success":true,"message":"done"}""");
    }

    [Theory]
    [InlineData("/s", "std_srvs/srv/SetBool", """{"date": true}""", "date")]
    [InlineData("/s", "std_srvs/srv/SetBool", """{"data": 3}""", "data")]
    [InlineData("/s", "std_srvs/srv/SetBool", "data: true", "not JSON")]
    [InlineData("/s", "std_srvs/srv/SetBoot", "{}", "std_srvs/srv/SetBoot is not known")]
    [InlineData("/s s", "std_srvs/srv/SetBool", "{}", "/s s")]
    public async Task A_wrong_call_answers_in_one_line(string service, string type, string json, string expected)
    {
        (int code, _, string error) = await RunAsync(CallCommand.Create(RosArguments.None), "call", service, type, json, "--middleware", "dds");

        code.ShouldBe(2);
        error.ShouldContain(expected);
    }

    [Fact]
    public async Task Topics_and_nodes_list_what_is_there_and_hide_the_visitor()
    {
        await using RosContext context = Embedded();
        RosNode node = context.CreateNode("talker", new RosNodeOptions { Namespace = "/listed" });
        node.CreatePublisher<StringMessage>("~/words");

        (_, string topics, _) = await RunAsync(ListCommands.CreateTopics(RosArguments.None), "topics", "--middleware", "dds");
        (_, string nodes, _) = await RunAsync(ListCommands.CreateNodes(RosArguments.None), "nodes", "--middleware", "dds");

        topics.ShouldContain("/listed/talker/words");
        topics.Split('\n').First(l => l.StartsWith("/listed/talker/words", StringComparison.Ordinal)).ShouldContain("std_msgs/msg/String");
        nodes.Split('\n').ShouldContain("/listed/talker");
        nodes.ShouldNotContain("_ferros");
    }

    [Fact]
    public void The_human_form_of_a_message_is_YAML_with_the_same_content()
    {
        FaceAffectArray message = new()
        {
            Model = "yes",
            Classes = ["neutral", "a: b", "", "# c"],
            Faces =
            [
                new FaceAffect { FaceId = "f3k9a", Probabilities = [0.25f, 0.75f], Arousal = float.NaN, Valence = -0.5f },
                new FaceAffect { FaceId = "- x", Expression = "line\nbreak" },
            ],
        };

        byte[] json = JsonText.Write(message, JsonMessageOptions.All);
        YamlStream yaml = [];
        yaml.Load(new StringReader(JsonText.ToYaml(json)));

        using JsonDocument expected = JsonDocument.Parse(json);
        Compare(yaml.Documents[0].RootNode, expected.RootElement);
    }

    [Fact]
    public void Quotes_of_a_sentence_stay_readable() =>
        JsonText.ToYaml("{\"data\":\"a person's \\\"look\\\"\"}"u8.ToArray()).ShouldBe("data: \"a person's \\\"look\\\"\"\n");

    [Theory]
    [InlineData("run", "")]
    [InlineData("run --middleware dds --ros-args -r a:=b", "--ros-args -r a:=b")]
    [InlineData("run --ros-args -p x:=1 -- --middleware dds", "--ros-args -p x:=1 --")]
    [InlineData("run --ros-args -p x:=1 -- --middleware dds --ros-args --log-level debug", "--ros-args -p x:=1 -- --ros-args --log-level debug")]
    [InlineData("run image:=/camera/image", "image:=/camera/image")]
    public void The_node_gets_the_ROS_sections_of_the_command_line(string commandLine, string expected) =>
        string.Join(' ', RunCommand.RosSections(commandLine.Split(' '))).ShouldBe(expected);

    private static void Compare(YamlNode yaml, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                YamlMappingNode mapping = yaml.ShouldBeOfType<YamlMappingNode>();
                foreach (JsonProperty property in json.EnumerateObject())
                    Compare(mapping.Children[new YamlScalarNode(property.Name)], property.Value);
                break;
            case JsonValueKind.Array:
                YamlSequenceNode sequence = yaml.ShouldBeOfType<YamlSequenceNode>();
                sequence.Children.Count.ShouldBe(json.GetArrayLength());
                for (int i = 0; i < json.GetArrayLength(); i++)
                    Compare(sequence.Children[i], json[i]);
                break;
            case JsonValueKind.Null:
                yaml.ToString().ShouldBe(".nan");
                break;
            case JsonValueKind.String:
                YamlScalarNode text = yaml.ShouldBeOfType<YamlScalarNode>();
                text.Value.ShouldBe(json.GetString());
                // A plain scalar that looks like a boolean would be read as one.
                if (text.Style == YamlDotNet.Core.ScalarStyle.Plain) text.Value.ShouldNotBe("yes");
                break;
            default:
                yaml.ToString().ShouldBe(json.GetRawText());
                break;
        }
    }

    private static RosContext Embedded() => RosContext.Create([], new RosContextOptions { Middleware = MiddlewareKind.Dds });

    private static async Task<(int Code, string Output, string Error)> RunAsync(Command command, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await new RootCommand { command }.Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
