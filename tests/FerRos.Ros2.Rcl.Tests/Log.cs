using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>Keeps what was logged.</summary>
internal sealed class Log : ILogger, ILoggerFactory
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Whether one line holds all of these; a line begins with its level.</summary>
    public bool Has(params string[] texts) => _lines.Any(line => texts.All(text => line.Contains(text, StringComparison.Ordinal)));

    public override string ToString() => string.Join('\n', _lines);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {formatter(state, exception)}");

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
