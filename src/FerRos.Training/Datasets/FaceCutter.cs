using FerRos.Inference;
using FerRos.Networks;
using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>
/// Finds the largest face of a picture and cuts it out as the node does, eyes and mouth where FER+ has them. One thread
/// at a time.
/// </summary>
internal sealed class FaceCutter : IDisposable
{
    // At this many times the size of the face the detector's points come out best.
    private const float CloseLook = 1.5f;

    private readonly FaceDetector _detector;
    private readonly FaceAligner _aligner = new();
    private readonly ImageFrame _frame = new();
    private readonly float[] _crop;
    private readonly int _size;
    private byte[] _pixels = [];

    /// <summary>With the detector that ships with the program.</summary>
    /// <param name="size">Side of the crops.</param>
    /// <exception cref="DirectoryNotFoundException">The folder of models is not there.</exception>
    /// <exception cref="FileNotFoundException">The detector is not in it.</exception>
    internal FaceCutter(int size)
    {
        _detector = FaceDetector.Load(ModelDirectory.Default(), DetectorRange.ShortRange, m => CpuRunner.Create(m.Network, m.Weights));
        _size = size;
        _crop = new float[size * size];
    }

    /// <summary>Cuts the largest face out.</summary>
    /// <param name="picture">A gray picture.</param>
    /// <returns>size x size values; null: no face was found.</returns>
    /// <exception cref="ImageFormatException">The picture is larger than a camera's can be.</exception>
    internal byte[]? Cut(Mat picture)
    {
        var length = picture.Rows * picture.Cols;
        if (_pixels.Length != length)
            _pixels = new byte[length];
        picture.CopyTo(_pixels);
        _frame.Load("mono8", (uint)picture.Cols, (uint)picture.Rows, (uint)picture.Cols, false, _pixels);
        if (!TryFind(out var face))
            return null;
        _aligner.AlignGray(_frame, face.Keypoints, _size, _crop);
        var values = new byte[_crop.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = (byte)Math.Round(Math.Clamp(_crop[i], 0, 1) * 255);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose() => _detector.Dispose();

    private bool TryFind(out FaceDetection face)
    {
        face = default;
        foreach (ref readonly var candidate in _detector.Detect(_frame))
        {
            if (candidate.Box.Area > face.Box.Area)
                face = candidate;
        }

        if (face.Box.Area <= 0)
            return false;
        var (around, best) = (face.Box, 0.3f);
        foreach (ref readonly var candidate in _detector.DetectAround(_frame, around, CloseLook))
        {
            var overlap = candidate.Box.IntersectionOverUnion(around);
            if (overlap > best)
                (face, best) = (candidate, overlap);
        }

        return true;
    }
}
