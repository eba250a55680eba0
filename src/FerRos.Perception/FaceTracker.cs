using FerRos.Perception.Tracking;

namespace FerRos.Perception;

/// <summary>
/// Gives faces ids that stay with them from picture to picture.
/// </summary>
/// <remarks>
/// <para>Each track predicts where its face is (a Kalman filter of constant velocity), and the assignment of
/// detections to tracks is the one that is cheapest as a whole, so that two faces that cross keep their ids. The cost
/// of a pair grows with the distance of the centres in face sizes, with the boxes' lack of overlap and with the
/// difference in size; a pair is never cheaper to force than to leave both alone.</para>
/// <para>Tracks age by the pictures' stamps. A stamp that goes back (a recording that starts over) ends all tracks. One thread
/// at a time; no allocation except for the id of a new face.</para>
/// </remarks>
public sealed class FaceTracker
{
    /// <summary>How many faces can be followed at once.</summary>
    public const int Capacity = 64;

    /// <summary>The price of a track without a detection; a pair that costs more is no pair.</summary>
    private const float UnmatchedCost = 1.2f;

    /// <summary>A face that has not been confirmed yet gives way to one that has.</summary>
    private const float UnconfirmedPenalty = 0.2f;

    /// <summary>A reported face stays reported against another that is larger by less than this factor in area.</summary>
    private const float ReportedBonus = 1.2f;

    private readonly FaceIdGenerator _ids;
    private long _confirmation;
    private long _timeout;
    private int _maxFaces;
    private readonly Track[] _tracks = new Track[Capacity];
    private readonly Assignment _assignment = new(Capacity, 2 * Capacity);
    private readonly float[] _costs = new float[Capacity * 2 * Capacity];
    private readonly int[] _rows = new int[Capacity];
    private readonly int[] _columnOfRow = new int[Capacity];
    private readonly bool[] _taken = new bool[Capacity];
    private readonly int[] _visible = new int[Capacity];
    private readonly BoundingBox[] _expected = new BoundingBox[Capacity];
    private readonly TrackedFace[] _faces = new TrackedFace[Capacity];
    private readonly string[] _trackedIds = new string[Capacity];
    private int _faceCount;
    private int _trackedCount;
    private long _last;
    private bool _started;

    /// <summary>Creates a tracker.</summary>
    /// <param name="options">How to track; null for the defaults.</param>
    /// <param name="ids">Where ids come from; null for those of this process, which never repeat.</param>
    /// <exception cref="InvalidOptionException">An option is out of range.</exception>
    public FaceTracker(TrackerOptions? options = null, FaceIdGenerator? ids = null)
    {
        Apply(options ?? new TrackerOptions());
        _ids = ids ?? FaceIdGenerator.Shared;
        for (int i = 0; i < Capacity; i++)
            _tracks[i] = new Track();
    }

    /// <summary>The confirmed faces seen in the last picture, the largest first. Valid until the next update.</summary>
    public ReadOnlySpan<TrackedFace> Faces => _faces.AsSpan(0, _faceCount);

    /// <summary>
    /// Ids of all confirmed faces whose tracks live, including those out of sight for less than the timeout.
    /// Valid until the next update.
    /// </summary>
    public ReadOnlySpan<string> TrackedIds => _trackedIds.AsSpan(0, _trackedCount);

    /// <summary>How often a stamp that went back ended all tracks.</summary>
    public long Restarts { get; private set; }

    /// <summary>Changes how faces are followed, between two pictures; tracks and ids stay.</summary>
    /// <param name="options">How to track from now on.</param>
    /// <exception cref="InvalidOptionException">An option is out of range; nothing has changed.</exception>
    public void Apply(TrackerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _confirmation = options.ConfirmationTime.Ticks * 100;
        _timeout = options.Timeout.Ticks * 100;
        _maxFaces = options.MaxFaces;
    }

    /// <summary>Ends all tracks.</summary>
    public void Reset()
    {
        foreach (Track track in _tracks)
            track.IsAlive = false;
        _faceCount = 0;
        _trackedCount = 0;
        _started = false;
    }

    /// <summary>Takes the faces found in the next picture.</summary>
    /// <param name="stamp">The picture's stamp in nanoseconds.</param>
    /// <param name="detections">The faces; of more than <see cref="Capacity"/>, the rest is ignored.</param>
    /// <returns><see cref="Faces"/>.</returns>
    public ReadOnlySpan<TrackedFace> Update(long stamp, ReadOnlySpan<FaceDetection> detections)
    {
        RestartIfBack(stamp);
        if (detections.Length > Capacity)
            detections = detections[..Capacity];
        long previous = _started ? _last : long.MinValue;
        _last = stamp;
        _started = true;

        int rows = 0;
        for (int i = 0; i < Capacity; i++)
        {
            Track track = _tracks[i];
            if (!track.IsAlive)
                continue;
            if (stamp - track.LastSeen > _timeout)
            {
                track.IsAlive = false;
                continue;
            }

            track.Predict(stamp);
            _rows[rows++] = i;
        }

        Match(stamp, detections, rows);
        for (int r = 0; r < rows; r++)
        {
            Track track = _tracks[_rows[r]];
            int column = _columnOfRow[r];
            if (column >= 0)
                track.Correct(detections[column], stamp);
            else if (!track.IsConfirmed)
                track.IsAlive = false;
        }

        for (int d = 0; d < detections.Length; d++)
        {
            if (!_taken[d])
                Begin(detections[d], stamp, previous);
        }

        Report(stamp);
        return Faces;
    }

