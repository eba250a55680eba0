using System.Numerics;
using System.Runtime.CompilerServices;
using FerRos.Perception.Imaging;

namespace FerRos.Perception;

/// <summary>
/// Cuts faces out of a frame: turned, scaled and shifted so that eyes and mouth lie where the networks expect them,
/// or as ROS4HRI's upright crops. Used by one thread at a time; allocates only while its buffers grow.
/// </summary>
public sealed class FaceAligner
{
    // Medians over 1,421 FER+ training pictures in which the detector finds the face, as fractions of the crop's side.
    private static readonly Vector2 CanonicalRightEye = new(0.315f, 0.396f);
    private static readonly Vector2 CanonicalLeftEye = new(0.683f, 0.394f);
    private static readonly Vector2 CanonicalMouth = new(0.507f, 0.771f);

    private readonly RegionSampler _sampler = new();
    private readonly RegionSampler _secondSampler = new();
    private float[] _pixels = [];

    /// <summary>The transform from a crop of the given size to the source picture.</summary>
    /// <param name="keypoints">The face's points in the source; eyes and mouth are used.</param>
    /// <param name="size">Side of the crop in pixels.</param>
    /// <returns>
    /// The similarity that takes the places of eyes and mouth in the crop as near as possible (least squares in source
    /// pixels) to where they are in the picture. Pixel centres lie at halves.
    /// </returns>
    public static SimilarityTransform CropToSource(in FaceKeypoints keypoints, int size)
    {
        Span<Vector2> crop = [CanonicalRightEye * size, CanonicalLeftEye * size, CanonicalMouth * size];
        Span<Vector2> source = [keypoints.RightEye, keypoints.LeftEye, keypoints.Mouth];
        return SimilarityTransform.Fit(crop, source);
    }

    /// <summary>Cuts an aligned face as gray values.</summary>
    /// <param name="frame">The source picture.</param>
    /// <param name="keypoints">The face's points in it.</param>
    /// <param name="size">Side of the crop in pixels.</param>
    /// <param name="destination">Receives size x size values from 0 (black) to 1 (white), rows from the top.</param>
    public void AlignGray(ImageFrame frame, in FaceKeypoints keypoints, int size, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(frame);
        CheckSize(size, destination.Length, size * size);
        _sampler.Sample(frame, CropToSource(keypoints, size), size, 1, 1f, blackOutside: false, destination);
    }

    /// <summary>Cuts an aligned face in colour.</summary>
    /// <param name="frame">The source picture.</param>
    /// <param name="keypoints">The face's points in it.</param>
    /// <param name="size">Side of the crop in pixels.</param>
    /// <param name="destination">Receives size x size x 3 values, red, green, blue of each pixel, from 0 to 1.</param>
    public void AlignRgb(ImageFrame frame, in FaceKeypoints keypoints, int size, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(frame);
        CheckSize(size, destination.Length, size * size * 3);
        _sampler.Sample(frame, CropToSource(keypoints, size), size, 3, 1f, blackOutside: false, destination);
    }

    /// <summary>Scales a picture that is a crop already to gray values; the middle square with the picture's longer side, its border continued.</summary>
    /// <param name="crop">The crop.</param>
    /// <param name="size">Side of the result in pixels.</param>
    /// <param name="destination">Receives size x size values from 0 (black) to 1 (white), rows from the top.</param>
    public void ScaleGray(ImageFrame crop, int size, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(crop);
        CheckSize(size, destination.Length, size * size);
        _sampler.Sample(crop, WholePicture(crop, size), size, 1, 1f, blackOutside: false, destination);
    }

    /// <summary>Scales a picture that is a crop already in colour; see <see cref="ScaleGray"/>.</summary>
    /// <param name="crop">The crop.</param>
    /// <param name="size">Side of the result in pixels.</param>
    /// <param name="destination">Receives size x size x 3 values, red, green, blue of each pixel, from 0 to 1.</param>
    public void ScaleRgb(ImageFrame crop, int size, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(crop);
        CheckSize(size, destination.Length, size * size * 3);
        _sampler.Sample(crop, WholePicture(crop, size), size, 3, 1f, blackOutside: false, destination);
    }

    /// <summary>ROS4HRI's <c>aligned</c> picture: eyes and mouth at fixed places, black outside the source.</summary>
    /// <param name="frame">The source picture.</param>
    /// <param name="keypoints">The face's points in it.</param>
    /// <param name="size">Side in pixels; 128 in ROS4HRI.</param>
    /// <param name="bgr">Receives size x size x 3 bytes, blue, green, red.</param>
    public void AlignBgr(ImageFrame frame, in FaceKeypoints keypoints, int size, Span<byte> bgr)
    {
        ArgumentNullException.ThrowIfNull(frame);
        CheckSize(size, bgr.Length, size * size * 3);
        ToBgr(frame, CropToSource(keypoints, size), size, bgr);
    }

    /// <summary>
    /// ROS4HRI's <c>cropped</c> picture: the box, scaled into the middle of a square without changing its shape, black
    /// outside the source.
    /// </summary>
    /// <param name="frame">The source picture.</param>
    /// <param name="box">The face's box in it.</param>
    /// <param name="size">Side in pixels; 128 in ROS4HRI.</param>
    /// <param name="bgr">Receives size x size x 3 bytes, blue, green, red.</param>
    public void CropBgr(ImageFrame frame, in BoundingBox box, int size, Span<byte> bgr)
    {
        ArgumentNullException.ThrowIfNull(frame);
        CheckSize(size, bgr.Length, size * size * 3);
        float side = Math.Max(1, Math.Max(box.Width, box.Height));
        var corner = new Vector2(box.CenterX - (side / 2), box.CenterY - (side / 2));
        ToBgr(frame, new SimilarityTransform(new Vector2(side / size, 0), corner), size, bgr);
    }

    private static SimilarityTransform WholePicture(ImageFrame crop, int size)
    {
        float side = Math.Max(crop.Width, crop.Height);
        return new SimilarityTransform(new Vector2(side / size, 0), new Vector2((crop.Width - side) / 2, (crop.Height - side) / 2));
    }

    private void ToBgr(ImageFrame frame, in SimilarityTransform toSource, int size, Span<byte> bgr)
    {
        int length = size * size * 3;
        if (_pixels.Length < length)
            _pixels = GC.AllocateUninitializedArray<float>(length);
        Span<float> rgb = _pixels.AsSpan(0, length);
        _secondSampler.Sample(frame, toSource, size, 3, 255f, blackOutside: true, rgb);
        for (int i = 0; i < length; i += 3)
        {
            bgr[i] = (byte)(rgb[i + 2] + 0.5f);
            bgr[i + 1] = (byte)(rgb[i + 1] + 0.5f);
            bgr[i + 2] = (byte)(rgb[i] + 0.5f);
        }
    }

    private static void CheckSize(int size, int given, int needed, [CallerArgumentExpression(nameof(given))] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (given < needed)
            throw new ArgumentException($"A crop of side {size} needs {needed} values; {given} were given ({name}).");
    }
}
