using System.Numerics;
using FerRos.Networks.Tests;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public sealed class AlignedPicturesTests
{
    [Fact]
    public void The_largest_face_is_cut_out_with_eyes_and_mouth_in_their_places_and_pictures_without_one_are_named()
    {
        using var folder = new TemporaryFolder();
        var portrait = Path.Combine(SharedFiles.RepositoryRoot, "assets", "astronaut.png");
        Directory.CreateDirectory(folder["data/happiness"]);
        File.Copy(portrait, folder["data/happiness/portrait.png"]);
        Faces.WritePicture(folder["data/sadness/wall.png"], 300, 200, 90);

        // The second time from the cache.
        for (var time = 0; time < 2; time++)
        {
            var dataset = FolderDatasets.Stills(folder["data"], pictureSize: 64, align: true);
            dataset.Samples.ShouldHaveSingleItem().Key.ShouldBe(Path.Combine("happiness", "portrait.png"));
            dataset.Report.Lines().ShouldHaveSingleItem().ShouldContain("no face was found: sadness/wall.png");
            Correlation(dataset.Pictures[0], ByHand(portrait, 64)).ShouldBeGreaterThan(0.8);
        }

        // The middle square of the whole picture is something else.
        Correlation(FolderDatasets.Stills(folder["data"], pictureSize: 64).Pictures[0], ByHand(portrait, 64)).ShouldBeLessThan(0.5);
    }

    [Fact]
    public async Task Pictures_that_are_cropped_already_are_not_aligned()
    {
        using var folder = new TemporaryFolder();
        Faces.WritePicture(folder["data/anger/S010_004_00000017.png"], 48, 48, 90);
        var (code, output) = await CommandLine.Invoke(EvaluateCommand.Create(), "--weights", "facechannel-v1-fer8", "--data", folder["data"], "--align");
        code.ShouldBe(2);
        output.ShouldContain("cropped already");
    }

    /// <summary>The crop from points that were read off the picture by hand, to some pixels: the detector puts the mouth elsewhere.</summary>
    private static float[] ByHand(string portrait, int size)
    {
        using var picture = Cv2.ImDecode(File.ReadAllBytes(portrait), ImreadModes.Grayscale);
        var pixels = new byte[picture.Rows * picture.Cols];
        picture.CopyTo(pixels);
        var frame = new ImageFrame();
        frame.Load("mono8", (uint)picture.Cols, (uint)picture.Rows, (uint)picture.Cols, false, pixels);
        var points = new FaceKeypoints(
            new Vector2(203.5f, 101), new Vector2(247.5f, 103), new Vector2(224, 122), new Vector2(224, 145), new Vector2(190, 105), new Vector2(265, 110));
        var crop = new float[size * size];
        new FaceAligner().AlignGray(frame, points, size, crop);
        return crop;
    }

    private static double Correlation(ReadOnlySpan<byte> a, float[] b)
    {
        var x = a.ToArray().Select(v => (double)v).ToArray();
        var (meanX, meanY) = (x.Average(), b.Average(v => (double)v));
        var covariance = x.Zip(b, (u, v) => (u - meanX) * (v - meanY)).Sum();
        return covariance / Math.Sqrt(x.Sum(u => (u - meanX) * (u - meanX)) * b.Sum(v => (v - meanY) * (v - meanY)));
    }
}
