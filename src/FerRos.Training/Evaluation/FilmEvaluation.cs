using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>What a network said of films that were made of stills.</summary>
/// <param name="Whole">After the last frame, with all frames in the sequence; of a network of single frames, of the last frame.</param>
/// <param name="Alone">Of each frame by itself, in order.</param>
internal sealed record FilmPredictions(Predictions Whole, Predictions[] Alone)
{
    /// <summary>The mean of the distributions of the frames.</summary>
    public Predictions Mean()
    {
        var first = Alone[0];
        var mean = new Predictions(first.Count, first.Classes, first.Arousal is not null);
        foreach (var frame in Alone)
        {
            for (var i = 0; i < mean.Probabilities.Length; i++)
                mean.Probabilities[i] += frame.Probabilities[i] / Alone.Length;
            for (var i = 0; mean.Arousal is not null && i < mean.Count; i++)
            {
                mean.Arousal[i] += frame.Arousal![i] / Alone.Length;
                mean.Valence![i] += frame.Valence![i] / Alone.Length;
            }
        }

        return mean;
    }
}

/// <summary>How good one network is on films made of stills.</summary>
public sealed record FilmResult
{
    /// <summary>The network.</summary>
    public required string Model { get; init; }

    /// <summary>After the last frame of the film; null for a network of single frames.</summary>
    public EvaluationResult? WholeFilm { get; init; }

    /// <summary>On the last frame alone.</summary>
    public required EvaluationResult LastFrame { get; init; }

    /// <summary>Accuracy over every frame alone; the interval is over films.</summary>
    public required Measure EveryFrame { get; init; }

    /// <summary>With the mean of the distributions of all frames, each alone: what is gained without a recurrent network.</summary>
    public required EvaluationResult MeanOfFrames { get; init; }
}

/// <summary>How much the sequence helps where frames are spoilt.</summary>
public sealed record FilmEvaluationResult
{
    /// <summary>Dataset, part and protocol.</summary>
    public required string Dataset { get; init; }

    /// <summary>Number of films, one of each still.</summary>
    public required int Films { get; init; }

    /// <summary>Frames of a film.</summary>
    public required int Frames { get; init; }

    /// <summary>Seed of the films.</summary>
    public required int Seed { get; init; }

    /// <summary>Share of the frames that nothing has spoilt.</summary>
    public required double GoodFrames { get; init; }

    /// <summary>What happens in the films.</summary>
    public required StillSequenceOptions Film { get; init; }

    /// <summary>The network.</summary>
    public required FilmResult Network { get; init; }

    /// <summary>The network of single frames that it is compared with, on the same frames; null: none.</summary>
    public FilmResult? FrameNetwork { get; init; }

    /// <summary>Accuracy after the whole film, less that of the frame network on the last frame. Films are drawn in pairs.</summary>
    public Measure? GainOverLastFrame { get; init; }

    /// <summary>Accuracy after the whole film, less that of the frame network over every frame.</summary>
    public Measure? GainOverEveryFrame { get; init; }

    /// <summary>Accuracy after the whole film, less that of the mean of the frame network's distributions.</summary>
    public Measure? GainOverMeanOfFrames { get; init; }

    /// <summary>As JSON; NaN becomes null.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, FilmEvaluationJson.Default.FilmEvaluationResult);

    /// <summary>As a table for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Dataset}: {Films} films of {Frames} frames (seed {Seed}), {100 * GoodFrames:0.0} % of the frames are good");
        foreach (var result in new[] { Network, FrameNetwork })
        {
            if (result is null)
                continue;
            text.AppendLine(CultureInfo.InvariantCulture, $"  {result.Model}, accuracy");
            foreach (var (name, measure) in new[]
            {
                ("after the whole film", result.WholeFilm?.Accuracy), ("last frame alone", result.LastFrame.Accuracy), ("every frame alone", result.EveryFrame),
                ("mean over the frames", result.MeanOfFrames.Accuracy),
            })
            {
                if (measure is not null)
                    text.AppendLine(CultureInfo.InvariantCulture, $"    {name,-22} {measure}");
            }
        }

        foreach (var (name, gain) in new[]
        {
            ("last frame", GainOverLastFrame), ("every frame", GainOverEveryFrame), ("mean over the frames", GainOverMeanOfFrames),
        })
        {
            if (gain is not null)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {100 * gain.Value:+0.0;-0.0} points ({100 * gain.Low:+0.0;-0.0} to {100 * gain.High:+0.0;-0.0}) over the frame network's {name}");
        }

        return text.ToString();
    }
}

/// <summary>
/// Measures networks on films made of stills (<see cref="StillSequenceOptions"/>): what comes of spoilt frames one by one,
/// and of the sequence. All networks see the same frames.
/// </summary>
public static class FilmEvaluation
{
    /// <summary>Measures a network, and compares it with one of single frames.</summary>
    /// <param name="dataset">The stills; one film is made of each.</param>
    /// <param name="network">Makes the network; called once per thread.</param>
    /// <param name="frameNetwork">Makes the network of single frames to compare with; null: none.</param>
    /// <param name="film">What happens in the films.</param>
    /// <param name="frames">Frames of a film.</param>
    /// <param name="seed">Seed of the films.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <param name="draws">Draws of the bootstrap; 0: no intervals.</param>
    /// <param name="cancellation">Stops between two films.</param>
    /// <exception cref="DatasetException">A network has no expression, or other classes than the dataset.</exception>
    public static FilmEvaluationResult Run(
        FaceDataset dataset, Func<IAffectNetwork> network, Func<IAffectNetwork>? frameNetwork, StillSequenceOptions film, int frames, int seed, int threads,
        int draws = 1000, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(film);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var (result, said) = Measure(dataset, network, film, frames, seed, threads, draws, cancellation);
        var evaluation = new FilmEvaluationResult
        {
            Dataset = dataset.Name, Films = dataset.Samples.Length, Frames = frames, Seed = seed, Film = film, Network = result,
            GoodFrames = GoodFrames(dataset.Samples.Length, film, frames, seed),
        };
        if (frameNetwork is null)
            return evaluation;
        var (single, alone) = Measure(dataset, frameNetwork, film, frames, seed, threads, draws, cancellation);
        var whole = Right(dataset, said.Whole);
        return evaluation with
        {
            FrameNetwork = single,
            GainOverLastFrame = Gain(whole, Right(dataset, alone.Alone[^1]), draws),
            GainOverEveryFrame = Gain(whole, EveryRight(dataset, alone), draws),
            GainOverMeanOfFrames = Gain(whole, Right(dataset, alone.Mean()), draws),
        };
    }

