using System.Diagnostics;

namespace FerRos.Perception;

/// <summary>
/// Tells work in the background when a picture is being looked at. A low priority gives way to the camera loop only where
/// the two want the same processor; they share caches, memory and, on a processor with two threads to a core, its execution
/// units all the same. So training runs between pictures.
/// </summary>
/// <remarks>
/// Without a lock: who waits has the lowest priority, and whoever holds a lock at that priority may keep it for long.
/// </remarks>
public sealed class PictureGate
{
    private volatile bool _isBusy;

    /// <summary>Whether a picture is being looked at.</summary>
    public bool IsBusy => _isBusy;

    /// <summary>A picture is about to be looked at.</summary>
    public void Enter() => _isBusy = true;

    /// <summary>What it shows has been published.</summary>
    public void Leave() => _isBusy = false;

    /// <summary>Waits until no picture is being looked at.</summary>
    /// <param name="longest">
    /// Goes on after this time in any case, so that work in the background ends on a machine that is always busy.
    /// </param>
    /// <returns>Whether no picture was being looked at in the end.</returns>
    public bool Wait(TimeSpan longest)
    {
        if (!_isBusy)
            return true;
        long started = Stopwatch.GetTimestamp();
        do
        {
            Thread.Sleep(1);
        }
        while (_isBusy && Stopwatch.GetElapsedTime(started) < longest);
        return !_isBusy;
    }
}
