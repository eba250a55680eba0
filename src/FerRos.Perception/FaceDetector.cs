using System.Numerics;
using FerRos.Networks;
using FerRos.Perception.Imaging;

namespace FerRos.Perception;

/// <summary>
/// Finds faces with BlazeFace (Bazarevsky et al., "BlazeFace: Sub-millisecond neural face detection on mobile GPUs",
/// 2019). One thread at a time; no allocation once warm.
/// </summary>
/// <remarks>
/// The picture is scaled into the middle of a black square with values x / 127.5 - 1. Every anchor gives a score
/// (sigmoid) and a box with six points relative to the anchor. Overlapping boxes (intersection over union above 0.3)
/// are merged by their score-weighted mean.
/// </remarks>
public sealed class FaceDetector : IDisposable
{
    /// <summary>How many faces are found at most in one picture.</summary>
    public const int MaxFaces = FaceTracker.Capacity;

    private const float MergeOverlap = 0.3f;

    // A logit is clipped here by MediaPipe, too; beyond it the sigmoid is 0 or 1 in any case.
    private const float LogitLimit = 100f;
    private const int ValuesPerAnchor = 4 + (2 * FaceKeypoints.Count);

    private readonly INetworkRunner _runner;
    private readonly string _boxes;
    private readonly string _scores;
    private readonly int _size;
    private readonly Vector2[] _anchors;
    private readonly Letterbox _letterbox;
    private readonly RegionSampler _region = new();
    private readonly float[] _input;
    private readonly Candidate[] _candidates;
    private readonly FaceDetection[] _faces = new FaceDetection[MaxFaces];
    private float _threshold;

    /// <summary>Creates a detector.</summary>
    /// <param name="runner">Runs one of the two BlazeFace networks; disposed with the detector.</param>
    /// <param name="threshold">The least score of a face, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">The network is not a BlazeFace network.</exception>
    /// <exception cref="InvalidOptionException">The threshold is out of range.</exception>
    public FaceDetector(INetworkRunner runner, float threshold = 0.5f)
    {
        ArgumentNullException.ThrowIfNull(runner);
        _runner = runner;
        Shape input = runner.Network.InputShape;
        (_size, Range) = (input.Height, input.Width, input.Channels) switch
        {
            (128, 128, 3) => (128, DetectorRange.ShortRange),
            (192, 192, 3) => (192, DetectorRange.FullRange),
            _ => throw new ArgumentException($"{runner.Network.Name} is not a face detector: its input is {input}.", nameof(runner)),
        };
        _anchors = Range == DetectorRange.ShortRange
            ? Anchors(_size, [(8, 2), (16, 6)])
            : Anchors(_size, [(4, 1)]);
        (_boxes, _scores) = FindOutputs(runner.Network, _anchors.Length);
        _letterbox = new Letterbox(_size, 1f / 127.5f, -1f);
        _input = new float[_size * _size * 3];
        _candidates = new Candidate[_anchors.Length];
        Threshold = threshold;
    }

