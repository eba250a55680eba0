using System.Diagnostics;
using Shouldly;

namespace FerRos.Ros2.Tests;

/// <summary>Waits for what other threads and processes do, as long as a loaded machine may need.</summary>
internal static class Wait
{
    /// <summary>Only ends a test that has failed: two cores, a full load and ten processes that start take most of a minute.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    public static async Task Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Long)
                throw new ShouldAssertException($"waited in vain for: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The next message of a stream that fits; others are passed over.</summary>
    public static async Task<T> Next<T>(MessageStream<T> stream, Func<T, bool> fits, string what)
        where T : class, IMessage<T>, new()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Long);
        try
        {
            await foreach (Received<T> received in stream.WithCancellation(limit.Token))
            {
                if (fits(received.Message))
                    return received.Message;
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
        }

        throw new ShouldAssertException($"waited in vain for: {what}");
    }
}
