using System.Numerics;

namespace FerRos.Perception;

/// <summary>Cheap measures of how much a crop says about a face, for choosing samples. Both are 0 to 1.</summary>
/// <param name="Sharpness">
/// Mean absolute Laplacian over the crop's standard deviation: independent of contrast, near 0 for a blurred or an
/// enlarged face.
/// </param>
/// <param name="Frontalness">1 for a face seen from the front, 0 where the nose lies at or beyond an eye.</param>
public readonly record struct CropQuality(float Sharpness, float Frontalness)
{
    /// <summary>Measures a crop.</summary>
    /// <param name="crop">Size x size gray values, or red, green, blue of which green is looked at.</param>
    /// <param name="size">Side of the crop in pixels, at least 3.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="keypoints">The face's points.</param>
    public static CropQuality Measure(ReadOnlySpan<float> crop, int size, int channels, in FaceKeypoints keypoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 3);
        int green = channels == 1 ? 0 : 1;
        int row = size * channels;
        double laplacian = 0;
        double sum = 0;
        double square = 0;
        for (int y = 1; y < size - 1; y++)
        {
            int p = (y * row) + channels + green;
            for (int x = 1; x < size - 1; x++, p += channels)
            {
                float value = crop[p];
                sum += value;
                square += value * value;
                laplacian += MathF.Abs((4 * value) - crop[p - channels] - crop[p + channels] - crop[p - row] - crop[p + row]);
            }
        }

        double count = (size - 2) * (size - 2);
        double deviation = Math.Sqrt(Math.Max(0, (square / count) - (sum / count * (sum / count))));
        double sharpness = deviation < 1e-4 ? 0 : laplacian / count / deviation;
        return new CropQuality((float)Math.Min(1, sharpness), MeasureFrontalness(keypoints));
    }

    private static float MeasureFrontalness(in FaceKeypoints keypoints)
    {
        Vector2 eyes = keypoints.LeftEye - keypoints.RightEye;
        float square = eyes.LengthSquared();
        if (!(square > 0))
            return 0;
        // Where the nose falls along the line of the eyes: a half in the middle.
        float along = Vector2.Dot(keypoints.Nose - keypoints.RightEye, eyes) / square;
        return Math.Clamp(1 - (2 * MathF.Abs(along - 0.5f)), 0, 1);
    }
}
