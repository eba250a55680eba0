using System.Threading.Channels;

namespace FerRos.Training;

/// <summary>The inputs and labels of one training step. Belongs to the loader: hand it back with <see cref="BatchLoader.Return"/>.</summary>
internal sealed class Batch
{
    internal Batch(int capacity, int inputLength, int classes)
    {
        Inputs = new float[capacity * inputLength];
        Targets = new float[capacity * classes];
        Arousal = new float[capacity];
        Valence = new float[capacity];
    }

    internal int Count { get; set; }

    /// <summary>Steps of its sequences; 0 for stills.</summary>
    internal int Steps { get; set; }

    internal float[] Inputs { get; }

    internal float[] Targets { get; }

    internal float[] Arousal { get; }

    internal float[] Valence { get; }
}

/// <summary>
/// Prepares the batches of one epoch ahead, on threads of its own. What is in a batch depends on seed, epoch and its
/// number alone, and batches come in order: a run that goes on in the middle of an epoch sees the same ones.
/// </summary>
internal sealed class BatchLoader : IAsyncDisposable, IDisposable
{
    private readonly FaceDataset _dataset;
    private readonly IInputSource _inputs;
    private readonly int _seed;
    private readonly int _epoch;
    private readonly int _batchSize;
    private readonly int _threads;
    private readonly double _mixup;
    private readonly int[] _order;
    private readonly Channel<Task<Batch>> _ahead;
    private readonly System.Collections.Concurrent.ConcurrentBag<Batch> _pool;
    private readonly SemaphoreSlim _workers;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _producer;

    /// <summary>Starts preparing.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="inputs">Makes the inputs of these samples.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="epoch">Number of the epoch.</param>
    /// <param name="batchSize">Samples per batch; what is left over at the end of an epoch is not used.</param>
    /// <param name="firstBatch">The batch to begin with.</param>
    /// <param name="threads">Threads that prepare.</param>
    /// <param name="pool">Batches to use again; the same for all epochs.</param>
    /// <param name="mixup">Both parameters of the Beta distribution of mixup; 0: none.</param>
    internal BatchLoader(
        FaceDataset dataset, IInputSource inputs, int seed, int epoch, int batchSize, int firstBatch, int threads,
        System.Collections.Concurrent.ConcurrentBag<Batch> pool, double mixup = 0)
    {
        _mixup = mixup;
        (_dataset, _inputs, _seed, _epoch, _batchSize, _pool) = (dataset, inputs, seed, epoch, batchSize, pool);
        _threads = threads;
        Count = BatchCount(dataset.Samples.Length, batchSize);
        _order = [.. Enumerable.Range(0, dataset.Samples.Length)];
        Generator(seed, epoch, -1).Shuffle(_order);
        _ahead = Channel.CreateBounded<Task<Batch>>(new BoundedChannelOptions(threads + 2) { SingleReader = true, SingleWriter = true });
        _workers = new SemaphoreSlim(threads);
        _producer = Task.Run(() => ProduceAsync(firstBatch, _stop.Token));
    }

    /// <summary>Number of batches in the epoch.</summary>
    internal int Count { get; }

    internal static int BatchCount(int samples, int batchSize) => Math.Max(1, samples / batchSize);

