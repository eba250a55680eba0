using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Training;

/// <summary>
/// The features of short films that were made from stills: each frame went once through the encoder of a sequence
/// network, in our own engine. The same options and seed give the same features, on any number of threads.
/// </summary>
internal sealed class FilmFeatures : IInputSource
{
    /// <summary>Frames of the other still before a change, and of the still that counts after it, are at least so many.</summary>
    private const int FewestAfterChange = 3;

    private readonly FilmOptions _options;
    private readonly int _steps;
    private readonly int _features;
    private readonly int _samples;

    /// <summary>[rendition][sample, step, feature].</summary>
    private readonly Half[][] _values;

    private FilmFeatures(FilmOptions options, int samples, int steps, int features, int renditions)
    {
        (_options, _samples, _steps, _features) = (options, samples, steps, features);
        _values = new Half[renditions][];
        for (var r = 0; r < renditions; r++)
            _values[r] = new Half[(long)samples * steps * features];
    }

    public int Length => _steps * _features;

    /// <summary>Makes the films of a dataset and encodes them.</summary>
    /// <param name="dataset">The stills.</param>
    /// <param name="network">The sequence network.</param>
    /// <param name="encoder">Weights that hold at least those of its encoder.</param>
    /// <param name="options">How films are made.</param>
    /// <param name="renditions">Films of each still.</param>
    /// <param name="seed">Seed of the films.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <param name="progress">Hears the share that is done, now and then, on any thread.</param>
    /// <param name="cancellation">Stops between two films.</param>
    /// <exception cref="WeightsException">The weights are not those of the encoder.</exception>
    internal static FilmFeatures Encode(
        FaceDataset dataset, NetworkGraph network, WeightSet encoder, FilmOptions options, int renditions, int seed, int threads,
        Action<double>? progress, CancellationToken cancellation)
    {
        var frame = network.FrameEncoder();
        var weights = new WeightSet(frame.Parameters.Select(p => KeyValuePair.Create(p.Name, encoder[p.Name])));
        var steps = network.SequenceLength;
        var length = frame[frame.Outputs[0]].Shape.Count;
        var result = new FilmFeatures(options, dataset.Samples.Length, steps, length, renditions);
        var clean = (int)Math.Round(options.CleanShare * renditions);
        var (next, total) = (-1, renditions * dataset.Samples.Length);
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, _ =>
        {
            using var runner = CpuRunner.Create(frame, weights);
            var (height, width) = (frame.InputShape.Height, frame.InputShape.Width);
            var preparation = new Preparation(frame.InputShape, frame.Layout);
            var input = new float[frame.InputLength];
            var (spoilt, good) = (
                new StillSequence(options.Film, steps, width, height),
                new StillSequence(options.Film.WithoutSpells(), steps, width, height));
            for (var item = Interlocked.Increment(ref next); item < total; item = Interlocked.Increment(ref next))
            {
                cancellation.ThrowIfCancellationRequested();
                var (rendition, sample) = (item / dataset.Samples.Length, item % dataset.Samples.Length);
                var film = rendition < clean ? good : spoilt;
                film.Draw(StillSequence.Seed(seed, rendition, sample));
                var picture = dataset.Pictures[dataset.Samples[sample].Picture];
                for (var step = 0; step < steps; step++)
                {
                    film.Render(picture, dataset.Pictures.Size, step, preparation.Plane);
                    preparation.Spread(input);
                    runner.Run(input);
                    var from = runner.Output(frame.Outputs[0]);
                    var to = result.At(rendition, sample, step);
                    for (var i = 0; i < to.Length; i++)
                        to[i] = (Half)from[i];
                }

                if (item % 500 == 0)
                    progress?.Invoke((double)item / total);
            }
        });
        return result;
    }

    public int Steps(Random? random) => random is null || random.NextDouble() >= _options.ShortShare ? _steps : random.Next(1, _steps + 1);

    public long[] Shape(int count, int steps) => [count, steps, _features];

    public IInputWriter CreateWriter() => new Writer(this);

    private Span<Half> At(int rendition, int sample, int step, int count = 1) =>
        _values[rendition].AsSpan(((sample * _steps) + step) * _features, count * _features);

    private sealed class Writer(FilmFeatures films) : IInputWriter
    {
        public int Write(int sample, int steps, Random? random, Span<float> input)
        {
            // Judging looks at the last rendition, the whole film.
            var rendition = random?.Next(films._values.Length) ?? films._values.Length - 1;
            var start = random?.Next(films._steps - steps + 1) ?? films._steps - steps;
            var length = steps * films._features;
            Convert(films.At(rendition, sample, start, steps), input[..length]);
            if (random is not null && random.NextDouble() < films._options.SwitchShare && steps > FewestAfterChange)
            {
                var before = random.Next(1, steps - FewestAfterChange + 1);
                Convert(films.At(rendition, random.Next(films._samples), start, before), input[..(before * films._features)]);
            }

            return length;
        }

        private static void Convert(ReadOnlySpan<Half> from, Span<float> to)
        {
            for (var i = 0; i < from.Length; i++)
                to[i] = (float)from[i];
        }
    }
}
