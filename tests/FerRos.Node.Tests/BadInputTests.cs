using System.Buffers;
using FerRos.Interfaces.DiagnosticMsgs.Msg;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Node.Tests.Support;
using FerRos.OpenCv;
using FerRos.Ros2;
using FerRos.Ros2.Cdr;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;
using StringMessage = FerRos.Interfaces.StdMsgs.Msg.String;

namespace FerRos.Node.Tests;

/// <summary>What cameras and peers send that they should not: the node counts it, warns once and goes on.</summary>
public class BadInputTests
{
    /// <summary>Diagnostics that do not mind a slow machine.</summary>
    private static readonly string[] Patient =
    [
        "-p", "diagnostics.period:=0.5", "-p", "diagnostics.error_latency:=60.0", "-p", "diagnostics.warn_latency:=60.0",
        "-p", "diagnostics.min_rate:=0.0", "-p", "diagnostics.max_age:=3600.0", "-p", "diagnostics.min_age:=-60.0",
    ];

    [Theory]
    [InlineData("wrong encoding", "The encoding 'rgb888' is not supported")]
    [InlineData("step too small", "but the step is 100")]
    [InlineData("0x0", "this one is 0x0")]
    [InlineData("20000x20000", "this one is 20000x20000")]
    [InlineData("too little data", "were given")]
    public async Task A_picture_that_makes_no_sense_is_refused_and_the_next_one_seen(string story, string reason)
    {
        await using var stage = await Stage.Begin();
        var (_, diagnostics) = stage.Hear<DiagnosticArray>("/diagnostics");
        var camera = await stage.Camera();
        // The subscription keeps the newest picture only, so not every one of them need arrive.
        await stage.Repeat(SendBad, () => diagnostics.Any(d => Refused(d) >= 3), "three refusals");

        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "the next picture's face");
        stage.Log.Warnings.Count(line => line.Contains(reason, StringComparison.Ordinal)).ShouldBe(1);
        stage.Lifetime.IsStopping.ShouldBeFalse();

        async Task SendBad(int number)
        {
            var image = Stage.Message(Stage.Portrait, stage.NextStamp());
            switch (story)
            {
                case "wrong encoding": image.Encoding = "rgb888"; break;
                case "step too small": image.Step = 100; break;
                case "0x0": (image.Width, image.Height, image.Step, image.Data) = (0, 0, 0, default); break;
                case "20000x20000": (image.Width, image.Height, image.Step) = (20000, 20000, 60000); break;
                case "too little data": image.Data = image.Data[..1000]; break;
            }

            camera.Publish(image);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Pictures_without_a_stamp_get_that_of_their_arrival()
    {
        await using var stage = await Stage.Begin();
        var camera = await stage.Camera();
        await stage.Repeat(
            async _ =>
            {
                camera.Publish(Stage.Message(Stage.Portrait, 0));
                await Task.Delay(50, TestContext.Current.CancellationToken);
            },
            () => stage.Affect.Any(a => a.Faces.Count == 1),
            "a face");

        var stamp = RosTime.FromMessage(stage.Affect.First(a => a.Faces.Count == 1).Header.Stamp);
        Math.Abs((RosTime.SystemNow - stamp).TotalSeconds).ShouldBeLessThan(300);
    }

    [Fact]
    public async Task A_message_that_is_cut_short_is_dropped_with_its_senders_name()
    {
        await using var stage = await Stage.Begin("-p", "diagnostics.period:=0.1");
        var (_, diagnostics) = stage.Hear<DiagnosticArray>("/diagnostics");
        var camera = await stage.Camera();
        byte[] cdr;
        using (var buffer = new SerializationBuffer()) cdr = buffer.Serialize(Stage.Message(Stage.Portrait, stage.NextStamp())).ToArray();
        var sent = 0;
        foreach (var length in new[] { 4, 11, 40, cdr.Length / 2 })
        {
            camera.Publish(new ReadOnlySequence<byte>(cdr, 0, length));
            sent++;
            // One after the other: the subscription keeps the newest only.
            await Stage.Until(() => diagnostics.Any(d => Refused(d) >= sent), $"the refusal of {length} octets");
        }

        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "the next picture's face");
        stage.Log.Warnings.ShouldContain(line => line.Contains("'/image' from /peer was dropped", StringComparison.Ordinal));
        stage.Lifetime.IsStopping.ShouldBeFalse();
    }

