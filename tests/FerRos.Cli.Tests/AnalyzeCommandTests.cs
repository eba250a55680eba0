using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FerRos.OpenCv;

namespace FerRos.Cli.Tests;

public class AnalyzeCommandTests
{
    [Fact]
    public async Task A_video_gives_a_row_and_an_object_for_each_face_and_frame_and_an_annotated_video()
    {
        using TestFolder folder = new();
        const int Frames = 12;
        string video = folder.Portrait("portrait.avi", Frames);
        (int code, string output, string error) = await FerRosAsync("analyze", video, "--out", folder["affect.csv"], "--video", folder["annotated.mp4"], "--json");
        code.ShouldBe(0, error);

        // JSON: an object a frame, whether there is a face or not.
        JsonElement[] objects = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        objects.Length.ShouldBe(Frames);
        objects.Select(static each => each.GetProperty("frame").GetInt32()).ShouldBe(Enumerable.Range(0, Frames));
        objects[^1].GetProperty("time").GetDouble().ShouldBe((Frames - 1) / 30.0, tolerance: 0.002);
        JsonElement face = objects[^1].GetProperty("faces").EnumerateArray().ShouldHaveSingleItem();
        face.EnumerateObject().Select(static property => property.Name).ShouldBe(
            [
                "face_id", "person_id", "adapted", "roi", "detection_confidence", "keypoints", "expression", "confidence", "probabilities", "arousal", "valence",
                "sequence_length",
            ]);
        face.GetProperty("keypoints").GetArrayLength().ShouldBe(12);
        Dictionary<string, double> probabilities = face.GetProperty("probabilities").EnumerateObject().ToDictionary(static p => p.Name, static p => p.Value.GetDouble());
        probabilities.Keys.ShouldBe(["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"]);
        probabilities.Values.Sum().ShouldBe(1, tolerance: 1e-4);
        face.GetProperty("expression").GetString().ShouldBe(probabilities.MaxBy(static p => p.Value).Key);
        face.GetProperty("expression").GetString().ShouldBe("happiness"); // she smiles

        // CSV: a row for each of those faces, with the same values.
        string[] lines = await File.ReadAllLinesAsync(folder["affect.csv"], TestContext.Current.CancellationToken);
        string[] header = lines[0].Split(',');
        header[..4].ShouldBe(["frame", "face_id", "timestamp", "confidence"]);
        (lines.Length - 1).ShouldBe(objects.Sum(static each => each.GetProperty("faces").GetArrayLength()));
        Dictionary<string, string> last = header.Zip(lines[^1].Split(',')).ToDictionary(static pair => pair.First, static pair => pair.Second);
        last["face_id"].ShouldBe(face.GetProperty("face_id").GetString());
        last["frame"].ShouldBe((Frames - 1).ToString(CultureInfo.InvariantCulture));
        double.Parse(last["p_happiness"], CultureInfo.InvariantCulture).ShouldBe(probabilities["happiness"], tolerance: 1e-4);
        int.Parse(last["face_x"], CultureInfo.InvariantCulture).ShouldBe(face.GetProperty("roi").GetProperty("x_offset").GetInt32());
        lines[1..].Select(static line => line.Split(',')[1]).Distinct().Count().ShouldBe(1);

        // Video: as many frames, and boxes drawn into them.
        using VideoCapture annotated = new(folder["annotated.mp4"]);
        annotated.FrameCount.ShouldBe(Frames);
        annotated.Fps.ShouldBe(30, tolerance: 0.01);
        annotated.FrameWidth.ShouldBe(640);
        error.ShouldContain($"{Frames} pictures");
    }

    [Fact]
    public async Task A_picture_of_an_odd_size_has_its_face_and_a_video_of_even_size()
    {
        using TestFolder folder = new();
        using (Mat portrait = Cv2.ImRead(Path.Combine(AppContext.BaseDirectory, "assets/astronaut.png")))
        using (Mat odd = portrait[new Rect(0, 0, 401, 333)])
            Cv2.ImWrite(folder["odd.png"], odd).ShouldBeTrue();

        (int code, string output, string error) = await FerRosAsync("analyze", folder["odd.png"], "--json", "--video", folder["odd.avi"]);
        code.ShouldBe(0, error);
        JsonElement face = JsonDocument.Parse(output).RootElement.GetProperty("faces").EnumerateArray().ShouldHaveSingleItem();
        face.GetProperty("sequence_length").GetInt32().ShouldBe(1);
        using VideoCapture annotated = new(folder["odd.avi"]);
        annotated.FrameWidth.ShouldBe(400);
        annotated.FrameHeight.ShouldBe(332);
    }

