using System.Diagnostics;
using FerRos.Cli.Sources;
using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Cli.Analysis;

/// <summary>Runs perception over all pictures of a source, without dropping any. Owns nothing.</summary>
internal sealed class Analyzer(IPictureSource source, PerceptionPipeline pipeline, IReadOnlyList<IAnalysisOutput> outputs)
{
    /// <summary>Whether each picture stands for itself: nothing is followed from one to the next.</summary>
    public bool Unrelated { get; init; }

    /// <summary>Reads to the end, or until the token; what was read until then is written.</summary>
    /// <param name="progress">Told the number of pictures that are done.</param>
    /// <param name="cancellationToken">Stops between two pictures.</param>
    /// <exception cref="SourceException">The source broke.</exception>
    /// <exception cref="ImageFormatException">A picture is too large.</exception>
    public AnalysisSummary Run(Action<int> progress, CancellationToken cancellationToken)
    {
        AnalysisSummary summary = new();
        ImageFrame frame = new();
        using Mat picture = new();
        while (!cancellationToken.IsCancellationRequested && source.TryRead(picture, out TimeSpan time))
        {
            frame.Load(
                PixelFormat.Bgr24,
                (uint)picture.Width,
                (uint)picture.Height,
                (uint)picture.Step(),
                isBigEndian: false,
                picture.AsSpan<byte>(),
                stamp: (long)time.TotalNanoseconds,
                arrival: Stopwatch.GetTimestamp());
            if (Unrelated)
                pipeline.Reset();

            PerceptionResult result = pipeline.Process(frame);
            foreach (IAnalysisOutput output in outputs)
                output.Write(summary.Frames, time, result, picture);
            summary.Add(time, result);
            progress(summary.Frames);
        }

        return summary;
    }
}
