using FerRos.Ros2;
using Shouldly;

namespace FerRos.Ros2.Tests.Parameters;

public sealed class ParameterOverridesTests
{
    public static TheoryData<string, ParameterType, object> Scalars => new()
    {
        { "true", ParameterType.Bool, true },
        { "y", ParameterType.Bool, true },
        { "Yes", ParameterType.Bool, true },
        { "ON", ParameterType.Bool, true },
        { "off", ParameterType.Bool, false },
        { "n", ParameterType.Bool, false },
        { "yEs", ParameterType.String, "yEs" },
        { "12", ParameterType.Integer, 12L },
        { "-12", ParameterType.Integer, -12L },
        { "+7", ParameterType.Integer, 7L },
        { "0x1F", ParameterType.Integer, 31L },
        { "010", ParameterType.Integer, 8L },
        { "0", ParameterType.Integer, 0L },
        { "9223372036854775807", ParameterType.Integer, long.MaxValue },
        { "-9223372036854775808", ParameterType.Integer, long.MinValue },
        { "9223372036854775808", ParameterType.Double, 9223372036854775808.0 },
        { "1.5", ParameterType.Double, 1.5 },
        { "1.", ParameterType.Double, 1.0 },
        { ".5", ParameterType.Double, 0.5 },
        { "1e5", ParameterType.Double, 1e5 },
        { "-2.5E-3", ParameterType.Double, -2.5e-3 },
        { "089", ParameterType.Double, 89.0 },
        { ".nan", ParameterType.Double, double.NaN },
        { "nan", ParameterType.Double, double.NaN },
        { "inf", ParameterType.Double, double.PositiveInfinity },
        { "-.inf", ParameterType.Double, double.NegativeInfinity },
        { "0x1.8p1", ParameterType.Double, 3.0 },
        { "abc", ParameterType.String, "abc" },
        { "1.2.3", ParameterType.String, "1.2.3" },
        { "1_000", ParameterType.String, "1_000" },
        { "'12'", ParameterType.String, "12" },
        { "\"true\"", ParameterType.String, "true" },
        { "!!str 12", ParameterType.String, "12" },
        { "null", ParameterType.String, "null" },
        { "/dev/video0", ParameterType.String, "/dev/video0" },
        { "\"\"", ParameterType.String, "" },
    };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void Scalars_have_the_types_of_ros(string yaml, ParameterType type, object value)
    {
        var overrides = new ParameterOverrides();
        overrides.AddRule("p:=" + yaml);
        ParameterValue result = overrides.For("/node")["p"];
        result.Type.ShouldBe(type);
        result.ShouldBe(ParameterValue.FromObject(value));
    }

    [Fact]
    public void Sequences_have_the_type_of_their_elements()
    {
        IReadOnlyDictionary<string, ParameterValue> values = Read("""
            node:
              ros__parameters:
                bools: [true, off]
                integers: [1, 0x10]
                doubles: [1.0, .inf]
                strings: [a, '1']
                block:
                - 1
                - 2
                empty: []
            """).For("/node");
        values["bools"].As<bool[]>().ShouldBe([true, false]);
        values["integers"].As<long[]>().ShouldBe([1, 16]);
        values["doubles"].As<double[]>().ShouldBe([1, double.PositiveInfinity]);
        values["strings"].As<string[]>().ShouldBe(["a", "1"]);
        values["block"].As<int[]>().ShouldBe([1, 2]);
        values.ContainsKey("empty").ShouldBeFalse();
    }

