using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Sinks.SystemConsole.Themes;

namespace FerRos.Node.Logging;

/// <summary>
/// The node's log: lines for people on the console (standard error, as ROS does), one JSON object a line in a rolling
/// file, and <c>/rosout</c> once the node is in the graph.
/// </summary>
internal static class NodeLogging
{
    /// <summary>Property of an event that holds the ROS logger name.</summary>
    internal const string LoggerProperty = Constants.SourceContextPropertyName;

    private const string ConsoleTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u4} [{SourceContext}] {Message:lj}{NewLine}{Exception}";

    /// <summary>Creates the logger.</summary>
    /// <param name="levels">Minimum levels by logger.</param>
    /// <param name="options">Which sinks there are.</param>
    /// <param name="rosout">Receives everything that passes the levels.</param>
    internal static Logger Create(LogLevels levels, LoggingOptions options, ILogEventSink rosout)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .Filter.ByIncludingOnly(e => levels.IsEnabled(LoggerName(e), e.Level));
        if (options.Console)
        {
            configuration.WriteTo.Console(
                outputTemplate: ConsoleTemplate,
                formatProvider: CultureInfo.InvariantCulture,
                standardErrorFromLevel: LogEventLevel.Verbose,
                // The default theme colours standard output, while the text goes to standard error.
                theme: Console.IsErrorRedirected ? ConsoleTheme.None : AnsiConsoleTheme.Literate);
        }

        if (options.Directory.Length > 0)
        {
            // A log on a full or slow disk must not hold up the camera: written in the background, dropped when it cannot keep up.
            configuration.WriteTo.Async(
                sink => sink.File(
                    new CompactLogFormatter(),
                    Path.Combine(options.Directory, options.FilePrefix + "-.clef"),
                    rollingInterval: RollingInterval.Day,
                    fileSizeLimitBytes: options.FileSizeLimit,
                    rollOnFileSizeLimit: true,
                    retainedFileCountLimit: options.RetainedFiles,
                    shared: true),
                blockWhenFull: false);
        }

        return configuration.WriteTo.Sink(rosout).CreateLogger();
    }

    /// <summary>ROS logger name of an event; empty: the root.</summary>
    internal static string LoggerName(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(LoggerProperty, out var value) && value is ScalarValue { Value: string name } ? name : "";

    /// <summary>Where ROS puts logs: <c>ROS_LOG_DIR</c>, <c>ROS_HOME/log</c>, <c>~/.ros/log</c>.</summary>
    internal static string DefaultDirectory()
    {
        if (Environment.GetEnvironmentVariable("ROS_LOG_DIR") is { Length: > 0 } directory) return directory;
        var home = Environment.GetEnvironmentVariable("ROS_HOME") is { Length: > 0 } ros
            ? ros
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ros");
        return Path.Combine(home, "log");
    }
}

/// <summary>Where the log goes.</summary>
/// <param name="Console">Whether lines go to standard error.</param>
/// <param name="Directory">Folder of the log files; empty: none are written.</param>
/// <param name="FilePrefix">Beginning of the files' names.</param>
internal sealed record LoggingOptions(bool Console, string Directory, string FilePrefix)
{
    /// <summary>Octets after which a new file begins.</summary>
    internal long FileSizeLimit { get; init; } = 16 << 20;

    /// <summary>Files that are kept.</summary>
    internal int RetainedFiles { get; init; } = 7;
}