    /// <summary>The batches that are left, in order.</summary>
    internal async IAsyncEnumerable<Batch> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in _ahead.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            yield return await batch.ConfigureAwait(false);
    }

    /// <summary>Gives a batch back when its values are copied.</summary>
    internal void Return(Batch batch) => _pool.Add(batch);

    /// <summary>Stops, and waits for those who still prepare.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _producer.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped in the middle of the epoch.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever read the batches has got it already.
        }

        // Whoever still prepares is waited for: it uses the semaphore.
        for (var i = 0; i < _threads; i++)
            await _workers.WaitAsync().ConfigureAwait(false);
        while (_ahead.Reader.TryRead(out var batch))
        {
            if (batch.IsCompletedSuccessfully)
                Return(await batch.ConfigureAwait(false));
        }

        _stop.Dispose();
        _workers.Dispose();
    }

    /// <summary>A generator of its own for every sample of every epoch.</summary>
    private static Random Generator(int seed, int epoch, int sample) => new(HashCodeOf(seed, epoch, sample));

    /// <summary>Mixes three numbers; .NET's own HashCode differs from process to process.</summary>
    private static int HashCodeOf(int a, int b, int c)
    {
        var z = ((ulong)(uint)a << 32) ^ ((ulong)(uint)b * 0x9E3779B97F4A7C15UL) ^ ((ulong)(uint)c * 0xC2B2AE3D27D4EB4FUL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)((z ^ (z >> 31)) & 0x7FFFFFFF);
    }

    private async Task ProduceAsync(int first, CancellationToken stop)
    {
        try
        {
            for (var number = first; number < Count; number++)
            {
                await _workers.WaitAsync(stop).ConfigureAwait(false);
                var current = number;
                var task = Task.Run(
                    () =>
                    {
                        try
                        {
                            return Prepare(current);
                        }
                        finally
                        {
                            _workers.Release();
                        }
                    },
                    CancellationToken.None);
                await _ahead.Writer.WriteAsync(task, stop).ConfigureAwait(false);
            }

            _ahead.Writer.Complete();
        }
        catch (Exception e)
        {
            _ahead.Writer.TryComplete(e);
            throw;
        }
    }

    private Batch Prepare(int number)
    {
        var classes = _dataset.Classes.Length;
        if (!_pool.TryTake(out var batch))
            batch = new Batch(_batchSize, _inputs.Length, classes);
        var writer = _inputs.CreateWriter();
        batch.Count = Math.Min(_batchSize, _order.Length);
        batch.Steps = _inputs.Steps(Generator(_seed, _epoch, int.MinValue + number));
        var written = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var index = _order[(number * _batchSize) + i];
            var sample = _dataset.Samples[index];
            written += writer.Write(index, batch.Steps, Generator(_seed, _epoch, index), batch.Inputs.AsSpan(written));
            sample.Target.AsSpan().CopyTo(batch.Targets.AsSpan(i * classes, classes));
            batch.Arousal[i] = sample.Arousal;
            batch.Valence[i] = sample.Valence;
        }

        if (_mixup > 0)
            Mix(batch, Beta(_mixup, Generator(_seed, _epoch, -2 - number)), written / batch.Count, classes);
        return batch;
    }

    /// <summary>Blends the first sample with the last, the second with the last but one: the order is a random one already.</summary>
    private static void Mix(Batch batch, double share, int length, int classes)
    {
        var (own, other) = ((float)share, (float)(1 - share));
        void Blend(Span<float> a, Span<float> b)
        {
            for (var k = 0; k < a.Length; k++)
                (a[k], b[k]) = ((own * a[k]) + (other * b[k]), (own * b[k]) + (other * a[k]));
        }

        for (int i = 0, j = batch.Count - 1; i < j; i++, j--)
        {
            Blend(batch.Inputs.AsSpan(i * length, length), batch.Inputs.AsSpan(j * length, length));
            Blend(batch.Targets.AsSpan(i * classes, classes), batch.Targets.AsSpan(j * classes, classes));
            Blend(batch.Arousal.AsSpan(i, 1), batch.Arousal.AsSpan(j, 1));
            Blend(batch.Valence.AsSpan(i, 1), batch.Valence.AsSpan(j, 1));
        }
    }

    /// <summary>Beta(a, a): the share of one of two Gamma(a) draws.</summary>
    private static double Beta(double a, Random random)
    {
        var (x, y) = (Gamma(a, random), Gamma(a, random));
        return x + y > 0 ? x / (x + y) : 0.5;
    }

    /// <summary>Gamma(a, 1) by Marsaglia and Tsang (2000), with their boost for a below 1.</summary>
    private static double Gamma(double a, Random random)
    {
        if (a < 1)
            return Gamma(a + 1, random) * Math.Pow(1 - random.NextDouble(), 1 / a);
        var d = a - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = random.NextNormal();
            var v = Math.Pow(1 + (c * normal), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (normal * normal / 2) + (d * (1 - v + Math.Log(v))))
                return d * v;
        }
    }
}