    [Fact]
    public void Groups_become_dots_and_namespaces_slashes()
    {
        ParameterOverrides overrides = Read("""
            robot:
              head:
                ferros:
                  ros__parameters:
                    group: {a: 1, deeper: {b: 2.5}}
                    already.dotted: x
            /abs/node:
              ros__parameters: {c: 3}
            """);
        overrides.For("/robot/head/ferros").Select(static pair => $"{pair.Key}={pair.Value}").Order().ShouldBe(["already.dotted=x", "group.a=1", "group.deeper.b=2.5"]);
        overrides.For("/abs/node")["c"].As<int>().ShouldBe(3);
        overrides.For("/ferros").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/**", "/ferros", true)]
    [InlineData("/**", "/a/b/ferros", true)]
    [InlineData("/*", "/ferros", true)]
    [InlineData("/*", "/a/ferros", false)]
    [InlineData("/**/cam", "/cam", true)]
    [InlineData("/**/cam", "/a/b/cam", true)]
    [InlineData("/**/cam", "/a/webcam", false)]
    [InlineData("/foo/**/bar", "/foo/bar", true)]
    [InlineData("/foo/**/bar", "/foo/x/y/bar", true)]
    [InlineData("/foo/*", "/foo/bar", true)]
    [InlineData("/foo/*", "/foo/bar/baz", false)]
    [InlineData("/foo", "/foo", true)]
    [InlineData("/foo", "/foo2", false)]
    public void Wildcards_stand_for_tokens(string pattern, string node, bool matches) =>
        ParameterOverrides.Matches(pattern, node).ShouldBe(matches);

    [Fact]
    public void A_wildcard_may_have_nodes_below_it() => Read("""
        /**:
          cam:
            ros__parameters: {a: 1}
        """).For("/x/cam")["a"].As<int>().ShouldBe(1);

    [Fact]
    public void The_exact_name_goes_before_a_wildcard_and_the_command_line_before_both()
    {
        ParameterOverrides overrides = Read("""
            /ns/node:
              ros__parameters: {a: exact, b: exact}
            /**:
              ros__parameters: {a: wild, b: wild, c: wild}
            """);
        overrides.AddRule("b:=command");
        overrides.For("/ns/node").Select(static pair => $"{pair.Key}={pair.Value}").Order().ShouldBe(["a=exact", "b=command", "c=wild"]);
    }

    [Fact]
    public void Among_equals_the_last_one_holds()
    {
        ParameterOverrides overrides = Read("""
            node:
              ros__parameters: {a: 1}
            /node:
              ros__parameters: {a: 2}
            """);
        overrides.For("/node")["a"].As<int>().ShouldBe(2);
        overrides.AddRule("a:=3");
        overrides.AddRule("a:=4");
        overrides.For("/node")["a"].As<int>().ShouldBe(4);
        overrides.AddRule("node:a:=5");
        overrides.AddRule("a:=6");
        overrides.For("/node")["a"].As<int>().ShouldBe(5);
    }

    [Theory]
    [InlineData("ros__parameters:\n  a: 1\n", "without the name of a node")]
    [InlineData("node:\n  a: 1\n", "Cannot have a value before ros__parameters")]
    [InlineData("node: 3\n", "Cannot have a value before ros__parameters")]
    [InlineData("node:\n  - a\n", "Cannot have a value before ros__parameters")]
    [InlineData("node:\n  ros__parameters:\n    a:\n", "No value at line 3")]
    [InlineData("node:\n  ros__parameters: 4\n", "must hold parameter names")]
    [InlineData("node:\n  ros__parameters:\n    a: &x 1\n    b: *x\n", "aliasing at line 4")]
    [InlineData("node:\n  ros__parameters:\n    a: [1, [2]]\n", "single values")]
    [InlineData("node:\n  ros__parameters:\n    a: [1, x]\n", "Value type 'string' does not belong at line 3")]
    [InlineData("/foo*:\n  ros__parameters:\n    a: 1\n", "'foo*'")]
    [InlineData("node:\n  ros__parameters:\n    a: 1\n   b: 2\n", "line")]
    [InlineData("- a\n", "must begin with the name of a node")]
    public void Files_that_are_none_are_refused_with_place_and_reason(string yaml, string reason) =>
        Should.Throw<RosArgumentException>(() => Read(yaml)).Message.ShouldContain(reason);

    [Fact]
    public void Several_documents_and_an_empty_file_are_tolerated()
    {
        Read("").For("/node").ShouldBeEmpty();
        Read("---\nnode:\n  ros__parameters: {a: 1}\n---\nnode:\n  ros__parameters: {b: 2}\n").For("/node").Count.ShouldBe(2);
    }

    private static ParameterOverrides Read(string yaml)
    {
        var overrides = new ParameterOverrides();
        overrides.AddYaml(new StringReader(yaml));
        return overrides;
    }
}