    [Fact]
    public async Task Pictures_without_faces_give_objects_without_faces()
    {
        using TestFolder folder = new();
        folder.Grey("1.png", 50, 320, 240);
        folder.Grey("2.png", 90, 200, 100);
        (int code, string output, _) = await FerRosAsync("analyze", folder.Name, "--json", "--unrelated", "--fps", "2", "--video", folder["out.mp4"]);
        code.ShouldBe(0);
        output.ShouldBe("{\"frame\":0,\"time\":0,\"faces\":[]}\n{\"frame\":1,\"time\":0.5,\"faces\":[]}\n");
    }

    [Theory]
    [InlineData("no such file", "analyze", "missing.mp4")]
    [InlineData("not a video", "analyze", "{damaged}")]
    [InlineData("there is no folder", "analyze", "{picture}", "--out", "/nowhere/at/all.csv")]
    [InlineData("no known kind of video", "analyze", "{picture}", "--video", "/tmp/video.gif")]
    [InlineData("is the source itself", "analyze", "{picture}", "--out", "{picture}")]
    [InlineData("choose two names", "analyze", "{picture}", "--out", "/tmp/x.mp4", "--video", "/tmp/x.mp4")]
    [InlineData("no model 'nonsense'", "analyze", "{picture}", "--model", "nonsense")]
    [InlineData("short_range or full_range", "analyze", "{picture}", "--detector", "other")]
    [InlineData("max_faces", "analyze", "{picture}", "--max-faces", "0")]
    [InlineData("--fps", "analyze", "{picture}", "--fps", "-3")]
    public async Task What_cannot_be_done_is_said_in_one_line(string reason, params string[] arguments)
    {
        using TestFolder folder = new();
        File.WriteAllText(folder["damaged.mp4"], "no video");
        string picture = folder.Grey("picture.png", 100);
        string[] given = arguments.Select(each => each.Replace("{damaged}", folder["damaged.mp4"]).Replace("{picture}", picture)).ToArray();
        (int code, string output, string error) = await FerRosAsync(given);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.Trim().ShouldContain(reason);
        error.Trim().Split('\n').Length.ShouldBe(1, error);
    }

    [Fact]
    public async Task A_video_that_was_cut_is_analyzed_as_far_as_it_goes_and_reported()
    {
        using TestFolder folder = new();
        string video = folder.Portrait("portrait.avi", 20);
        byte[] whole = await File.ReadAllBytesAsync(video, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder["cut.avi"], whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);
        (int code, string output, string error) = await FerRosAsync("analyze", folder["cut.avi"], "--json");
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeInRange(1, 19);
        code.ShouldBe(2);
        error.ShouldContain("was cut or is damaged");
    }

    [Fact]
    public async Task Stopping_leaves_complete_files()
    {
        using TestFolder folder = new();
        string video = folder.Portrait("portrait.avi", 200);
        using CancellationTokenSource stop = new();
        using StoppingWriter output = new(20, stop);
        (int code, _, string error) = await RunAsync(
            ["analyze", video, "--out", folder["affect.csv"], "--video", folder["annotated.avi"], "--json"], stop.Token, output);
        code.ShouldBe(130, error);
        string table = await File.ReadAllTextAsync(folder["affect.csv"], TestContext.Current.CancellationToken);
        table.ShouldEndWith("\n");
        int frames = int.Parse(table.TrimEnd().Split('\n')[^1].Split(',')[0], CultureInfo.InvariantCulture) + 1;
        using VideoCapture annotated = new(folder["annotated.avi"]);
        annotated.FrameCount.ShouldBe(frames);
        frames.ShouldBeLessThan(200);
    }

    private static Task<(int Code, string Output, string Error)> FerRosAsync(params string[] arguments) => RunAsync(arguments, TestContext.Current.CancellationToken);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, CancellationToken cancellationToken, StringWriter? to = null)
    {
        using StringWriter output = to ?? new();
        using StringWriter error = new();
        RootCommand root = new() { AnalyzeCommand.Create() };
        int code = await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, cancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Somebody who stops the analysis in the middle of it: when so many pictures are told.</summary>
    private sealed class StoppingWriter(int pictures, CancellationTokenSource stop) : StringWriter
    {
        private int _told;

        public override void Write(char value)
        {
            base.Write(value);
            Told(value == '\n' ? 1 : 0);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            base.Write(buffer, index, count);
            Told(buffer.AsSpan(index, count).Count('\n'));
        }

        public override void Write(string? value)
        {
            base.Write(value);
            Told(value.AsSpan().Count('\n'));
        }

        private void Told(int lines)
        {
            _told += lines;
            if (_told >= pictures) stop.Cancel();
        }
    }
}