    [Fact]
    public async Task Another_type_on_the_topic_is_named_and_harms_nobody()
    {
        await using var stage = await Stage.Begin();
        await using var wrong = stage.Peer.CreatePublisher<StringMessage>("/image");
        wrong.Publish(new StringMessage { Data = "not a picture" });
        await Stage.Until(() => stage.Log.Warnings.Any(line => line.Contains("std_msgs/msg/String", StringComparison.Ordinal)), "a warning that names the type");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
    }

    [Fact]
    public async Task Stamps_that_jump_back_start_tracks_afresh()
    {
        await using var stage = await Stage.Begin();
        var start = RosTime.SystemNow.Nanoseconds;
        var ids = new List<string>();
        foreach (var origin in new[] { start, start - 60_000_000_000 })
        {
            // What was sent before the jump may still be on its way.
            bool IsOfNow(FaceAffectArray a) => a.Faces.Count == 1 && Math.Abs(RosTime.FromMessage(a.Header.Stamp).Nanoseconds - origin) < 30_000_000_000;
            await stage.Repeat(i => stage.Show(Stage.Message(Stage.Portrait, origin + (i * Stage.Frame))), () => stage.Affect.Any(IsOfNow), "a face");
            ids.Add(stage.Affect.Last(IsOfNow).Faces[0].FaceId);
        }

        ids.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_camera_that_stops_is_reported_and_one_that_comes_back_is_seen()
    {
        await using var stage = await Stage.Begin(Patient);
        var (_, diagnostics) = stage.Hear<DiagnosticArray>("/diagnostics");
        await Stage.Until(() => diagnostics.Any(d => Status(d).Message == "no publisher on /image"), "diagnostics that miss the camera");

        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
        diagnostics.Clear();
        await Stage.Until(() => diagnostics.Any(d => Status(d) is { Level: DiagnosticStatus.Warn, Message: "no pictures on /image" }), "diagnostics that miss the pictures");

        diagnostics.Clear();
        await stage.Show(Stage.Portrait, () => diagnostics.Any(d => Status(d).Level == DiagnosticStatus.Ok), "diagnostics to be content again");
        Status(diagnostics.Last()).HardwareId.ShouldNotBeEmpty();
        Value(diagnostics.Last(), "Model").ShouldBe("facechannels-joint-shunting");
        double.Parse(Value(diagnostics.Last(), "Detection p50 (ms)"), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Pictures_of_long_ago_are_an_error_by_the_nodes_clock()
    {
        await using var stage = await Stage.Begin("-p", "diagnostics.period:=0.2", "-p", "diagnostics.error_latency:=60.0", "-p", "diagnostics.warn_latency:=60.0");
        var (_, diagnostics) = stage.Hear<DiagnosticArray>("/diagnostics");
        await stage.Repeat(
            i => stage.Show(Stage.Message(Stage.Portrait, 1_000_000_000_000 + (i * Stage.Frame))),
            () => diagnostics.Any(d => Status(d).Level == DiagnosticStatus.Error),
            "diagnostics with an error");

        Status(diagnostics.Last(d => Status(d).Level == DiagnosticStatus.Error)).Message.ShouldContain("use_sim_time is missing");
    }

    [Fact]
    public async Task With_simulated_time_the_same_pictures_are_fresh()
    {
        await using var stage = await Stage.Begin([.. Patient, "-p", "use_sim_time:=true"]);
        var (_, diagnostics) = stage.Hear<DiagnosticArray>("/diagnostics");
        var clock = stage.Peer.CreatePublisher<Interfaces.RosgraphMsgs.Msg.Clock>("/clock");
        var time = new Interfaces.RosgraphMsgs.Msg.Clock();
        await stage.Repeat(
            i =>
            {
                var stamp = new RosTime(1_000_000_000_000 + (i * Stage.Frame));
                stamp.WriteTo(time.ClockValue);
                clock.Publish(time);
                return stage.Show(Stage.Message(Stage.Portrait, stamp.Nanoseconds));
            },
            () => diagnostics.Any(d => Status(d) is { Level: DiagnosticStatus.Ok, Message: "seeing" }),
            "diagnostics that are content");

        // Diagnostics carry the simulated time too.
        diagnostics.Last().Header.Stamp.Sec.ShouldBeInRange(1000, 1200);
    }

    [Fact]
    public async Task Two_nodes_of_one_name_are_told_apart_by_a_warning_and_both_go_on()
    {
        await using var stage = await Stage.Begin();
        var log = new TestLog();
        await using var second = RosContext.Create([], Stage.Options(log));
        await stage.Repeat(
            async _ =>
            {
                await using var twin = second.CreateNode("ferros");
                await Task.Delay(100, TestContext.Current.CancellationToken);
            },
            () => log.Warnings.Any(line => line.Contains("Another node named '/ferros'", StringComparison.Ordinal)),
            "a warning");

        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
    }

    [Fact]
    [Trait("Needs", "opencv")]
    public async Task A_damaged_JPEG_is_refused_and_the_next_one_seen()
    {
        SkipWithoutOpenCv();
        await using var stage = await Stage.Begin("-p", "image_transport:=compressed");
        var camera = stage.Peer.CreatePublisher<CompressedImage>("/image/compressed");
        await Stage.Until(() => camera.SubscriptionCount > 0, "the node to listen");
        byte[] jpeg;
        using (var picture = Mat.FromPixelData(Stage.Portrait.Height, Stage.Portrait.Width, MatType.CV_8UC3, Stage.Portrait.Pixels)) jpeg = Cv2.ImEncode(".jpg", picture);

        // Of pictures that come while it is busy the node takes the newest only: each kind must have its turn.
        await stage.Repeat(
            async i =>
            {
                var data = (i % 3) switch
                {
                    0 => jpeg[..(jpeg.Length / 2)],
                    1 => "GIF89a, not a picture of ours"u8.ToArray(),
                    _ => jpeg,
                };
                var message = new CompressedImage { Format = "jpeg", Data = data };
                new RosTime(stage.NextStamp()).WriteTo(message.Header.Stamp);
                camera.Publish(message);
                await Task.Delay(60, TestContext.Current.CancellationToken);
            },
            () => stage.Affect.Any(a => a.Faces.Count == 1) && Told("cannot be decoded: cut short or damaged") > 0 && Told("neither JPEG nor PNG") > 0,
            "a face and a warning of each kind");

        Told("cannot be decoded: cut short or damaged").ShouldBe(1);
        Told("neither JPEG nor PNG").ShouldBe(1);

        int Told(string reason) => stage.Log.Warnings.Count(line => line.Contains(reason, StringComparison.Ordinal));
    }

    internal static void SkipWithoutOpenCv()
    {
        try
        {
            _ = Cv2.GetVersionString();
        }
        catch (OpenCvNotFoundException e)
        {
            Assert.Skip(e.Message);
        }
    }

    private static int Refused(DiagnosticArray message) => int.Parse(Value(message, "Refused: bad message or picture"), System.Globalization.CultureInfo.InvariantCulture);

    private static DiagnosticStatus Status(DiagnosticArray message) => message.Status.ShouldHaveSingleItem();

    private static string Value(DiagnosticArray message, string key) => Status(message).Values.Single(pair => pair.Key == key).Value;
}
