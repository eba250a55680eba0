using FerRos.Interfaces.RclInterfaces.Srv;
using FerRos.Node.Tests.Support;
using FerRos.Ros2;

namespace FerRos.Node.Tests;

public class ParameterTests
{
    /// <summary>What every node has, and what depends on the topics' names.</summary>
    private static bool IsOfEveryNode(string name) =>
        name is "use_sim_time" or "start_type_description_service" || name.StartsWith(QosOverrides.Prefix, StringComparison.Ordinal);

    [Fact]
    public async Task The_shipped_file_names_every_parameter_with_its_default_and_no_other()
    {
        var file = new ParameterOverrides();
        file.AddFile(Path.Combine(Repository.Root, "config", "ferros.yaml"));
        var written = file.For("/ferros");

        await using var context = RosContext.Create([], Stage.Options(new TestLog()));
        await using var node = context.CreateNode("ferros");
        _ = new AffectNodeParameters(node.Parameters);
        var declared = node.Parameters.Names.Where(name => !IsOfEveryNode(name)).ToDictionary(name => name, name => node.Parameters.Get(name));

        written.Keys.Order().ShouldBe(declared.Keys.Order());
        foreach (var (name, value) in declared) written[name].ShouldBe(value, name);
        foreach (var name in declared.Keys) node.Parameters.Describe(name).Description.ShouldNotBeEmpty();
    }

    /// <summary>Each hyper-parameter of learning persons has a range, and a change at run time reaches its own option and no other.</summary>
    [Fact]
    public async Task Every_option_of_adaptation_is_a_parameter_that_may_change_at_run_time()
    {
        await using var context = RosContext.Create([], Stage.Options(new TestLog()));
        await using var node = context.CreateNode("ferros");
        var parameters = new AffectNodeParameters(node.Parameters);
        NodeOptions? told = null;
        parameters.Changed += options => told = options;
        var properties = typeof(AdaptationOptions).GetProperties();
        var changed = new List<string>();
        foreach (var name in node.Parameters.Names.Where(name => name.StartsWith("adaptation.", StringComparison.Ordinal) && name != "adaptation.enabled"))
        {
            var descriptor = node.Parameters.Describe(name);
            descriptor.ReadOnly.ShouldBeFalse(name);
            var before = parameters.Read().Learning.Adaptation;
            var (value, expected) = Another(node.Parameters.Get(name), descriptor);
            node.Parameters.Set(name, value).Successful.ShouldBeTrue(name);
            var after = told.ShouldNotBeNull(name).Learning.Adaptation;
            var property = properties.Where(p => !Equals(p.GetValue(before), p.GetValue(after))).ShouldHaveSingleItem(name);
            var got = property.GetValue(after) is TimeSpan time ? time.TotalSeconds : property.GetValue(after);
            Convert.ToDouble(got, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(expected, 1e-6, name);
            changed.Add(property.Name);
        }

        changed.Order().ShouldBe(properties.Select(p => p.Name).Order());

        // Within its range, and not the default.
        static (object Value, double Expected) Another(ParameterValue value, ParameterDescriptor descriptor)
        {
            if (descriptor.IntegerRange is { } whole) return (whole.From + 1 == value.As<long>() ? whole.From : whole.From + 1, whole.From + 1 == value.As<long>() ? whole.From : whole.From + 1);
            if (descriptor.FloatingPointRange is { } range) return (range.From + ((range.To - range.From) * 0.37), range.From + ((range.To - range.From) * 0.37));
            return (!value.As<bool>(), value.As<bool>() ? 0 : 1);
        }
    }

    [Theory]
    [InlineData("detection_threshold", 1.5, "0.01 to 0.99")]
    [InlineData("max_faces", 0, "1 to 64")]
    [InlineData("max_faces", 2.0, "integer")]
    [InlineData("max_rate", double.NaN, "0.1 to 1000")]
    [InlineData("smoothing", "much", "double")]
    [InlineData("diagnostics.warn_latency", 3.0, "at most diagnostics.error_latency (2)")]
    [InlineData("model", "another", "read-only")]
    [InlineData("no_such_parameter", 1, "not declared")]
    public async Task A_rejected_value_gives_a_reason_and_changes_nothing(string name, object value, string reason)
    {
        await using var stage = await Stage.Begin();
        var before = await All(stage);

        var result = await stage.Set(name, value);

        result.Successful.ShouldBeFalse();
        result.Reason.ShouldContain(reason);
        (await All(stage)).ShouldBe(before);
    }

    [Fact]
    public async Task A_threshold_that_no_face_reaches_empties_the_view_and_back_again()
    {
        await using var stage = await Stage.Begin("-p", "track_timeout:=0.1");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");

        (await stage.Set("min_face_size", 400)).Successful.ShouldBeTrue();
        await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces.Count == 0, "no face that large");

        (await stage.Set("min_face_size", 20)).Successful.ShouldBeTrue();
        await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces.Count == 1, "the face again");
    }

    [Fact]
    public async Task A_wrong_value_at_the_start_is_refused_with_name_value_and_range()
    {
        var exception = await Should.ThrowAsync<ParameterException>(() => Stage.Begin("-p", "max_rate:=0.0"));
        exception.Message.ShouldContain("max_rate");
        exception.Message.ShouldContain("0.1 to 1000");
    }

    [Fact]
    public async Task QoS_is_overridden_by_rclcpps_names()
    {
        await using var stage = await Stage.Begin(
            "-p", "qos_overrides./image.subscription.reliability:=reliable", "-p", "qos_overrides./ferros/affect.publisher.depth:=3");
        await stage.Camera();

        await Stage.Until(() => stage.Peer.GetSubscriptions("/image").Count == 1, "the subscription in the graph");
        stage.Peer.GetSubscriptions("/image").ShouldHaveSingleItem().Qos.Reliability.ShouldBe(QosReliability.Reliable);
        (await stage.Get("qos_overrides./ferros/affect.publisher.depth")).As<long>().ShouldBe(3);
        (await stage.Get("qos_overrides./ferros/affect.publisher.reliability")).As<string>().ShouldBe("reliable");
        (await stage.Set("qos_overrides./ferros/affect.publisher.depth", 4)).Reason.ShouldContain("read-only");
        stage.Log.Warnings.ShouldNotContain(line => line.Contains("qos_overrides", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_policy_that_does_not_exist_is_refused_at_the_start()
    {
        var exception = await Should.ThrowAsync<ParameterException>(() => Stage.Begin("-p", "qos_overrides./ferros/affect.publisher.reliability:=perfect"));
        exception.Message.ShouldContain("reliable, best_effort");
    }

    private static async Task<string> All(Stage stage)
    {
        var names = (await stage.Call(ListParameters.Type, "/ferros/list_parameters", new ListParameters.Request())).Result.Names;
        var values = (await stage.Call(GetParameters.Type, "/ferros/get_parameters", new GetParameters.Request { Names = [.. names] })).Values;
        return string.Join('\n', names.Zip(values, (name, value) => $"{name}: {ParameterValue.FromMessage(value)}"));
    }
}
