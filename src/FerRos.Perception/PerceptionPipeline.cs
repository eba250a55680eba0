using System.Collections.Immutable;
using System.Diagnostics;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>
/// The way of one picture: faces are found, followed, cut out and estimated. One thread at a time; no allocation per
/// picture once warm, except for the ids of new faces.
/// </summary>
public sealed class PerceptionPipeline : IDisposable
{
    // A face larger than this in the detector's input is exact enough as it is.
    private const float FineSide = 64;

    // At this many times the size of the face, the points come out best; around where a face is only expected, more room.
    private const float RefineMargin = 1.5f;
    private const float SearchMargin = 2f;

    /// <summary>The first run touches weights and compiles code; a few more let what was compiled in haste be compiled well.</summary>
    internal const int WarmUpRuns = 5;

    /// <summary>How many faces are looked at closely in one picture, so that a crowd does not take arbitrarily long.</summary>
    private const int MaxCloseLooks = 4;

    private readonly FaceDetector _detector;
    private readonly FaceDetector _closeDetector;
    private readonly FaceTracker _tracker;
    private readonly AffectEstimator _estimator;
    private readonly PerceptionResult _result;
    private readonly FaceDetection[] _found = new FaceDetection[FaceDetector.MaxFaces];
    private int _minFaceSize;

    /// <summary>Puts a pipeline together.</summary>
    /// <param name="options">How to process.</param>
    /// <param name="detector">Finds faces; disposed with the pipeline. Its threshold is set from the options.</param>
    /// <param name="network">Estimates affect; disposed with the pipeline.</param>
    /// <param name="ids">Where face ids come from; null for those of this process, which never repeat.</param>
    /// <param name="closeDetector">Looks closely at each face; null for <paramref name="detector"/> itself. Disposed with the pipeline.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed, or the detector is not the one that they name.</exception>
    public PerceptionPipeline(
        PerceptionOptions options,
        FaceDetector detector,
        IAffectNetwork network,
        FaceIdGenerator? ids = null,
        FaceDetector? closeDetector = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(network);
        options.Validate();
        if (detector.Range != options.Detector)
            throw new InvalidOptionException("detector", options.Detector, $"the range of the detector that was loaded ({detector.Range})");
        Options = options;
        _detector = detector;
        _detector.Threshold = (float)options.DetectionThreshold;
        _closeDetector = closeDetector ?? detector;
        _closeDetector.Threshold = (float)options.DetectionThreshold;
        _minFaceSize = options.MinFaceSize;
        _tracker = new FaceTracker(options.ToTrackerOptions(), ids);
        Aligner = new FaceAligner();
        _estimator = new AffectEstimator(network, Aligner, options.SequenceGap, options.Smoothing);
        _result = new PerceptionResult(FaceTracker.Capacity, network.Classes, network.Name);
    }

    /// <summary>The options in use.</summary>
    public PerceptionOptions Options { get; private set; }

    /// <summary>The expression classes in the order of the probabilities.</summary>
    public ImmutableArray<string> Classes => _estimator.Classes;

    /// <summary>Name of the network that estimates.</summary>
    public string Model => _estimator.Model;

    /// <summary>The network's general last layer; null where it cannot adapt.</summary>
    public LastLayer? LastLayer => _estimator.LastLayer;

    /// <summary>Whose layer is used for which face; null: the general one for all. To be set between two pictures.</summary>
    public IPersonLayers? Persons
    {
        get => _estimator.Persons;
        set => _estimator.Persons = value;
    }

    /// <summary>Cuts out further crops (ROS4HRI's), on the thread of the pipeline.</summary>
    public FaceAligner Aligner { get; }

    /// <summary>How often a stamp that went back started tracks and sequences afresh.</summary>
    public long Restarts => _tracker.Restarts;

