using System.Globalization;
using FerRos.Ros2;
using Microsoft.Extensions.Logging;

namespace FerRos.Cli;

/// <summary>Writes what the ROS client says to the console, in the form that ROS's own tools use.</summary>
internal sealed class ConsoleLoggerFactory(TextWriter writer, LogLevel minimum) : ILoggerFactory
{
    /// <summary>The level that the command line asks for; warnings by default.</summary>
    public static LogLevel Minimum(RosArguments arguments) => arguments.LogLevel switch
    {
        null => LogLevel.Warning,
        { } level => (int)level switch
        {
            // rcutils: 10 debug, 20 info, 30 warn, 40 error, 50 fatal
            <= 10 => LogLevel.Debug,
            <= 20 => LogLevel.Information,
            <= 30 => LogLevel.Warning,
            <= 40 => LogLevel.Error,
            _ => LogLevel.Critical,
        },
    };

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, writer, minimum);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The console is the only place.");

    public void Dispose()
    {
    }

    private sealed class Logger(string name, TextWriter writer, LogLevel minimum) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            string level = logLevel switch
            {
                LogLevel.Trace or LogLevel.Debug => "DEBUG",
                LogLevel.Information => "INFO",
                LogLevel.Warning => "WARN",
                LogLevel.Error => "ERROR",
                _ => "FATAL",
            };
            double now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
            string line = string.Create(CultureInfo.InvariantCulture, $"[{level}] [{now:0.000}] [{name}]: {formatter(state, exception)}");
            lock (writer)
                writer.WriteLine(exception is null ? line : $"{line}: {exception.Message}");
        }
    }
}
