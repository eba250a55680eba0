using System.Numerics;

namespace FerRos.Perception;

/// <summary>Six points of a face in pixels of the source picture. Right and left are the person's own.</summary>
/// <param name="RightEye">Centre of the right eye (on the left in a picture that is not mirrored).</param>
/// <param name="LeftEye">Centre of the left eye.</param>
/// <param name="Nose">Tip of the nose.</param>
/// <param name="Mouth">Centre of the mouth.</param>
/// <param name="RightEar">Right ear, where the cheek meets it.</param>
/// <param name="LeftEar">Left ear.</param>
public readonly record struct FaceKeypoints(
    Vector2 RightEye,
    Vector2 LeftEye,
    Vector2 Nose,
    Vector2 Mouth,
    Vector2 RightEar,
    Vector2 LeftEar)
{
    /// <summary>Number of points.</summary>
    public const int Count = 6;

    /// <summary>Writes x and y of the six points in their order.</summary>
    /// <param name="destination">Receives 12 values.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length < 2 * Count)
            throw new ArgumentException("Six points are twelve values.", nameof(destination));
        RightEye.CopyTo(destination);
        LeftEye.CopyTo(destination[2..]);
        Nose.CopyTo(destination[4..]);
        Mouth.CopyTo(destination[6..]);
        RightEar.CopyTo(destination[8..]);
        LeftEar.CopyTo(destination[10..]);
    }

    /// <summary>Reads the six points from x and y in their order.</summary>
    /// <param name="values">At least 12 values.</param>
    public static FaceKeypoints From(ReadOnlySpan<float> values) => new(
        new Vector2(values),
        new Vector2(values[2..]),
        new Vector2(values[4..]),
        new Vector2(values[6..]),
        new Vector2(values[8..]),
        new Vector2(values[10..]));
}
