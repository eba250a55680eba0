using System.Collections.Concurrent;
using System.Diagnostics;
using Shouldly;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>Waiting for what happens on other threads and in other processes. The limits only end a test that has failed.</summary>
internal static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            (watch.Elapsed < Patience).ShouldBeTrue($"{what} did not happen within {Patience.TotalSeconds} s");
            await Task.Delay(5);
        }
    }

    public static async Task<T> Next<T>(this ConcurrentQueue<T> queue, string what)
    {
        T? item = default;
        await Until(() => queue.TryDequeue(out item), what);
        return item!;
    }

    /// <summary>The next item that fits; others are dropped.</summary>
    public static async Task<T> Next<T>(this ConcurrentQueue<T> queue, Func<T, bool> fits, string what)
    {
        T? item = default;
        await Until(
            () =>
            {
                while (queue.TryDequeue(out item))
                {
                    if (fits(item)) return true;
                }

                return false;
            },
            what);
        return item!;
    }
}
