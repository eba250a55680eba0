namespace FerRos.Perception;

/// <summary>A face found in one picture, before it has an id.</summary>
/// <param name="Box">Where it is, in pixels of the picture; it may reach beyond the picture.</param>
/// <param name="Score">The detector's confidence, 0 to 1.</param>
/// <param name="Keypoints">Its six points.</param>
public readonly record struct FaceDetection(BoundingBox Box, float Score, FaceKeypoints Keypoints);
