using System.Globalization;

namespace FerRos.Perception.Tests;

/// <summary>The detector against what TensorFlow Lite finds on the same pictures.</summary>
[Trait("Needs", "shared")]
public class FaceDetectorGoldenTests
{
    [Fact]
    public void The_short_range_detector_finds_the_faces_that_TensorFlow_Lite_finds()
    {
        string[] lines = File.ReadAllLines(Repository.Shared(Path.Combine("golden", "blazeface.csv")));
        // A line with nothing but a score of 0 is a picture without a face.
        ILookup<string, string> pictures = lines.Skip(1).ToLookup(l => l.Split(',')[0]);
        using FaceDetector detector = Models.Detector();
        int faces = 0;
        double leastOverlap = 1;
        double mostDistance = 0;
        var wrong = new List<string>();
        foreach (IGrouping<string, string> picture in pictures)
        {
            Row[] rows = [.. picture.Where(l => l.Split(',').Length > 2).Select(Row.Parse)];
            string[] path = picture.Key.Split('/', 2);
            FaceDetection[] found = detector.Detect(Jpeg.Read(Path.Combine(Repository.Data(path[0]), path[1]))).ToArray();
            // At the threshold itself a resize that differs may decide: faces of 0.5 to 0.55 may be missing or be extra.
            int sure = rows.Count(r => r.Score > 0.55f);
            if (found.Length < sure || found.Count(f => f.Score > 0.55f) > rows.Length)
                wrong.Add($"{picture.Key}: {found.Length} instead of {rows.Length} faces");
            foreach (Row row in rows)
            {
                FaceDetection best = found.MaxBy(f => f.Box.IntersectionOverUnion(row.Box));
                double overlap = found.Length == 0 ? 0 : best.Box.IntersectionOverUnion(row.Box);
                if (overlap == 0 && row.Score <= 0.55f)
                    continue;
                double distance = Distance(best.Keypoints, row.Points) / row.Box.Width;
                if (overlap <= 0.8 || distance > 0.04)
                    wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{picture.Key}: overlap {overlap:0.00}, points {distance:0.000}, score {row.Score}"));
                faces++;
                leastOverlap = Math.Min(leastOverlap, overlap);
                mostDistance = Math.Max(mostDistance, distance);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{faces} faces, least overlap {leastOverlap:0.000}, farthest point {mostDistance:0.0000} of the box"));
        faces.ShouldBeGreaterThan(400);
        wrong.ShouldBeEmpty();
    }

    private static float Distance(FaceKeypoints found, float[] expected)
    {
        Span<float> points = stackalloc float[12];
        found.CopyTo(points);
        float most = 0;
        for (int i = 0; i < 12; i += 2)
            most = Math.Max(most, MathF.Sqrt(((points[i] - expected[i]) * (points[i] - expected[i])) + ((points[i + 1] - expected[i + 1]) * (points[i + 1] - expected[i + 1]))));
        return most;
    }

    private sealed record Row(float Score, BoundingBox Box, float[] Points)
    {
        public static Row Parse(string line)
        {
            string[] fields = line.Split(',');
            float[] values = [.. fields.Skip(1).Select(f => float.Parse(f, CultureInfo.InvariantCulture))];
            return new Row(values[0], new BoundingBox(values[1], values[2], values[3], values[4]), values[5..]);
        }
    }
}
