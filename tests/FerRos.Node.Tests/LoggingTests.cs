using System.Text.Json;
using FerRos.Node.Logging;
using FerRos.Ros2;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Shouldly;
using Xunit;

namespace FerRos.Node.Tests;

public class LoggingTests
{
    [Fact]
    public void A_logger_inherits_the_level_of_its_nearest_ancestor()
    {
        var levels = new LogLevels(LogEventLevel.Warning);
        levels.Set("robot.ferros", LogEventLevel.Debug);

        levels.Effective("robot.ferros.perception").ShouldBe(LogEventLevel.Debug);
        levels.Effective("robot.ferros").ShouldBe(LogEventLevel.Debug);
        levels.Effective("robot.ferrosx").ShouldBe(LogEventLevel.Warning);
        levels.Effective("robot").ShouldBe(LogEventLevel.Warning);

        levels.Set("robot.ferros.perception", LogEventLevel.Error);
        levels.Effective("robot.ferros.perception").ShouldBe(LogEventLevel.Error);

        levels.Set("robot.ferros", null);
        levels.Effective("robot.ferros").ShouldBe(LogEventLevel.Warning);
        levels.Effective("robot.ferros.perception").ShouldBe(LogEventLevel.Error);
    }

    [Theory]
    [InlineData(LogEventLevel.Debug, 10)]
    [InlineData(LogEventLevel.Information, 20)]
    [InlineData(LogEventLevel.Warning, 30)]
    [InlineData(LogEventLevel.Error, 40)]
    [InlineData(LogEventLevel.Fatal, 50)]
    public void Levels_are_ROS_severities(LogEventLevel level, byte severity)
    {
        ((byte)RosLogLevel.ToSeverity(level)).ShouldBe(severity);
        RosLogLevel.ToSerilog((LogSeverity)severity).ShouldBe(level);
    }

    [Fact]
    public void A_file_line_is_one_JSON_object_whatever_the_message_holds()
    {
        var sink = new Lines();
        using var logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(sink).CreateLogger();

        logger.ForContext(NodeLogging.LoggerProperty, "ferros")
            .Error(new InvalidOperationException("no\n\"camera\""), "Picture {Width}x{Height} of {Topic}", 640, 480, "/a\"b");

        using var line = JsonDocument.Parse(sink.Text.TrimEnd('\n'));
        sink.Text.Count(c => c == '\n').ShouldBe(1);
        line.RootElement.GetProperty("@mt").GetString().ShouldBe("Picture {Width}x{Height} of {Topic}");
        line.RootElement.GetProperty("@l").GetString().ShouldBe("Error");
        line.RootElement.GetProperty("@x").GetString()!.ShouldContain("no\n\"camera\"");
        line.RootElement.GetProperty("Width").GetInt32().ShouldBe(640);
        line.RootElement.GetProperty("Topic").GetString().ShouldBe("/a\"b");
        line.RootElement.GetProperty("@t").GetDateTimeOffset().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    private sealed class Lines : ILogEventSink
    {
        private readonly CompactLogFormatter _formatter = new();

        public string Text { get; private set; } = "";

        public void Emit(LogEvent logEvent)
        {
            using var writer = new StringWriter { NewLine = "\n" };
            _formatter.Format(logEvent, writer);
            Text += writer.ToString();
        }
    }
}
