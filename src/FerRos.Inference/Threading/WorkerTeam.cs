using System.Runtime.CompilerServices;

namespace FerRos.Inference;

/// <summary>
/// Threads that share the chunks of a run. Whoever is free takes the next chunk, and the calling thread never waits for
/// one that has not begun: if the others are held up, it does everything itself. Workers watch for the next run for a
/// moment, then sleep.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    /// <summary>Turns of the waiting loop before a worker sleeps: some tens of microseconds.</summary>
    private const int TurnsBeforeSleep = 2000;

    private readonly int[] _chunks;
    private readonly Action<int, int, int> _run;
    private readonly PaddedLong[] _next;
    private readonly PaddedLong[] _done;
    private readonly Thread[] _workers;
    private readonly SemaphoreSlim _wake = new(0);
    private int _sleeping;
    private long _frame;
    private volatile bool _stopped;

    /// <summary>Starts the workers.</summary>
    /// <param name="threads">Threads in all, the caller's included.</param>
    /// <param name="chunks">Number of chunks of each step.</param>
    /// <param name="run">Runs step, chunk, on thread.</param>
    public WorkerTeam(int threads, int[] chunks, Action<int, int, int> run)
    {
        (_chunks, _run) = (chunks, run);
        _next = new PaddedLong[chunks.Length];
        _done = new PaddedLong[chunks.Length];
        _workers = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(() => Work(i)) { IsBackground = true, Name = $"inference {i}" })];
        foreach (var worker in _workers)
            worker.Start();
    }

    /// <summary>Runs all steps, one after the other.</summary>
    public void Run()
    {
        // A claim carries the number of its run: a worker that comes late cannot take a chunk of the next run.
        var frame = _frame + 1;
        for (var step = 0; step < _chunks.Length; step++)
        {
            Volatile.Write(ref _done[step].Value, 0);
            Volatile.Write(ref _next[step].Value, frame << 32);
        }

        Volatile.Write(ref _frame, frame);
        Interlocked.MemoryBarrier();
        var sleeping = Volatile.Read(ref _sleeping);
        if (sleeping > 0)
            _wake.Release(sleeping);

        for (var step = 0; step < _chunks.Length; step++)
        {
            TakeChunks(step, frame, 0);
            var spin = default(SpinWait);
            while (Volatile.Read(ref _done[step].Value) < _chunks[step])
                spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _wake.Release(_workers.Length);
        foreach (var worker in _workers)
            worker.Join();
        _wake.Dispose();
    }

    private void Work(int thread)
    {
        long seen = 0;
        while (!_stopped)
        {
            var frame = WaitForRun(seen);
            for (var step = 0; step < _chunks.Length && !_stopped; step++)
            {
                TakeChunks(step, frame, thread);

                // The next step reads what this one writes. If another run has begun, this one is over.
                var turns = 0;
                while (Volatile.Read(ref _done[step].Value) < _chunks[step] && Volatile.Read(ref _frame) == frame && !_stopped)
                    Pause(ref turns);
                if (Volatile.Read(ref _frame) != frame)
                    break;
            }

            seen = frame;
        }
    }

    private long WaitForRun(long seen)
    {
        var turns = 0;
        while (Volatile.Read(ref _frame) == seen && !_stopped)
        {
            if (turns < TurnsBeforeSleep)
            {
                Pause(ref turns);
                continue;
            }

            Interlocked.Increment(ref _sleeping);
            if (Volatile.Read(ref _frame) == seen && !_stopped)
                _wake.Wait();
            Interlocked.Decrement(ref _sleeping);
            turns = 0;
        }

        return Volatile.Read(ref _frame);
    }

    private void TakeChunks(int step, long frame, int thread)
    {
        while (Claim(step, frame) is var chunk and >= 0)
        {
            _run(step, chunk, thread);
            Interlocked.Increment(ref _done[step].Value);
        }
    }

    private int Claim(int step, long frame)
    {
        ref var next = ref _next[step].Value;
        while (true)
        {
            var claim = Volatile.Read(ref next);
            var chunk = (int)(claim & 0xFFFFFFFF);
            if (claim >> 32 != frame || chunk >= _chunks[step])
                return -1;
            if (Interlocked.CompareExchange(ref next, claim + 1, claim) == claim)
                return chunk;
        }
    }

    private static void Pause(ref int turns)
    {
        turns++;
        Thread.SpinWait(1);
    }

    /// <summary>A counter in cache lines of its own.</summary>
    [InlineArray(16)]
    private struct Line
    {
        private long _element;
    }

    private struct PaddedLong
    {
#pragma warning disable CS0169, IDE0051 // Keeps neighbours apart.
        private Line _before;
#pragma warning restore CS0169, IDE0051
        public long Value;
    }
}
