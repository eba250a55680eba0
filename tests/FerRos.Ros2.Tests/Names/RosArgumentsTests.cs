using FerRos.Ros2;
using Shouldly;

namespace FerRos.Ros2.Tests.Names;

public sealed class RosArgumentsTests
{
    [Fact]
    public void Only_the_section_is_ros()
    {
        RosArguments arguments = RosArguments.Parse(["run", "--seconds", "3", "--ros-args", "-r", "a:=b", "--ros-args", "--", "--fast", "--ros-args", "-p", "x:=1"]);
        arguments.UserArguments.ShouldBe(["run", "--seconds", "3", "--fast"]);
        arguments.RemapRules.Select(static rule => rule.ToString()).ShouldBe(["a:=b"]);
        arguments.Parameters.For("/any")["x"].ShouldBe(ParameterValue.From(1L));
    }

    [Fact]
    public void Every_flag_is_understood()
    {
        RosArguments arguments = RosArguments.Parse(
        [
            "--ros-args", "--remap", "a:=b", "--param", "p:=2", "--log-level", "debug", "--log-level", "rcl.x:=WARN", "--log-config-file", "c",
            "--log-file-name", "f", "--enclave", "/e", "--disable-stdout-logs", "--disable-rosout-logs", "--disable-external-lib-logs",
        ]);
        arguments.LogLevel.ShouldBe(LogSeverity.Debug);
        arguments.LoggerLevels.ShouldBe(new Dictionary<string, LogSeverity> { ["rcl.x"] = LogSeverity.Warn });
        arguments.LogConfigFile.ShouldBe("c");
        arguments.LogFileName.ShouldBe("f");
        arguments.Enclave.ShouldBe("/e");
        (arguments.StdoutLogs, arguments.RosoutLogs, arguments.ExternalLibraryLogs).ShouldBe((false, false, false));
    }

    [Fact]
    public void What_is_unknown_is_refused_by_name() =>
        Should.Throw<RosArgumentException>(() => RosArguments.Parse(["--ros-args", "--foo", "-r", "a:=b", "bar"]))
            .Message.ShouldBe("found unknown ROS arguments: '--foo', 'bar'");

    [Theory]
    [InlineData("-r", "a:=", "Couldn't parse remap rule: '-r a:='")]
    [InlineData("-p", "a", "Couldn't parse parameter override rule: '-p a'")]
    [InlineData("-p", "a:=", "no value for 'a'")]
    [InlineData("-p", "a:={x: 1}", "neither a single value nor a sequence")]
    [InlineData("-p", "a:=[1, 2.0]", "same type")]
    [InlineData("--log-level", "loud", "'loud' is not a log level")]
    [InlineData("--params-file", "/there/is/none.yaml", "/there/is/none.yaml")]
    [InlineData("-e", "relative", "must be absolute")]
    public void A_wrong_value_is_refused_with_flag_and_reason(string flag, string value, string reason) =>
        Should.Throw<RosArgumentException>(() => RosArguments.Parse(["--ros-args", flag, value])).Message.ShouldContain(reason);

    [Theory]
    [InlineData("-r")]
    [InlineData("--param")]
    [InlineData("--params-file")]
    [InlineData("--log-level")]
    [InlineData("--enclave")]
    public void A_missing_value_is_refused(string flag) =>
        Should.Throw<RosArgumentException>(() => RosArguments.Parse(["--ros-args", flag])).Message.ShouldContain($"Couldn't parse trailing {flag} flag");

    [Fact]
    public void A_rule_outside_the_section_is_taken_with_a_warning()
    {
        var log = new TestLog();
        RosArguments arguments = RosArguments.Parse(["foo:=bar", "--", "x:=1:=2"], log);
        arguments.RemapRules.Select(static rule => rule.ToString()).ShouldBe(["foo:=bar"]);
        arguments.UserArguments.ShouldBe(["--", "x:=1:=2"]);
        log.Warnings.Single().ShouldContain("--ros-args --remap foo:=bar");
    }
}
