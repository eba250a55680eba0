using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>A node's parameters as rclpy's parameter client sees them; the rules are rclcpp's.</summary>
[Trait("Needs", "ros")]
public sealed class ParameterTests
{
    private const string Name = "/tests/parameterized";

    private RosNode _node = null!;

    [Theory, ClassData(typeof(Distributions))]
    public async Task Rclpy_lists_parameters_by_prefix_and_depth(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var context = Start();
        using var tool = new Tool();

        List([], 0).Names.ShouldBe(["any", "camera.front.height", "camera.front.width", "camera.rate", "count", "fixed", "rate", "start_type_description_service", "texts", "use_sim_time"]);
        List([], 0).Prefixes.ShouldBe(["camera", "camera.front"], ignoreOrder: true);
        List([], 1).Names.ShouldBe(["any", "count", "fixed", "rate", "start_type_description_service", "texts", "use_sim_time"]);
        List([], 2).Names.ShouldContain("camera.rate");
        List([], 2).Names.ShouldNotContain("camera.front.width");
        List(["camera"], 0).Names.ShouldBe(["camera.front.height", "camera.front.width", "camera.rate"]);
        List(["camera"], 1).Names.ShouldBe(["camera.rate"]);
        List(["camera.front", "rate"], 1).Names.ShouldBe(["camera.front.height", "camera.front.width", "rate"]);
        List(["cam"], 0).Names.ShouldBeEmpty();

        (string[] Names, string[] Prefixes) List(string[] prefixes, int depth)
        {
            var result = tool.Parameters(Name, "list_parameters", ("prefixes", prefixes), ("depth", depth))["result"]!;
            return (Texts(result["names"]), Texts(result["prefixes"]));
        }
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Rclpy_reads_values_types_and_descriptions(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var context = Start();
        using var tool = new Tool();
        string[] names = ["rate", "count", "fixed", "any", "texts"];

        var values = tool.Parameters(Name, "get_parameters", ("names", names))["values"]!.AsArray();
        values.Select(value => value!["type"]!.GetValue<int>()).ShouldBe([3, 2, 4, 1, 9]);
        values[0]!["double_value"]!.GetValue<double>().ShouldBe(30);
        values[1]!["integer_value"]!.GetValue<long>().ShouldBe(2);
        values[2]!["string_value"]!.GetValue<string>().ShouldBe("grüße");
        values[3]!["bool_value"]!.GetValue<bool>().ShouldBeTrue();
        Texts(values[4]!["string_array_value"]).ShouldBe(["a", "世界"]);
        tool.Parameters(Name, "get_parameter_types", ("names", names))["types"]!.AsArray().Select(type => type!.GetValue<int>()).ShouldBe([3, 2, 4, 1, 9]);

        // As rclcpp: one name that is not declared, and the answer is empty.
        tool.Parameters(Name, "get_parameters", ("names", new[] { "rate", "nothing" }))["values"]!.AsArray().ShouldBeEmpty();
        tool.Parameters(Name, "get_parameter_types", ("names", new[] { "rate", "nothing" }))["types"]!.AsArray().ShouldBeEmpty();
        tool.Parameters(Name, "describe_parameters", ("names", new[] { "nothing" }))["descriptors"]!.AsArray().ShouldBeEmpty();

        var described = tool.Parameters(Name, "describe_parameters", ("names", names))["descriptors"]!.AsArray();
        var rate = described[0]!;
        rate["description"]!.GetValue<string>().ShouldBe("pictures a second");
        rate["type"]!.GetValue<int>().ShouldBe(3);
        rate["floating_point_range"]!.AsArray().ShouldHaveSingleItem()!.ToJsonString().ShouldBe("""{"from_value":1.0,"to_value":60.0,"step":0.5}""");
        described[1]!["integer_range"]!.AsArray().ShouldHaveSingleItem()!.ToJsonString().ShouldBe("""{"from_value":0,"to_value":10,"step":2}""");
        described.Select(descriptor => descriptor!["read_only"]!.GetValue<bool>()).ShouldBe([false, false, true, false, false]);
        described.Select(descriptor => descriptor!["dynamic_typing"]!.GetValue<bool>()).ShouldBe([false, false, false, true, false]);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task What_rclpy_sets_is_in_force_and_told_on_parameter_events(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var context = Start();
        using var tool = new Tool();
        tool.Hear("rcl_interfaces/msg/ParameterEvent", "/parameter_events");

        Results(Set(tool, new { rate = 12.5, count = 8, any = "now a text", texts = new[] { "x" } })).ShouldAllBe(result => result.Successful && result.Reason == "");

        _node.Parameters.Get<double>("rate").ShouldBe(12.5);
        _node.Parameters.Get<long>("count").ShouldBe(8);
        _node.Parameters.Get<string>("any").ShouldBe("now a text");
        _node.Parameters.Get<string[]>("texts").ShouldBe(["x"]);
        var events = tool.Heard("/parameter_events", 4).Where(e => e!["node"]!.GetValue<string>() == Name).ToArray();

        // One call of set_parameters sets one after the other, and each is an event; atomically, all are one.
        events.Select(e => e!["changed_parameters"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>()).ShouldBe(["rate", "count", "any", "texts"]);
        events.ShouldAllBe(e => e!["new_parameters"]!.AsArray().Count == 0 && e["deleted_parameters"]!.AsArray().Count == 0 && e["stamp"]!["sec"]!.GetValue<int>() > 0);

        var result = Atomically(tool, new { rate = 20.5, count = 4 });
        result.ShouldBe((true, ""));
        var told = tool.Heard("/parameter_events", 1).Where(e => e!["node"]!.GetValue<string>() == Name).ShouldHaveSingleItem();
        told!["changed_parameters"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()).ShouldBe(["rate", "count"]);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task What_is_not_allowed_is_rejected_with_the_reason_and_changes_nothing(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var context = Start();
        using var tool = new Tool();
        var before = All();

        Refused(new { rate = "fast" }, "Wrong parameter type, parameter {rate} is of type {double}, setting it to {string} is not allowed.");
        Refused(new { rate = 3 }, "setting it to {integer}");
        Refused(new { rate = 60.5 }, "Parameter {rate} doesn't comply with floating point range.", "60.5", "1 to 60");
        Refused(new { count = 3 }, "Parameter {count} doesn't comply with integer range.", "3", "in steps of 2");
        Refused(new { @fixed = "b" }, "parameter 'fixed' cannot be set because it is read-only");
        Refused(new { nothing = 1 }, "parameter 'nothing' cannot be set because it was not declared");
        Refused(new { count = 6 }, "not six, please");
        Refused(new { use_sim_time = 1 }, "use_sim_time");

        // One wrong value refuses a batch that is set atomically.
        var (successful, reason) = Atomically(tool, new { rate = 10.5, count = 6 });
        successful.ShouldBeFalse();
        reason.ShouldContain("not six, please");
        All().ShouldBe(before);

        // And does not harm its neighbours in one that is not.
        Results(Set(tool, new { rate = 10.5, count = 3, texts = new[] { "y" } })).Select(result => result.Successful).ShouldBe([true, false, true]);
        _node.Parameters.Get<double>("rate").ShouldBe(10.5);

        void Refused(object parameters, params string[] words)
        {
            var (accepted, why) = Results(Set(tool, parameters)).ShouldHaveSingleItem();
            accepted.ShouldBeFalse();
            foreach (var word in words) why.ShouldContain(word);
            All().ShouldBe(before);
        }
    }

    private RosContext Start()
    {
        var context = RosContext.Create([], new RosContextOptions { Middleware = MiddlewareKind.Rcl });
        _node = context.CreateNode("parameterized", new RosNodeOptions { Namespace = "/tests" });
        var parameters = _node.Parameters;
        parameters.Declare("rate", 30.0, new ParameterDescriptor { Description = "pictures a second", FloatingPointRange = new FloatingPointRange(1, 60, 0.5) });
        parameters.Declare("count", 2L, new ParameterDescriptor { IntegerRange = new IntegerRange(0, 10, 2) });
        parameters.Declare("fixed", "grüße", new ParameterDescriptor { ReadOnly = true });
        parameters.Declare("any", true, new ParameterDescriptor { DynamicTyping = true });
        parameters.Declare("texts", new[] { "a", "世界" });
        parameters.Declare("camera.rate", 15.0);
        parameters.Declare("camera.front.width", 640L);
        parameters.Declare("camera.front.height", 480L);
        parameters.AddOnSet(batch => batch.Any(p => p.Name == "count" && p.Value.As<long>() == 6) ? SetParametersResult.Failure("not six, please") : SetParametersResult.Success);
        return context;
    }

    private string All() => string.Join(';', _node.Parameters.Names.Select(name => $"{name}={_node.Parameters.Get(name)}"));

    private static JsonObject Set(Tool tool, object parameters) => tool.Parameters(Name, "set_parameters", ("parameters", parameters));

    private static (bool Successful, string Reason) Atomically(Tool tool, object parameters) =>
        Result(tool.Parameters(Name, "set_parameters_atomically", ("parameters", parameters))["result"]);

    private static (bool Successful, string Reason)[] Results(JsonObject response) => [.. response["results"]!.AsArray().Select(Result)];

    private static (bool Successful, string Reason) Result(JsonNode? result) => (result!["successful"]!.GetValue<bool>(), result["reason"]!.GetValue<string>());

    private static string[] Texts(JsonNode? array) => [.. array!.AsArray().Select(text => text!.GetValue<string>())];
}
