namespace FerRos.Perception.Tracking;

/// <summary>One face followed through time.</summary>
internal sealed class Track
{
    // Deviations and accelerations are in units of the face's size. The detector's boxes scatter by 2 to 4 % of the
    // face; a head reaches several face widths a second within about a tenth of a second.
    private const float MeasurementDeviation = 0.04f;
    private const float Acceleration = 12f;
    private const float SizeAcceleration = 3f;
    private const float StartVelocityDeviation = 2f;
    private const float FadeSeconds = 0.6f;

    private const int Values = 4 + (2 * FaceKeypoints.Count);

    private readonly OneEuroFilter _filter = new(Values);
    private ConstantVelocity _x;
    private ConstantVelocity _y;
    private ConstantVelocity _size;
    private float _aspect;
    private long _predicted;

    /// <summary>Empty until the face is confirmed.</summary>
    public string Id { get; set; } = string.Empty;

    public bool IsAlive { get; set; }

    /// <summary>Whether the current picture shows the face.</summary>
    public bool IsVisible { get; private set; }

    public bool IsConfirmed => Id.Length > 0;

    /// <summary>Stamp of the last picture without this face.</summary>
    public long UnseenBefore { get; private set; }

    public long FirstSeen { get; private set; }

    public long LastSeen { get; private set; }

    public float Confidence { get; private set; }

    /// <summary>Whether the face was among those reported for the last picture.</summary>
    public bool WasReported { get; set; }

    /// <summary>Where the face is expected in the current picture.</summary>
    public BoundingBox Expected => BoundingBox.FromCenter(_x.Position, _y.Position, _size.Position * _aspect, _size.Position / _aspect);

    public float ExpectedSize => _size.Position;

    /// <summary>The smoothed box of the last picture in which the face was seen.</summary>
    public BoundingBox Box => new(_filter.Values[0], _filter.Values[1], _filter.Values[2], _filter.Values[3]);

    public FaceKeypoints Keypoints => FaceKeypoints.From(_filter.Values[4..]);

    public static float SizeOf(in BoundingBox box) => MathF.Sqrt(Math.Max(1, box.Width) * Math.Max(1, box.Height));

    public void Start(in FaceDetection detection, long stamp, long unseenBefore)
    {
        float size = SizeOf(detection.Box);
        Id = string.Empty;
        IsAlive = true;
        IsVisible = true;
        WasReported = false;
        UnseenBefore = unseenBefore;
        FirstSeen = stamp;
        LastSeen = stamp;
        _predicted = stamp;
        Confidence = detection.Score;
        _aspect = Aspect(detection.Box);
        _x.Start(detection.Box.CenterX, MeasurementDeviation * size, StartVelocityDeviation * size);
        _y.Start(detection.Box.CenterY, MeasurementDeviation * size, StartVelocityDeviation * size);
        _size.Start(size, MeasurementDeviation * size, 0.5f * size);
        Span<float> values = stackalloc float[Values];
        ToValues(detection, values);
        _filter.Start(values);
    }

    public void Predict(long stamp)
    {
        IsVisible = false;
        float seconds = (stamp - _predicted) / 1e9f;
        if (seconds <= 0)
            return;
        _predicted = stamp;
        float fade = MathF.Exp(-seconds / FadeSeconds);
        float size = _size.Position;
        _x.Predict(seconds, Acceleration * size, fade);
        _y.Predict(seconds, Acceleration * size, fade);
        _size.Predict(seconds, SizeAcceleration * size, fade);
    }

    public void Correct(in FaceDetection detection, long stamp)
    {
        float size = SizeOf(detection.Box);
        _x.Correct(detection.Box.CenterX, MeasurementDeviation * size);
        _y.Correct(detection.Box.CenterY, MeasurementDeviation * size);
        _size.Correct(size, MeasurementDeviation * size);
        _aspect = Aspect(detection.Box);
        Span<float> values = stackalloc float[Values];
        ToValues(detection, values);
        _filter.Update(values, (stamp - LastSeen) / 1e9f, size);
        Confidence = detection.Score;
        LastSeen = stamp;
        IsVisible = true;
    }

    private static float Aspect(in BoundingBox box) => MathF.Sqrt(Math.Max(1, box.Width) / Math.Max(1, box.Height));

    private static void ToValues(in FaceDetection detection, Span<float> values)
    {
        values[0] = detection.Box.Left;
        values[1] = detection.Box.Top;
        values[2] = detection.Box.Right;
        values[3] = detection.Box.Bottom;
        detection.Keypoints.CopyTo(values[4..]);
    }
}
