using System.Diagnostics;
using System.Globalization;
using FerRos.Perception;

namespace FerRos.Node;

/// <summary>
/// Which faces the last picture showed, for services that ask on other threads, and which have left for good. Filled by
/// the perception thread; allocates nothing per picture.
/// </summary>
internal sealed class FacesInView
{
    /// <summary>
    /// Areas that differ by less than this factor are the same size: a face's box moves by a few percent from picture to
    /// picture, and whom a user means must not depend on that.
    /// </summary>
    private const float SameSize = 1.2f;

    /// <summary>Without a picture for so long nothing is in view.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly string[] _ids = new string[FaceTracker.Capacity];
    private readonly float[] _areas = new float[FaceTracker.Capacity];
    private readonly (string Id, long Seen)[] _watched = new (string, long)[FaceTracker.Capacity];
    private readonly string[] _tracked = new string[FaceTracker.Capacity];
    private int _count;
    private int _watchedCount;
    private int _trackedCount;
    private long _arrival;
    private long _gap = long.MaxValue;

    /// <summary>Raised on the perception thread when a face has left for good: its id is never used again.</summary>
    internal event Action<string>? FaceGone;

    /// <summary>
    /// Raised on the perception thread, before the next picture is looked at, when a face was out of sight for longer than
    /// <see cref="Gap"/>: it may still be followed and come back under its id, but nobody watched meanwhile whether it is
    /// the same head.
    /// </summary>
    internal event Action<string>? FaceLost;

    /// <summary>How long a face may be out of sight, by the pictures' stamps.</summary>
    internal TimeSpan Gap
    {
        set => Volatile.Write(ref _gap, value.Ticks * TimeSpan.NanosecondsPerTick);
    }

    /// <summary>The next picture is about to be looked at.</summary>
    /// <param name="stamp">Its stamp in nanoseconds.</param>
    internal void Begin(long stamp)
    {
        var gap = Volatile.Read(ref _gap);
        for (var i = _watchedCount - 1; i >= 0; i--)
        {
            var (id, seen) = _watched[i];
            // A stamp that goes back starts everything afresh.
            if (stamp >= seen && stamp - seen <= gap) continue;
            _watched[i] = _watched[--_watchedCount];
            FaceLost?.Invoke(id);
        }
    }

    /// <summary>Takes what a picture shows.</summary>
    internal void Update(PerceptionResult result)
    {
        var faces = result.Faces;
        lock (_gate)
        {
            _arrival = Stopwatch.GetTimestamp();
            _count = faces.Length;
            for (var i = 0; i < faces.Length; i++)
            {
                _ids[i] = faces[i].FaceId;
                _areas[i] = faces[i].Box.Area;
            }
        }

        // Only this thread reads and writes what follows.
        foreach (var face in faces) Watch(face.FaceId, result.Stamp);
        var tracked = result.TrackedIds;
        for (var i = 0; i < _trackedCount; i++)
        {
            if (!tracked.Contains(_tracked[i])) FaceGone?.Invoke(_tracked[i]);
        }

        tracked.CopyTo(_tracked);
        _trackedCount = tracked.Length;
    }

    /// <summary>Nothing is in view: the camera was switched off.</summary>
    internal void Clear()
    {
        lock (_gate) _count = 0;
        _trackedCount = 0;
        _watchedCount = 0;
    }

    /// <summary>The face that a user means.</summary>
    /// <param name="wanted">Its id; empty: the largest in view.</param>
    /// <param name="face">The face's id.</param>
    /// <param name="reason">Why there is none.</param>
    internal bool TryChoose(string wanted, out string face, out string reason)
    {
        lock (_gate)
        {
            face = "";
            reason = "";
            var age = _arrival == 0 ? TimeSpan.MaxValue : Stopwatch.GetElapsedTime(_arrival);
            if (age > Stale)
            {
                reason = _arrival == 0
                    ? "no picture has come yet"
                    : string.Create(CultureInfo.InvariantCulture, $"no picture for {age.TotalSeconds:0.0} s");
                return false;
            }

            if (_count == 0)
            {
                reason = wanted.Length == 0 ? "no face is in view" : $"the face '{wanted}' is not in view; no face is";
                return false;
            }

            if (wanted.Length > 0)
            {
                if (Array.IndexOf(_ids, wanted, 0, _count) < 0)
                {
                    reason = $"the face '{wanted}' is not in view; in view: {Names()}";
                    return false;
                }

                face = wanted;
                return true;
            }

            var largest = 0;
            for (var i = 1; i < _count; i++)
            {
                if (_areas[i] > _areas[largest]) largest = i;
            }

            for (var i = 0; i < _count; i++)
            {
                if (i == largest || _areas[i] * SameSize < _areas[largest]) continue;
                reason = $"the faces '{_ids[largest]}' and '{_ids[i]}' are about the same size: name one by face_id";
                return false;
            }

            face = _ids[largest];
            return true;
        }
    }

    /// <summary>Whether a face is in view now.</summary>
    internal bool Contains(string face)
    {
        lock (_gate) return _arrival != 0 && Stopwatch.GetElapsedTime(_arrival) <= Stale && Array.IndexOf(_ids, face, 0, _count) >= 0;
    }

    private void Watch(string id, long stamp)
    {
        for (var i = 0; i < _watchedCount; i++)
        {
            if (_watched[i].Id != id) continue;
            _watched[i].Seen = stamp;
            return;
        }

        if (_watchedCount < _watched.Length) _watched[_watchedCount++] = (id, stamp);
    }

    private string Names() => string.Join(", ", _ids.AsSpan(0, _count).ToArray());
}
