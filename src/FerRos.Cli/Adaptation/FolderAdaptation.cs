using FerRos.Cli.Sources;
using FerRos.Node;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Training;

namespace FerRos.Cli.Adaptation;

/// <summary>What learning a person from a folder led to.</summary>
/// <param name="Person">The person.</param>
/// <param name="Learned">Pictures that were learned from.</param>
/// <param name="Tested">Pictures that measured.</param>
/// <param name="Before">Balanced accuracy of the general network, 0 to 1; NaN: nothing measured.</param>
/// <param name="After">That with the person's own layer; NaN: nothing measured.</param>
/// <param name="Message">What the adaptation said.</param>
internal sealed record FolderResult(string Person, int Learned, int Tested, double Before, double After, string Message)
{
    /// <summary>The same score with the first pictures of each expression alone, from none to all; null: not asked for, or nothing measured.</summary>
    public ScoreLine? Curve { get; init; }
}

/// <summary>Learns one person from pictures: some of each expression to learn from, the others to measure.</summary>
/// <param name="pipeline">Finds, aligns and estimates the faces.</param>
/// <param name="library">Where the profile goes.</param>
/// <param name="perClass">Pictures of each expression to learn from; 0: half of them.</param>
/// <param name="scratch">Where the profiles of fewer pictures go, each but for a moment; null: those are not measured.</param>
/// <param name="warn">Told of pictures that cannot be used, and how far it is.</param>
internal sealed class FolderAdaptation(PerceptionPipeline pipeline, IPersonLibrary library, int perClass, IPersonLibrary? scratch, Action<string> warn)
{
    /// <summary>A film at 30 Hz of a picture that does not move.</summary>
    private const long FrameTime = 33_333_333;

    /// <summary>Between two pictures more time passes than any sequence spans.</summary>
    private const long Pause = 60_000_000_000;

    /// <summary>So many pictures take some five seconds.</summary>
    private const int ProgressPictures = 100;

    private readonly AdaptationOptions _options = new();
    private readonly ImageFrame _frame = new();
    private long _stamp;

    /// <summary>Learns and measures.</summary>
    /// <returns>What came of it; null: there is no picture to learn from.</returns>
    public async Task<FolderResult?> RunAsync(PersonFolder folder, CancellationToken cancellationToken)
    {
        List<ProfileSample> samples = [];
        List<Test> tests = [];
        int looked = 0;
        int all = folder.Pictures.Sum(static expression => expression.Value.Count);
        foreach ((string expression, IReadOnlyList<string> files) in folder.Pictures)
        {
            int label = pipeline.Classes.IndexOf(expression);
            if (label < 0) throw new CommandException($"{folder.Person}: this network has no class {expression}; leave it out with --class");
            int wanted = perClass > 0 ? perClass : (files.Count + 1) / 2;
            int taken = 0;
            foreach (string file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (looked > 0 && looked % ProgressPictures == 0) warn($"{folder.Person}: {looked} of {all} pictures");
                looked++;
                if (Look(file, out string problem) is not { } face)
                {
                    warn($"{file}: {problem}; left out");
                    continue;
                }

                if (taken >= wanted)
                {
                    tests.Add(new Test(expression, face.Summary.ToArray(), face.Probabilities.ToArray()));
                    continue;
                }

                // Pictures that are no film: each is an episode of its own, which may stand on either side of a split.
                EpisodeCollector episode = new(new EpisodeRequest(face.FaceId, 1, label), _options);
                FrameRefusal refusal = episode.Observe(_stamp, face);
                if (episode.Collected == 0)
                {
                    warn($"{file}: {EpisodeCollector.Describe(refusal)}; left out");
                    continue;
                }

                samples.AddRange(episode.Samples);
                taken++;
            }
        }

        if (samples.Count == 0)
        {
            warn($"{folder.Person}: no picture can be learned from; left out");
            return null;
        }

        LearningOutcome outcome = await library.LearnAsync(folder.Person, samples, _options, static _ => { }, cancellationToken).ConfigureAwait(false);
        PersonLayer? layer = outcome.Layer ?? library.Load(folder.Person);
        double before = BalancedAccuracy(tests, static test => test.Probabilities);
        double after = BalancedAccuracy(tests, test => Adapted(test.Summary, test.Probabilities, layer));
        return new FolderResult(folder.Person, samples.Count, tests.Count, before, after, outcome.Answer.Message)
        {
            Curve = scratch is null || tests.Count == 0 ? null : await CurveAsync(scratch, folder.Person, samples, tests, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Learns the first pictures of each expression, more and more of them, each time from nothing.</summary>
    private async Task<ScoreLine> CurveAsync(IPersonLibrary scratch, string person, List<ProfileSample> samples, List<Test> tests, CancellationToken cancellationToken)
    {
        List<(int Count, double Score)> points = [];
        foreach (int count in LearningCurve.Counts(samples.CountBy(static sample => sample.Expression).Max(static expression => expression.Value)))
        {
            PersonLayer? layer = null;
            if (count > 0)
            {
                ProfileSample[] first = [.. samples.GroupBy(static sample => sample.Expression).SelectMany(expression => expression.Take(count))];
                layer = (await scratch.LearnAsync(person, first, _options, static _ => { }, cancellationToken).ConfigureAwait(false)).Layer;
                scratch.Forget(person);
            }

            points.Add((count, BalancedAccuracy(tests, test => Adapted(test.Summary, test.Probabilities, layer))));
        }

        return new ScoreLine(person, points);
    }

    /// <summary>The largest face of a picture, as the node would see it had the picture been shown to it for a while; null: none.</summary>
    private AffectEstimate? Look(string file, out string problem)
    {
        problem = "no face was found";
        using Mat picture = new();
        try
        {
            if (!PictureSource.TryReadPicture(file, picture))
            {
                problem = "not a picture, or damaged";
                return null;
            }
        }
        catch (Exception e) when (e is PictureTooLargeException or OpenCVException)
        {
            problem = e.Message.TrimEnd('.');
            return null;
        }

        pipeline.Reset();
        _stamp += Pause;
        AffectEstimate? face = null;
        for (int i = 0; i < FaceSequence.DefaultLength; i++)
        {
            _frame.Load(
                PixelFormat.Bgr24, (uint)picture.Width, (uint)picture.Height, (uint)picture.Step(), isBigEndian: false, picture.AsSpan<byte>(), _stamp + (i * FrameTime), arrival: 0);
            PerceptionResult result = pipeline.Process(_frame);
            if (result.Count == 0) return null;
            face = result.Faces[0];
            if (face.SequenceLength <= i) break;
        }

        return face;
    }

    private static float[] Adapted(float[] summary, float[] general, PersonLayer? layer)
    {
        float[] probabilities = [.. general];
        (float arousal, float valence) = (0, 0);
        layer?.Estimate(summary, probabilities, ref arousal, ref valence);
        return probabilities;
    }

    private double BalancedAccuracy(List<Test> tests, Func<Test, float[]> estimate) => tests.Count == 0
        ? double.NaN
        : tests.GroupBy(static test => test.Expression).Average(group => group.Average(test =>
        {
            float[] probabilities = estimate(test);
            return pipeline.Classes[Array.IndexOf(probabilities, probabilities.Max())] == group.Key ? 1.0 : 0.0;
        }));

    /// <summary>A picture that measures.</summary>
    private sealed record Test(string Expression, float[] Summary, float[] Probabilities);
}