    /// <summary>Where the confirmed faces are expected in the next picture. Valid until the next call.</summary>
    /// <param name="stamp">The stamp of the next picture.</param>
    internal ReadOnlySpan<BoundingBox> Expect(long stamp)
    {
        RestartIfBack(stamp);
        int count = 0;
        foreach (Track track in _tracks)
        {
            if (!track.IsAlive || !track.IsConfirmed || stamp - track.LastSeen > _timeout)
                continue;
            track.Predict(stamp);
            _expected[count++] = track.Expected;
        }

        return _expected.AsSpan(0, count);
    }

    private void RestartIfBack(long stamp)
    {
        if (!_started || stamp >= _last)
            return;
        Reset();
        Restarts++;
    }

    private void Match(long stamp, ReadOnlySpan<FaceDetection> detections, int rows)
    {
        _taken.AsSpan(0, detections.Length).Clear();
        if (rows == 0)
            return;

        // One column a detection, and one more a track in which it goes unmatched.
        int columns = detections.Length + rows;
        for (int r = 0; r < rows; r++)
        {
            Span<float> row = _costs.AsSpan(r * columns, columns);
            for (int d = 0; d < detections.Length; d++)
                row[d] = Cost(_tracks[_rows[r]], detections[d], stamp);
            row[detections.Length..].Fill(UnmatchedCost);
        }

        _assignment.Solve(_costs, rows, columns, _columnOfRow);
        for (int r = 0; r < rows; r++)
        {
            int column = _columnOfRow[r];
            if (column < detections.Length && _costs[(r * columns) + column] < UnmatchedCost)
                _taken[column] = true;
            else
                _columnOfRow[r] = -1;
        }
    }

    private static float Cost(Track track, in FaceDetection detection, long stamp)
    {
        BoundingBox expected = track.Expected;
        float size = Track.SizeOf(detection.Box);
        float unit = 0.5f * (size + track.ExpectedSize);
        float dx = detection.Box.CenterX - expected.CenterX;
        float dy = detection.Box.CenterY - expected.CenterY;
        float distance = MathF.Sqrt((dx * dx) + (dy * dy)) / unit;

        // What a head can move beyond the prediction: little within a frame of 30 Hz, more after a pause.
        float seconds = (stamp - track.LastSeen) / 1e9f;
        float reach = Math.Min(0.5f + (3f * seconds), 1.2f);
        float scale = MathF.Abs(MathF.Log(size / Math.Max(1f, track.ExpectedSize)));
        if (!(distance <= reach) || scale > 0.6f)
            return UnmatchedCost;
        float overlap = expected.IntersectionOverUnion(detection.Box);
        float cost = (0.6f * distance) + (0.3f * (1 - overlap)) + (0.5f * scale);
        return Math.Min(UnmatchedCost, track.IsConfirmed ? cost : cost + UnconfirmedPenalty);
    }

    private void Begin(in FaceDetection detection, long stamp, long previous)
    {
        foreach (Track track in _tracks)
        {
            if (track.IsAlive)
                continue;
            track.Start(detection, stamp, previous);
            return;
        }
    }

    private void Report(long stamp)
    {
        int visible = 0;
        _trackedCount = 0;
        for (int i = 0; i < Capacity; i++)
        {
            Track track = _tracks[i];
            if (!track.IsAlive)
                continue;
            if (!track.IsConfirmed && (track.UnseenBefore == long.MinValue || stamp - track.UnseenBefore >= _confirmation))
                track.Id = _ids.Next();
            if (!track.IsConfirmed)
                continue;
            _trackedIds[_trackedCount++] = track.Id;
            if (track.IsVisible)
                visible = Insert(i, visible);
            else
                track.WasReported = false;
        }

        _faceCount = Math.Min(visible, _maxFaces);
        for (int v = 0; v < visible; v++)
        {
            Track track = _tracks[_visible[v]];
            track.WasReported = v < _faceCount;
            if (v < _faceCount)
                _faces[v] = new TrackedFace(track.Id, _visible[v], track.Box, track.Keypoints, track.Confidence, track.FirstSeen);
        }
    }

    /// <summary>Keeps the visible tracks sorted by area, the largest first.</summary>
    private int Insert(int index, int count)
    {
        float rank = Rank(_tracks[index]);
        int at = count;
        for (; at > 0 && Rank(_tracks[_visible[at - 1]]) < rank; at--)
            _visible[at] = _visible[at - 1];
        _visible[at] = index;
        return count + 1;
    }

    private static float Rank(Track track) => track.Box.Area * (track.WasReported ? ReportedBonus : 1);
}
