using System.Collections.Immutable;
using System.Numerics;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>A labelled picture of a person, with the face that was found in it.</summary>
/// <param name="Person">Who it is.</param>
/// <param name="Key">The file, below the folder.</param>
/// <param name="Expression">The class, by FER+'s name.</param>
/// <param name="Frame">The picture.</param>
/// <param name="Keypoints">The face's points.</param>
internal sealed record PersonPicture(string Person, string Key, string Expression, ImageFrame Frame, FaceKeypoints Keypoints)
{
    /// <summary>Pictures of one shot have the same number.</summary>
    public int Shot { get; init; }
}

/// <summary>Pictures of people: a folder per person, in it a folder per class (<c>person/class/*.jpg</c>).</summary>
internal static class PersonPictures
{
    private const int ThumbnailSize = 24;

    // Two pictures whose aligned faces agree this well (correlation of 24 x 24 gray values) are of one shot.
    private const float SameShot = 0.95f;

    /// <summary>Reads the pictures and finds the faces.</summary>
    /// <param name="folder">The folder with the people, or one that holds it as <c>persons</c>.</param>
    /// <param name="models">Where the face detector's weights are.</param>
    /// <param name="report">Receives what was left out.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <exception cref="DatasetException">There is no such folder, or no usable picture in it.</exception>
    internal static ImmutableArray<PersonPicture> Load(string folder, ModelDirectory models, DatasetReport report, CancellationToken cancellation)
    {
        if (Directory.Exists(Path.Combine(folder, "persons")))
            folder = Path.Combine(folder, "persons");
        if (!Directory.Exists(folder))
            throw new DatasetException($"there is no folder {folder}");
        using var detector = FaceDetector.Load(models, DetectorRange.ShortRange, m => CpuRunner.Create(m.Network, m.Weights));
        var pictures = new List<PersonPicture>();
        foreach (var person in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            var first = pictures.Count;
            foreach (var labelled in Directory.GetDirectories(person).Order(StringComparer.Ordinal))
            {
                if (!Expressions.TryParse(Path.GetFileName(labelled), out var expression))
                {
                    report.Add("the folder is not named after an expression", Path.GetRelativePath(folder, labelled));
                    continue;
                }

                foreach (var file in Directory.GetFiles(labelled).Order(StringComparer.Ordinal))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var key = Path.GetRelativePath(folder, file);
                    if (Read(file) is not { } frame)
                        report.Add("the picture is damaged", key);
                    else if (Find(detector, frame) is not { } face)
                        report.Add("no face was found", key);
                    else
                        pictures.Add(new PersonPicture(Path.GetFileName(person), key, expression, frame, face));
                }
            }

            NumberShots(pictures, first);
        }

        return pictures.Count > 0 ? [.. pictures] : throw new DatasetException($"{folder} holds no face in person/class/*.jpg");
    }

    /// <summary>The points of a face, turned, scaled and shifted as another look at the same face might place them.</summary>
    /// <param name="keypoints">The points.</param>
    /// <param name="roll">Standard deviation of the turn, degrees.</param>
    /// <param name="scale">Standard deviation of the size.</param>
    /// <param name="shift">Standard deviation of the shift, as a share of the distance between the eyes.</param>
    /// <param name="random">Draws.</param>
    internal static FaceKeypoints Jitter(in FaceKeypoints keypoints, double roll, double scale, double shift, Random random)
    {
        var middle = (keypoints.RightEye + keypoints.LeftEye + keypoints.Mouth) / 3;
        var eyes = Vector2.Distance(keypoints.RightEye, keypoints.LeftEye);
        var (sin, cos) = Math.SinCos(random.NextNormal() * roll * Math.PI / 180);
        var size = Math.Exp(random.NextNormal() * scale);
        var turn = new Vector2((float)(cos * size), (float)(sin * size));
        var move = new Vector2((float)(random.NextNormal() * shift), (float)(random.NextNormal() * shift)) * eyes;
        Vector2 Moved(Vector2 p)
        {
            var d = p - middle;
            return middle + move + new Vector2((d.X * turn.X) - (d.Y * turn.Y), (d.X * turn.Y) + (d.Y * turn.X));
        }

        return new FaceKeypoints(
            Moved(keypoints.RightEye), Moved(keypoints.LeftEye), Moved(keypoints.Nose), Moved(keypoints.Mouth), Moved(keypoints.RightEar), Moved(keypoints.LeftEar));
    }

    private static ImageFrame? Read(string file)
    {
        try
        {
            using var picture = Cv2.ImDecode(File.ReadAllBytes(file), ImreadModes.Grayscale);
            if (picture.Empty())
                return null;
            var values = new byte[picture.Rows * picture.Cols];
            picture.CopyTo(values);
            var frame = new ImageFrame();
            frame.Load("mono8", (uint)picture.Cols, (uint)picture.Rows, (uint)picture.Cols, false, values);
            return frame;
        }
        catch (Exception e) when (e is OpenCVException or PictureTooLargeException or ImageFormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The face that fills most of the picture's middle: others in the picture are bystanders.</summary>
    private static FaceKeypoints? Find(FaceDetector detector, ImageFrame frame)
    {
        FaceKeypoints? best = null;
        var most = 0.0;
        var centre = new Vector2(frame.Width / 2f, frame.Height / 2f);
        foreach (ref readonly var face in detector.Detect(frame))
        {
            var away = Vector2.Distance(new Vector2(face.Box.CenterX, face.Box.CenterY), centre) / frame.Width;
            var score = face.Box.Area * Math.Max(0.05, 1 - (2 * away));
            if (score <= most)
                continue;
            most = score;
            best = face.Keypoints;
        }

        return best;
    }

    /// <summary>Numbers one person's pictures so that those of one shot share a number, whatever their labels.</summary>
    /// <param name="pictures">Pictures, the person's at the end.</param>
    /// <param name="first">Index of the person's first picture.</param>
    internal static void NumberShots(List<PersonPicture> pictures, int first)
    {
        var aligner = new FaceAligner();
        var count = pictures.Count - first;
        var thumbnails = new float[count][];
        for (var i = 0; i < count; i++)
        {
            var values = thumbnails[i] = new float[ThumbnailSize * ThumbnailSize];
            aligner.AlignGray(pictures[first + i].Frame, pictures[first + i].Keypoints, ThumbnailSize, values);
            var mean = values.Average();
            var norm = 0f;
            foreach (ref var value in values.AsSpan())
            {
                value -= mean;
                norm += value * value;
            }

            norm = MathF.Max(MathF.Sqrt(norm), 1e-6f);
            foreach (ref var value in values.AsSpan())
                value /= norm;
        }

        var shot = Enumerable.Range(0, count).ToArray();
        int Root(int i)
        {
            while (shot[i] != i)
                i = shot[i] = shot[shot[i]];
            return i;
        }

        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (Correlation(thumbnails[i], thumbnails[j]) > SameShot)
                    shot[Root(i)] = Root(j);
            }
        }

        for (var i = 0; i < count; i++)
            pictures[first + i] = pictures[first + i] with { Shot = Root(i) };
    }

    private static float Correlation(float[] a, float[] b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