    /// <summary>What a network says of the films of a dataset.</summary>
    internal static FilmPredictions Predict(
        FaceDataset dataset, Func<IAffectNetwork> create, StillSequenceOptions film, int frames, int seed, int threads, CancellationToken cancellation)
    {
        var (classes, count) = (dataset.Classes.Length, dataset.Samples.Length);
        Predictions Room() => new(count, classes, affect: true);
        var predictions = new FilmPredictions(Room(), [.. Enumerable.Range(0, frames).Select(_ => Room())]);
        var next = -1;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, threads, options, _ =>
        {
            using var network = create();
            if (network.Classes.Length != classes)
                throw new DatasetException($"'{network.Name}' has {network.Classes.Length} classes, {dataset.Name} {classes}");
            var maker = new StillSequence(film, frames, network.CropSize, network.CropSize);
            var plane = new float[maker.FrameLength];
            var crop = new float[maker.FrameLength * network.CropChannels];
            var sequence = new FaceSequence(network.FeatureLength, network.SequenceLength, TimeSpan.FromSeconds(1));
            var summary = new float[network.SummaryLength];
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                maker.Draw(StillSequence.Seed(seed, 0, i));
                sequence.Clear();
                for (var f = 0; f < frames; f++)
                {
                    maker.Render(dataset.Pictures[dataset.Samples[i].Picture], dataset.Pictures.Size, f, plane);
                    for (var p = 0; p < crop.Length; p++)
                        crop[p] = plane[p / network.CropChannels];
                    var features = sequence.Append(f);
                    network.Encode(crop, features);
                    network.Summarise(features, 1, summary);
                    Estimate(network, summary, predictions.Alone[f], i);
                }

                network.Summarise(sequence.Values, sequence.Count, summary);
                Estimate(network, summary, predictions.Whole, i);
            }
        });
        return predictions;
    }

    private static void Estimate(IAffectNetwork network, ReadOnlySpan<float> summary, Predictions predictions, int sample) =>
        (predictions.Arousal![sample], predictions.Valence![sample]) = network.Estimate(summary, predictions.Of(sample));

    private static (FilmResult Result, FilmPredictions Predictions) Measure(
        FaceDataset dataset, Func<IAffectNetwork> create, StillSequenceOptions film, int frames, int seed, int threads, int draws,
        CancellationToken cancellation)
    {
        string name;
        bool sequence;
        using (var network = create())
            (name, sequence) = (network.Name, network.SequenceLength > 1);
        var said = Predict(dataset, create, film, frames, seed, threads, cancellation);
        EvaluationResult Of(Predictions predictions) => predictions.Measure(dataset, name, draws: draws);
        var result = new FilmResult
        {
            Model = name,
            WholeFilm = sequence ? Of(said.Whole) : null,
            LastFrame = Of(said.Alone[^1]),
            EveryFrame = Gain(EveryRight(dataset, said), new double[dataset.Samples.Length], draws),
            MeanOfFrames = Of(said.Mean()),
        };
        return (result, said);
    }

    /// <summary>1 where the winner is the label, otherwise 0.</summary>
    private static double[] Right(FaceDataset dataset, Predictions predictions) =>
        [.. dataset.Samples.Select((s, i) => predictions.Winner(i) == s.Expression ? 1.0 : 0)];

    /// <summary>The share of each film's frames that are right.</summary>
    private static double[] EveryRight(FaceDataset dataset, FilmPredictions said)
    {
        var right = new double[dataset.Samples.Length];
        foreach (var frame in said.Alone)
        {
            for (var i = 0; i < right.Length; i++)
                right[i] += (frame.Winner(i) == dataset.Samples[i].Expression ? 1.0 : 0) / said.Alone.Length;
        }

        return right;
    }

    /// <summary>The mean of the differences of pairs.</summary>
    private static Measure Gain(double[] a, double[] b, int draws)
    {
        double Mean(int[] drawn)
        {
            double sum = 0;
            foreach (var d in drawn)
                sum += a[d] - b[d];
            return sum / drawn.Length;
        }

        var (low, high) = draws > 0 ? Metrics.Bootstrap(a.Length, Mean, draws) : (double.NaN, double.NaN);
        return new Measure(Mean([.. Enumerable.Range(0, a.Length)]), low, high);
    }

    private static double GoodFrames(int films, StillSequenceOptions options, int frames, int seed)
    {
        var film = new StillSequence(options, frames, 1, 1);
        var good = 0;
        for (var i = 0; i < films; i++)
        {
            film.Draw(StillSequence.Seed(seed, 0, i));
            for (var f = 0; f < frames; f++)
                good += film[f].Corrupted ? 0 : 1;
        }

        return (double)good / Math.Max(1, films * frames);
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(NanAsNull)])]
[JsonSerializable(typeof(FilmEvaluationResult))]
internal sealed partial class FilmEvaluationJson : JsonSerializerContext;
