namespace FerRos.Tests;

/// <summary>Counts what code allocates once it is warm.</summary>
internal static class Allocations
{
    private const int Rounds = 20;

    /// <summary>
    /// The fewest octets that an action allocated on this thread in any of several rounds: the runtime itself allocates a
    /// little, now and then, when it compiles a hot method anew; what the code allocates, it allocates in every round.
    /// </summary>
    public static long Least(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