    /// <summary>Loads detector and network from a folder of models and puts a pipeline together.</summary>
    /// <param name="options">How to process; says which detector.</param>
    /// <param name="models">Where the weights are.</param>
    /// <param name="model">Name of the affect network's model.</param>
    /// <param name="createRunner">Makes a runner for a model; called once for each detector and once for the network.</param>
    /// <param name="ids">Where face ids come from; null for those of this process.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed.</exception>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="NetworkException">A model is damaged.</exception>
    public static PerceptionPipeline Load(
        PerceptionOptions options,
        ModelDirectory models,
        string model,
        Func<Model, INetworkRunner> createRunner,
        FaceIdGenerator? ids = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        return Load(options, models, models.Load(model), createRunner, ids);
    }

    /// <summary>Loads the detector from a folder of models and puts a pipeline together.</summary>
    /// <param name="options">How to process; says which detector.</param>
    /// <param name="models">Where the detector's weights are.</param>
    /// <param name="model">The affect network's model.</param>
    /// <param name="createRunner">Makes a runner for a model; called once for each detector and once for the network.</param>
    /// <param name="ids">Where face ids come from; null for those of this process.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed.</exception>
    /// <exception cref="FileNotFoundException">There is no detector.</exception>
    /// <exception cref="NetworkException">A model is damaged.</exception>
    public static PerceptionPipeline Load(
        PerceptionOptions options,
        ModelDirectory models,
        Model model,
        Func<Model, INetworkRunner> createRunner,
        FaceIdGenerator? ids = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(createRunner);
        options.Validate();
        FaceDetector? detector = null;
        FaceDetector? closeDetector = null;
        IAffectNetwork? network = null;
        try
        {
            detector = FaceDetector.Load(models, options.Detector, createRunner);
            // A single face fills its square: that is what the short range was made for.
            if (options.Detector != DetectorRange.ShortRange)
                closeDetector = FaceDetector.Load(models, DetectorRange.ShortRange, createRunner);
            network = AffectNetworks.Create(model, createRunner);
            return new PerceptionPipeline(options, detector, network, ids, closeDetector);
        }
        catch
        {
            network?.Dispose();
            closeDetector?.Dispose();
            detector?.Dispose();
            throw;
        }
    }

    /// <summary>Processes one picture. A stamp that lies before the last one starts everything afresh.</summary>
    /// <param name="frame">The picture.</param>
    /// <returns>What it shows; valid until the next call.</returns>
    public PerceptionResult Process(ImageFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        long started = Stopwatch.GetTimestamp();
        int found = Detect(frame);
        long detected = Stopwatch.GetTimestamp();
        ReadOnlySpan<TrackedFace> faces = _tracker.Update(frame.Stamp, _found.AsSpan(0, found));
        long tracked = Stopwatch.GetTimestamp();

        long aligning = 0;
        long estimating = 0;
        for (int i = 0; i < faces.Length; i++)
        {
            long before = Stopwatch.GetTimestamp();
            _estimator.Align(frame, faces[i]);
            long aligned = Stopwatch.GetTimestamp();
            _estimator.Estimate(frame.Stamp, faces[i], _result[i]);
            aligning += aligned - before;
            estimating += Stopwatch.GetTimestamp() - aligned;
        }

        _result.Stamp = frame.Stamp;
        _result.Arrival = frame.Arrival;
        _result.FrameId = frame.FrameId;
        _result.Width = frame.Width;
        _result.Height = frame.Height;
        _result.Count = faces.Length;
        _result.DetectionCount = found;
        _result.SetTrackedIds(_tracker.TrackedIds);
        _result.Times = new StageTimes(
            Stopwatch.GetElapsedTime(started, detected),
            Stopwatch.GetElapsedTime(detected, tracked),
            Stopwatch.GetElapsedTime(0, aligning),
            Stopwatch.GetElapsedTime(0, estimating));
        return _result;
    }

