namespace FerRos.Perception;

/// <summary>A face with its id, as seen in the current picture.</summary>
/// <param name="Id">The face's id, for example <c>f3k9a</c>; never used for another face.</param>
/// <param name="Slot">Place of the face's track in the tracker, 0 to <see cref="FaceTracker.Capacity"/> - 1; the key for data kept along with a track.</param>
/// <param name="Box">Smoothed box in pixels; it may reach beyond the picture.</param>
/// <param name="Keypoints">Smoothed points.</param>
/// <param name="Confidence">The detector's confidence in this picture, 0 to 1.</param>
/// <param name="FirstSeen">Stamp of the first picture with this face, in nanoseconds.</param>
public readonly record struct TrackedFace(
    string Id,
    int Slot,
    BoundingBox Box,
    FaceKeypoints Keypoints,
    float Confidence,
    long FirstSeen);
