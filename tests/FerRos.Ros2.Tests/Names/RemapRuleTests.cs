using FerRos.Ros2;
using Shouldly;

namespace FerRos.Ros2.Tests.Names;

/// <summary>The rules that rcl's own tests accept and reject.</summary>
public sealed class RemapRuleTests
{
    [Theory]
    [InlineData("__node:=a", RemapKind.NodeName, null, "", "a")]
    [InlineData("__name:=a", RemapKind.NodeName, null, "", "a")]
    [InlineData("old:__node:=a", RemapKind.NodeName, "old", "", "a")]
    [InlineData("__ns:=/", RemapKind.Namespace, null, "", "/")]
    [InlineData("__ns:=/foo/bar", RemapKind.Namespace, null, "", "/foo/bar")]
    [InlineData("nodename:__ns:=/foobar", RemapKind.Namespace, "nodename", "", "/foobar")]
    [InlineData("_:=kq", RemapKind.TopicAndService, null, "_", "kq")]
    [InlineData("~/foo:=~/bar", RemapKind.TopicAndService, null, "~/foo", "~/bar")]
    [InlineData("/foo/bar:=bar", RemapKind.TopicAndService, null, "/foo/bar", "bar")]
    [InlineData("foo:=/bar", RemapKind.TopicAndService, null, "foo", "/bar")]
    [InlineData("node:/foo123:=/bar123", RemapKind.TopicAndService, "node", "/foo123", "/bar123")]
    [InlineData("node:foo:=bar", RemapKind.TopicAndService, "node", "foo", "bar")]
    [InlineData("rostopic:=/foo/bar", RemapKind.TopicAndService, null, "rostopic", "/foo/bar")]
    [InlineData("rostopic://foo:=bar", RemapKind.Topic, null, "foo", "bar")]
    [InlineData("rosservice://foo:=bar", RemapKind.Service, null, "foo", "bar")]
    [InlineData("rostopic://rostopic:=rosservice", RemapKind.Topic, null, "rostopic", "rosservice")]
    [InlineData("rostopic:///foo/bar:=baz", RemapKind.Topic, null, "/foo/bar", "baz")]
    [InlineData("node:rostopic:///foo:=baz", RemapKind.Topic, "node", "/foo", "baz")]
    public void These_are_rules(string text, RemapKind kind, string? node, string match, string replacement)
    {
        RemapRule.TryParse(text, out RemapRule? rule, out string? error).ShouldBeTrue(error);
        rule.ShouldBe(new RemapRule(kind, node, match, replacement));
    }

    [Theory]
    [InlineData(":")]
    [InlineData("1")]
    [InlineData("~")]
    [InlineData(":=")]
    [InlineData("foo:=")]
    [InlineData(":=bar")]
    [InlineData("__node:=")]
    [InlineData("__node:=/foo/bar")]
    [InlineData("__ns:=foo")]
    [InlineData("__ns:=")]
    [InlineData(":__node:=nodename")]
    [InlineData("~:__node:=nodename")]
    [InlineData("}foo:=/bar")]
    [InlineData("f oo:=/bar")]
    [InlineData("f{oo:=/bar")]
    [InlineData("foo:=/b ar")]
    [InlineData("foo:=/b}ar")]
    [InlineData("rostopic://:=rosservice")]
    [InlineData("rostopic::=rosservice")]
    [InlineData("foo__bar:=x")]
    [InlineData("foo/:=x")]
    [InlineData("foo:=bar/")]
    [InlineData("/foo/*:=/bar")]
    [InlineData("(foo):=\\1")]
    [InlineData("")]
    public void These_are_none(string text)
    {
        RemapRule.TryParse(text, out RemapRule? rule, out string? error).ShouldBeFalse();
        rule.ShouldBeNull();
        error.ShouldNotBeNullOrEmpty();
    }
}
