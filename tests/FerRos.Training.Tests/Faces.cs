using System.Collections.Immutable;
using FerRos.Networks.Tests;
using FerRos.OpenCv;
using FerRos.Perception;
using Xunit;

namespace FerRos.Training.Tests;

/// <summary>Data for the tests: small ones made here, and the real ones where they are to be had.</summary>
internal static class Faces
{
    /// <summary>A folder of the data, unpacked once beside the tests; skips the test without the archives.</summary>
    public static string Unpacked(string name)
    {
        var archive = SharedFiles.Find($"data/{name}.tar.xz");
        var root = Path.Combine(SharedFiles.RepositoryRoot, "artifacts", "data");
        var folder = Path.Combine(root, name);
        if (Directory.Exists(folder))
            return folder;
        var temporary = Path.Combine(root, $"{name}.{Environment.ProcessId}");
        Directory.CreateDirectory(temporary);
        using var tar = System.Diagnostics.Process.Start("tar", ["xJf", archive, "-C", temporary]);
        tar.WaitForExit();
        Assert.SkipUnless(tar.ExitCode == 0, $"{archive} cannot be unpacked (is xz installed?)");
        Directory.Move(Path.Combine(temporary, name), folder);
        Directory.Delete(temporary, recursive: true);
        return folder;
    }

    /// <summary>Two classes that a small network learns in seconds: bright above, or bright below.</summary>
    public static FaceDataset Stripes(int count, int size = 16, int seed = 1)
    {
        var random = new Random(seed);
        var pictures = new List<byte[]>();
        var samples = new List<FaceSample>();
        for (var i = 0; i < count; i++)
        {
            var label = i % 2;
            var picture = new byte[size * size];
            for (var p = 0; p < picture.Length; p++)
                picture[p] = (byte)(random.Next(80) + (p / size < size / 2 == (label == 0) ? 120 : 20));
            pictures.Add(picture);
            samples.Add(new FaceSample
            {
                Key = $"{i}.png", Picture = i, Expression = label, Target = label == 0 ? [0.9f, 0.1f] : [0f, 1f],
                Arousal = label == 0 ? 0.5f : -0.5f, Valence = label == 0 ? 0.8f : -0.6f, Subject = $"{i % 7}",
            });
        }

        return new FaceDataset("stripes", ["happiness", "sadness"], new PictureStore(size, pictures), [.. samples]);
    }

    /// <summary>Writes a gray picture.</summary>
    public static void WritePicture(string path, int width, int height, byte value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var mat = new Mat(height, width, MatType.CV_8UC1, new Scalar(value));
        Cv2.ImWrite(path, mat);
    }

    /// <summary>Samples with labels but without pictures to speak of.</summary>
    public static FaceDataset Labelled(params (string Class, float Arousal, float Valence)[] rows) => new(
        "rows", Expressions.FerPlus, new PictureStore(1, [[0]]),
        [
            .. rows.Select((r, i) => new FaceSample
            {
                Key = $"{i}", Picture = 0, Expression = Expressions.FerPlus.IndexOf(r.Class), Arousal = r.Arousal, Valence = r.Valence,
            }),
        ]);
}

/// <summary>A folder that goes away with the test, and a cache of its own.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Environment.SetEnvironmentVariable("FERROS_CACHE", System.IO.Path.Combine(Path, "cache"));

    public string Path { get; } = Directory.CreateTempSubdirectory("ferros-training-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("FERROS_CACHE", null);
        Directory.Delete(Path, recursive: true);
    }
}
