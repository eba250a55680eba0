using Microsoft.Extensions.Logging;

namespace FerRos.Node;

/// <summary>
/// Creates and disposes what the graph asks for, off the middleware's threads (where nothing may be created) and one
/// update after the other. Updates that are asked for while one runs become one.
/// </summary>
internal sealed partial class Follower : IAsyncDisposable
{
    /// <summary>The graph changes in bursts: this long is waited for the rest of one.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    private readonly Func<Task> _update;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _asked = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;
    private int _pending;

    /// <summary>Starts following; nothing happens before the first <see cref="Wake"/>.</summary>
    /// <param name="update">Brings what there is in line with what there should be.</param>
    /// <param name="logger">Where failures go.</param>
    internal Follower(Func<Task> update, ILogger logger)
    {
        _update = update;
        _logger = logger;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Asks for an update; returns at once.</summary>
    internal void Wake()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0) _asked.Release();
    }

    /// <summary>Ends; no update runs once this has returned.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The semaphore is left to the garbage collector: a last Wake may still be on its way.
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await _asked.WaitAsync(_closing.Token).ConfigureAwait(false);
            await Task.Delay(Settling, _closing.Token).ConfigureAwait(false);
            Volatile.Write(ref _pending, 0);
            try
            {
                await _update().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever went wrong with one change of the graph, the next one is followed.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(_logger, e.Message);
            }
        }
    }

    [LoggerMessage(31, LogLevel.Warning, "The graph could not be followed: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