    /// <summary>Loads one of the two detectors that ship with the program.</summary>
    /// <param name="models">Where its weights are.</param>
    /// <param name="range">Which one.</param>
    /// <param name="createRunner">Makes a runner for the model; called once.</param>
    /// <exception cref="FileNotFoundException">The model is not there.</exception>
    /// <exception cref="NetworkException">The model is damaged.</exception>
    public static FaceDetector Load(ModelDirectory models, DetectorRange range, Func<Model, INetworkRunner> createRunner)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(createRunner);
        return new FaceDetector(createRunner(models.Load(range == DetectorRange.ShortRange ? "blazeface-short-range" : "blazeface-full-range")));
    }

    /// <summary>Which network runs.</summary>
    public DetectorRange Range { get; }

    /// <summary>The least score of a face, above 0 and below 1.</summary>
    public float Threshold
    {
        get => _threshold;
        set => _threshold = value is > 0 and < 1 ? value : throw new InvalidOptionException("detection_threshold", value, "above 0 and below 1");
    }

    /// <summary>Finds the faces of a picture.</summary>
    /// <param name="frame">The picture.</param>
    /// <returns>The faces, the highest score first. Valid until the next call.</returns>
    public ReadOnlySpan<FaceDetection> Detect(ImageFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        _letterbox.Fill(frame, _input);
        var scale = new Vector2(_letterbox.ScaleX, _letterbox.ScaleY);
        return Run(scale, -scale * new Vector2(_letterbox.Left, _letterbox.Top));
    }

    /// <summary>
    /// Looks for faces in a square part of a picture, where they are larger for the network than in the whole picture:
    /// points come out several times more exact, and smaller faces are found.
    /// </summary>
    /// <param name="frame">The picture.</param>
    /// <param name="around">What the square is centred on.</param>
    /// <param name="margin">Side of the square over the longer side of <paramref name="around"/>, above 0.</param>
    /// <returns>The faces in pixels of the whole picture, the highest score first. Valid until the next call.</returns>
    public ReadOnlySpan<FaceDetection> DetectAround(ImageFrame frame, in BoundingBox around, float margin)
    {
        ArgumentNullException.ThrowIfNull(frame);
        float side = Math.Max(8, margin * Math.Max(around.Width, around.Height));
        var corner = new Vector2(around.CenterX - (side / 2), around.CenterY - (side / 2));
        float scale = side / _size;
        // 0 to 2, then down by one.
        _region.Sample(frame, new SimilarityTransform(new Vector2(scale, 0), corner), _size, 3, 2f, blackOutside: true, _input);
        for (int i = 0; i < _input.Length; i++)
            _input[i] -= 1;
        return Run(new Vector2(scale), corner);
    }

    /// <summary>Side of a box in pixels of the network's input, when the whole picture is looked at.</summary>
    internal float SideInInput(in BoundingBox box, ImageFrame frame) =>
        Math.Max(box.Width, box.Height) * _size / Math.Max(frame.Width, frame.Height);

    private ReadOnlySpan<FaceDetection> Run(Vector2 scale, Vector2 origin)
    {
        _runner.Run(_input);
        int candidates = Decode(_runner.Output(_boxes), _runner.Output(_scores));
        return _faces.AsSpan(0, Merge(_candidates.AsSpan(0, candidates), scale, origin));
    }

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();

    private static Vector2[] Anchors(int size, ReadOnlySpan<(int Stride, int Count)> layers)
    {
        var anchors = new List<Vector2>();
        foreach ((int stride, int count) in layers)
        {
            int cells = size / stride;
            for (int y = 0; y < cells; y++)
            {
                for (int x = 0; x < cells; x++)
                {
                    for (int i = 0; i < count; i++)
                        anchors.Add(new Vector2((x + 0.5f) * stride, (y + 0.5f) * stride));
                }
            }
        }

        return [.. anchors];
    }

    /// <summary>The outputs are told apart by their shapes: 16 values or one an anchor.</summary>
    private static (string Boxes, string Scores) FindOutputs(NetworkGraph network, int anchors)
    {
        string? boxes = null;
        string? scores = null;
        foreach (string output in network.Outputs)
        {
            int values = network[output].Shape.Count;
            if (values == anchors * ValuesPerAnchor)
                boxes = output;
            else if (values == anchors)
                scores = output;
        }

        return boxes is not null && scores is not null
            ? (boxes, scores)
            : throw new ArgumentException($"{network.Name} is not a face detector: its outputs do not fit {anchors} anchors.", nameof(network));
    }

    private int Decode(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores)
    {
        // Compare logits: the sigmoid is needed only for the few that pass.
        float least = MathF.Log(_threshold / (1 - _threshold));
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (!(scores[i] >= least))
                continue;
            ref Candidate candidate = ref _candidates[count++];
            candidate.Score = 1f / (1f + MathF.Exp(-Math.Min(scores[i], LogitLimit)));
            candidate.IsUsed = false;
            ReadOnlySpan<float> values = boxes.Slice(i * ValuesPerAnchor, ValuesPerAnchor);
            Vector2 anchor = _anchors[i];
            Span<float> decoded = candidate.Values;
            float centerX = values[0] + anchor.X;
            float centerY = values[1] + anchor.Y;
            float width = Math.Max(0, values[2]);
            float height = Math.Max(0, values[3]);
            decoded[0] = centerX - (width / 2);
            decoded[1] = centerY - (height / 2);
            decoded[2] = centerX + (width / 2);
            decoded[3] = centerY + (height / 2);
            for (int k = 4; k < ValuesPerAnchor; k += 2)
            {
                decoded[k] = values[k] + anchor.X;
                decoded[k + 1] = values[k + 1] + anchor.Y;
            }
        }

        return count;
    }

    private int Merge(Span<Candidate> candidates, Vector2 scale, Vector2 origin)
    {
        candidates.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        int count = 0;
        Span<float> sum = stackalloc float[ValuesPerAnchor];
        for (int i = 0; i < candidates.Length && count < MaxFaces; i++)
        {
            if (candidates[i].IsUsed)
                continue;
            BoundingBox box = candidates[i].Box;
            float total = 0;
            sum.Clear();
            for (int j = i; j < candidates.Length; j++)
            {
                ref Candidate other = ref candidates[j];
                if (other.IsUsed || (j != i && box.IntersectionOverUnion(other.Box) <= MergeOverlap))
                    continue;
                other.IsUsed = true;
                total += other.Score;
                Span<float> values = other.Values;
                for (int k = 0; k < ValuesPerAnchor; k++)
                    sum[k] += other.Score * values[k];
            }

            for (int k = 0; k < ValuesPerAnchor; k += 2)
            {
                sum[k] = (sum[k] / total * scale.X) + origin.X;
                sum[k + 1] = (sum[k + 1] / total * scale.Y) + origin.Y;
            }

            _faces[count++] = new FaceDetection(
                new BoundingBox(sum[0], sum[1], sum[2], sum[3]),
                candidates[i].Score,
                FaceKeypoints.From(sum[4..]));
        }

        return count;
    }

    private struct Candidate
    {
        public float Score;
        public bool IsUsed;
        public AnchorValues Values;

        public readonly BoundingBox Box => new(Values[0], Values[1], Values[2], Values[3]);
    }

    [System.Runtime.CompilerServices.InlineArray(ValuesPerAnchor)]
    private struct AnchorValues
    {
        private float _first;
    }
}
