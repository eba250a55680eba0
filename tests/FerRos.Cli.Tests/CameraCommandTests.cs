using System.Collections.Concurrent;
using System.CommandLine;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.OpenCv;
using FerRos.Ros2;

namespace FerRos.Cli.Tests;

public class CameraCommandTests
{
    private static readonly QosProfile Reliable = new() { Depth = 100 };

    [Fact]
    public async Task A_folder_arrives_whole_in_order_and_in_time()
    {
        using TestFolder folder = new();
        for (int i = 1; i <= 12; i++)
            folder.Grey($"picture{i}.png", 10 * i, width: 64, height: 48);

        ConcurrentQueue<(Image Image, byte[] Data)> received = [];
        await using RosContext context = Embedded();
        RosNode node = context.CreateNode("viewer");
        await using Subscription subscription = node.CreateSubscription<Image>(
            "/front/image", Reliable, (Image image, in MessageInfo _) => received.Enqueue((Copy(image), image.Data.ToArray())));

        (int code, string output, string error) = await RunAsync(
            ["camera", "--source", folder.Name, "--fps", "20", "--encoding", "mono8", "--frame-id", "front_optical", "--wait"],
            ["--ros-args", "-r", "image:=/front/image"]);
        code.ShouldBe(0, error);
        output.ShouldContain("/front/image: 12 pictures published");
        await Until(() => received.Count == 12);

        received.Select(static each => (int)each.Data[100]).ShouldBe(Enumerable.Range(1, 12).Select(static i => 10 * i));
        received.ShouldAllBe(static each => each.Image.Width == 64 && each.Image.Height == 48 && each.Image.Step == 64 && each.Data.Length == 64 * 48);
        received.ShouldAllBe(static each => each.Image.Encoding == "mono8" && each.Image.Header.FrameId == "front_optical");
        long[] stamps = received.Select(static each => RosTime.FromMessage(each.Image.Header.Stamp).Nanoseconds).ToArray();
        stamps.Zip(stamps.Skip(1)).ShouldAllBe(static pair => pair.First < pair.Second);
        Math.Abs(stamps[^1] - RosTime.SystemNow.Nanoseconds).ShouldBeLessThan(60_000_000_000);
    }

    [Theory]
    [InlineData("jpeg", 4)]
    [InlineData("png", 0)]
    public async Task Compressed_pictures_go_to_the_topic_of_their_transport(string encoding, int tolerance)
    {
        using TestFolder folder = new();
        string picture = folder.Grey("one.png", 120, width: 64, height: 48);
        ConcurrentQueue<(string Format, byte[] Data)> received = [];
        await using RosContext context = Embedded();
        RosNode node = context.CreateNode("viewer");
        string topic = $"picture_{encoding}";
        await using Subscription subscription = node.CreateSubscription<CompressedImage>(
            $"/{topic}/compressed", Reliable, (CompressedImage image, in MessageInfo _) => received.Enqueue((image.Format, image.Data.ToArray())));

        (int code, _, string error) = await RunAsync(["camera", "--source", picture, "--topic", topic, "--encoding", encoding, "--wait"]);
        code.ShouldBe(0, error);
        await Until(() => received.Count == 1);
        received.TryDequeue(out (string Format, byte[] Data) got).ShouldBeTrue();
        got.Format.ShouldBe(encoding);
        using Mat decoded = Cv2.ImDecode(got.Data);
        decoded.Size().ShouldBe(new Size(64, 48));
        ((double)decoded.GetRowSpan<byte>(20)[60]).ShouldBe(120, tolerance: tolerance + 0.5);
    }

    [Fact]
    public async Task A_loop_goes_on_until_it_is_stopped()
    {
        using TestFolder folder = new();
        folder.Grey("1.png", 10);
        folder.Grey("2.png", 20);
        ConcurrentQueue<byte> received = [];
        await using RosContext context = Embedded();
        RosNode node = context.CreateNode("viewer");
        await using Subscription subscription = node.CreateSubscription<Image>("/looped", Reliable, (Image image, in MessageInfo _) => received.Enqueue(image.Data.Span[0]));

        using CancellationTokenSource stop = new();
        Task<(int Code, string Output, string Error)> run = RunAsync(
            ["camera", "--source", folder.Name, "--topic", "looped", "--loop", "--fps", "50", "--wait"], cancellationToken: stop.Token);
        await Until(() => received.Count >= 9);
        await stop.CancelAsync();
        (await run).Code.ShouldBe(0);
        byte[] values = [.. received];
        values.Index().ShouldAllBe(static each => each.Item == (each.Index % 2 == 0 ? 10 : 20));
    }

    [Theory]
    [InlineData("no such camera", "camera", "--source", "/dev/video77")]
    [InlineData("no such file", "camera", "--source", "missing.mp4")]
    [InlineData("--encoding bgr9 is unknown", "camera", "--source", "demo", "--encoding", "bgr9")]
    [InlineData("--fps 0", "camera", "--source", "demo", "--fps", "0")]
    [InlineData("--quality", "camera", "--source", "demo", "--quality", "101")]
    [InlineData("--size", "camera", "--source", "demo", "--size", "640")]
    [InlineData("Invalid topic name", "camera", "--source", "demo", "--topic", "not a name")]
    [InlineData("even width", "camera", "--source", "{odd}", "--encoding", "yuv422")]
    public async Task What_cannot_be_done_is_said_in_one_line(string reason, params string[] arguments)
    {
        using TestFolder folder = new();
        string odd = folder.Grey("odd.png", 10, width: 33);
        (int code, _, string error) = await RunAsync([.. arguments.Select(each => each.Replace("{odd}", odd))]);
        code.ShouldBe(2);
        error.Trim().Split('\n').Length.ShouldBe(1, error);
        error.ShouldContain(reason);
    }

    // The message belongs to the subscription and is filled again.
    private static Image Copy(Image image) => new()
    {
        Header = new() { FrameId = image.Header.FrameId, Stamp = new() { Sec = image.Header.Stamp.Sec, Nanosec = image.Header.Stamp.Nanosec } },
        Width = image.Width,
        Height = image.Height,
        Step = image.Step,
        Encoding = image.Encoding,
    };

    private static RosContext Embedded() => RosContext.Create(RosArguments.None);

    private static async Task Until(Func<bool> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(20, limit.Token);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, string[]? ros = null, CancellationToken? cancellationToken = null)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        RootCommand root = new() { CameraCommand.Create(RosArguments.Parse(ros ?? [])) };
        int code = await root.Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error }, cancellationToken ?? TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
