using System.Diagnostics;
using System.Globalization;
using Shouldly;

namespace FerRos.Integration.Support;

/// <summary>Waits with a limit that also holds on a loaded machine.</summary>
internal static class Wait
{
    /// <summary>Seconds: longer than anything takes.</summary>
    public const double Long = 180;

    public static async Task Until(Func<bool> condition, Func<string> what, double seconds = Long)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed.TotalSeconds > seconds)
                throw new ShouldAssertException(string.Create(CultureInfo.InvariantCulture, $"waited {seconds} s for {what()}"));
            await Task.Delay(20);
        }
    }
}
