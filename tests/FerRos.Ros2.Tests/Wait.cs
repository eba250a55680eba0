using System.Diagnostics;
using Shouldly;

namespace FerRos.Ros2.Tests;

/// <summary>Waits for what other threads and processes do, as long as a loaded machine may need.</summary>
internal static class Wait
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    public static async Task Until(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > (limit ?? Long))
                throw new ShouldAssertException($"waited in vain for: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
