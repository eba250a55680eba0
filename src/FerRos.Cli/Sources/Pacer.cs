namespace FerRos.Cli.Sources;

/// <summary>
/// Releases pictures at their times by a monotonic clock. Every time counts from the start, so neither a slow picture nor
/// rounding adds up; after a stop of more than <see cref="Catch"/> (a suspended machine, a debugger) it starts anew instead
/// of hurrying after.
/// </summary>
internal sealed class Pacer(TimeProvider clock)
{
    private long _start = clock.GetTimestamp();
    private bool _started;
    private TimeSpan _skew;

    /// <summary>Delay beyond which the schedule moves.</summary>
    public static TimeSpan Catch { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Waits until a picture is due.</summary>
    /// <param name="time">Of the picture, since the first; grows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token.</exception>
    public async ValueTask WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (!_started)
        {
            _started = true;
            _start = clock.GetTimestamp();
            _skew = -time;
        }

        TimeSpan wait = time + _skew - clock.GetElapsedTime(_start);
        if (wait < -Catch)
            _skew -= wait;
        else if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
