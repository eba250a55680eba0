using FerRos.Ros2;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace FerRos.Ros2.Tests.Names;

public sealed class RosNamesTests
{
    [Theory]
    [InlineData("ferros")]
    [InlineData("_a1")]
    [InlineData("A__b")]
    public void These_are_node_names(string name) => RosNames.ValidateNodeName(name);

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("1a", "must not start with a number")]
    [InlineData("a-b", "alphanumerics or '_' (at character 2)")]
    [InlineData("a/b", "alphanumerics or '_'")]
    [InlineData("é", "alphanumerics or '_'")]
    public void These_are_no_node_names(string name, string reason) =>
        Should.Throw<InvalidNameException>(() => RosNames.ValidateNodeName(name)).Message.ShouldContain(reason);

    [Fact]
    public void A_node_name_has_255_characters_at_most()
    {
        RosNames.ValidateNodeName(new string('a', 255));
        Should.Throw<InvalidNameException>(() => RosNames.ValidateNodeName(new string('a', 256))).Message.ShouldContain("255");
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("robot", "/robot")]
    [InlineData("/robot/head", "/robot/head")]
    public void Namespaces_become_absolute(string given, string absolute) => RosNames.NormalizeNamespace(given).ShouldBe(absolute);

    [Theory]
    [InlineData("/robot/", "must not end with a '/'")]
    [InlineData("//robot", "must not contain repeated '/'")]
    [InlineData("/1robot", "token that starts with a number")]
    [InlineData("/ro bot", "alphanumerics, '_', or '/'")]
    [InlineData("~/x", "alphanumerics, '_', or '/'")]
    public void These_are_no_namespaces(string given, string reason) =>
        Should.Throw<InvalidNameException>(() => RosNames.NormalizeNamespace(given)).Message.ShouldContain(reason);

    [Theory]
    [InlineData("chatter")]
    [InlineData("/chatter")]
    [InlineData("~")]
    [InlineData("~/image")]
    [InlineData("a/b_c/d1")]
    [InlineData("{node}/x")]
    [InlineData("~/{ns}/x")]
    [InlineData("/a{namespace}")]
    public void These_are_topic_names(string name) => RosNames.ValidateInput(name);

    [Theory]
    [InlineData("", "must not be empty string")]
    [InlineData("1a", "token must not start with a number")]
    [InlineData("a/", "must not end with a forward slash")]
    [InlineData("/", "must not end with a forward slash")]
    [InlineData("a/1b", "token must not start with a number")]
    [InlineData("~foo", "not followed by a forward slash")]
    [InlineData("foo/~bar", "unless it is the first character")]
    [InlineData("foo bar", "must not contain characters other than")]
    [InlineData("foo?", "must not contain characters other than")]
    [InlineData("{node", "unmatched (unbalanced)")]
    [InlineData("node}", "unmatched (unbalanced)")]
    [InlineData("{{node}}", "substitution name must not contain characters other than")]
    [InlineData("{no/de}", "substitution name must not contain characters other than")]
    [InlineData("{1node}", "substitution name must not start with a number")]
    public void These_are_no_topic_names(string name, string reason) =>
        Should.Throw<InvalidNameException>(() => RosNames.ValidateInput(name)).Message.ShouldContain(reason);

    [Theory]
    [InlineData("/a", "n", "/", "/a")]
    [InlineData("a", "n", "/", "/a")]
    [InlineData("a", "n", "/ns", "/ns/a")]
    [InlineData("~", "n", "/ns", "/ns/n")]
    [InlineData("~/a", "n", "/ns", "/ns/n/a")]
    [InlineData("~/a", "n", "/", "/n/a")]
    [InlineData("{node}/a", "n", "/ns", "/ns/n/a")]
    [InlineData("/x/{node}", "n", "/ns", "/x/n")]
    [InlineData("{ns}/a", "n", "/ns", "/ns/a")]
    [InlineData("{namespace}/a", "n", "/ns/deep", "/ns/deep/a")]
    public void Names_expand_as_in_rcl(string name, string node, string @namespace, string full) =>
        RosNames.Expand(name, node, @namespace).ShouldBe(full);

    [Fact]
    public void An_unknown_substitution_is_refused_by_name() =>
        Should.Throw<InvalidNameException>(() => RosNames.Expand("{robot}/a", "n", "/")).Message.ShouldContain("'{robot}'");

    [Theory]
    [InlineData("/a//b", "repeated")]
    [InlineData("a", "must be absolute")]
    [InlineData("/a/2", "token that starts with a number")]
    public void These_are_no_full_names(string name, string reason) =>
        Should.Throw<InvalidNameException>(() => RosNames.ValidateFull(name)).Message.ShouldContain(reason);

    [Fact]
    public void A_full_name_has_247_characters_at_most()
    {
        RosNames.ValidateFull("/" + new string('a', 246));
        Should.Throw<InvalidNameException>(() => RosNames.ValidateFull("/" + new string('a', 247))).Message.ShouldContain("247");
    }

    [Theory]
    [InlineData("/ferros", "ferros")]
    [InlineData("/robot/head/ferros", "robot.head.ferros")]
    public void A_logger_has_the_nodes_name_with_dots(string fullName, string logger) => RosNames.LoggerName(fullName).ShouldBe(logger);

    [Fact]
    public void Whatever_is_given_as_a_name_is_accepted_or_refused_and_nothing_else()
    {
        Prop.ForAll<string>(text =>
        {
            try
            {
                RosNames.ValidateInput(text ?? "");
                RosNames.ValidateFull(RosNames.Expand((text ?? "").Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), "node", "/ns"));
            }
            catch (InvalidNameException)
            {
            }
        }).QuickCheckThrowOnFailure();
    }
}