    /// <summary>
    /// Looks at an empty picture a few times, closely too, and estimates, so that the first pictures take no longer than later
    /// ones. Ends all tracks and sequences.
    /// </summary>
    public void WarmUp()
    {
        const int Width = 640;
        const int Height = 480;
        var frame = new ImageFrame();
        frame.Load("rgb8", Width, Height, Width * 3, isBigEndian: false, new byte[Width * Height * 3], 0);
        var box = BoundingBox.FromCenter(Width / 2f, Height / 2f, Height / 4f, Height / 4f);
        for (int run = 0; run < WarmUpRuns; run++)
        {
            Process(frame);
            LookClosely(frame, box, RefineMargin, out _);
            _estimator.WarmUp(_result[0]);
        }

        Reset();
    }

    /// <summary>
    /// Changes the options between two pictures; tracks, ids and sequences stay. The detector cannot be changed, and
    /// <see cref="PerceptionOptions.MaxRate"/> is the hand-over's business.
    /// </summary>
    /// <param name="options">How to process from now on.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed, or they name another detector; nothing has changed.</exception>
    public void Apply(PerceptionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Detector != Options.Detector)
            throw new InvalidOptionException("detector", options.Detector, $"{Options.Detector} as long as the pipeline is loaded");
        _detector.Threshold = (float)options.DetectionThreshold;
        _closeDetector.Threshold = (float)options.DetectionThreshold;
        _minFaceSize = options.MinFaceSize;
        _tracker.Apply(options.ToTrackerOptions());
        _estimator.Apply(options.SequenceGap, options.Smoothing);
        Options = options;
    }

    /// <summary>Ends all tracks and sequences.</summary>
    public void Reset()
    {
        _tracker.Reset();
        _estimator.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _detector.Dispose();
        _closeDetector.Dispose();
        _estimator.Dispose();
    }

    /// <summary>
    /// Finds the faces of the whole picture, then looks at each of them closely, and at places where a face is expected and
    /// none was found: small faces keep their ids, and crops do not shake.
    /// </summary>
    private int Detect(ImageFrame frame)
    {
        int count = 0;
        foreach (ref readonly FaceDetection face in _detector.Detect(frame))
        {
            if (IsWanted(face.Box, frame))
                _found[count++] = face;
        }

        _found.AsSpan(0, count).Sort(static (a, b) => b.Box.Area.CompareTo(a.Box.Area));
        int looks = 0;
        for (int i = 0; i < count && looks < MaxCloseLooks; i++)
        {
            if (_detector.SideInInput(_found[i].Box, frame) >= FineSide)
                continue;
            looks++;
            // The whole picture has decided that there is a face; the close look only says where exactly.
            if (LookClosely(frame, _found[i].Box, RefineMargin, out FaceDetection exact))
                _found[i] = exact with { Score = Math.Max(exact.Score, _found[i].Score) };
        }

        foreach (ref readonly BoundingBox expected in _tracker.Expect(frame.Stamp))
        {
            if (looks >= MaxCloseLooks || count == _found.Length)
                break;
            if (Overlaps(expected, count) || !IsWanted(expected, frame))
                continue;
            looks++;
            if (LookClosely(frame, expected, SearchMargin, out FaceDetection face) && IsWanted(face.Box, frame) && !Overlaps(face.Box, count))
                _found[count++] = face;
        }

        return count;
    }

    /// <summary>Whether a face is large enough and the picture shows its centre.</summary>
    private bool IsWanted(in BoundingBox box, ImageFrame frame) =>
        box.Width >= _minFaceSize && box.CenterX >= 0 && box.CenterY >= 0 && box.CenterX < frame.Width && box.CenterY < frame.Height;

    private bool LookClosely(ImageFrame frame, in BoundingBox around, float margin, out FaceDetection face)
    {
        face = default;
        float best = 0.3f;
        foreach (ref readonly FaceDetection candidate in _closeDetector.DetectAround(frame, around, margin))
        {
            float overlap = candidate.Box.IntersectionOverUnion(around);
            if (overlap <= best)
                continue;
            best = overlap;
            face = candidate;
        }

        return best > 0.3f;
    }

    private bool Overlaps(in BoundingBox box, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_found[i].Box.IntersectionOverUnion(box) > 0.2f)
                return true;
        }

        return false;
    }
}
