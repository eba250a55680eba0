using FerRos.Interfaces.DiagnosticMsgs.Msg;
using FerRos.Interfaces.HriMsgs.Msg;
using FerRos.Node.Tests.Support;
using FerRos.Ros2;
using FerRos.Ros2.Middleware;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;

namespace FerRos.Node.Tests;

/// <summary>What the node does not do: allocate per picture, and work that nobody asked for.</summary>
public class EconomyTests
{
    private static readonly QosProfile Newest = QosProfile.Default with { Depth = 1 };

    /// <summary>
    /// The whole process, with camera and listener in it: pictures in over DDS, detection, tracking, estimation, affect and
    /// ROS4HRI's topics out over DDS. What is left are the runtime's own few octets when it compiles a hot method anew, and
    /// the middleware's bookkeeping of time; an object a picture would be 24 octets at least, and a copy of the picture 786,432.
    /// Not counted: diagnostics once a second, which allocate their text, and a face that comes or goes.
    /// </summary>
    [Fact]
    public async Task A_picture_in_and_its_affect_out_allocate_nothing_once_warm()
    {
        const int Pictures = 60;
        const int Rounds = 10;
        await using var stage = await Stage.Begin(
            "-p", "diagnostics.period:=60.0", "-p", "track_timeout:=60.0", "-p", "max_rate:=1000.0", "-p", "qos_overrides./image.subscription.reliability:=reliable");
        await stage.Show(Stage.Portrait, () => stage.Affect.LastOrDefault()?.Faces.Count == 1, "a face", atLeast: 10);
        var camera = await stage.Camera();
        await stage.StopHearing();
        var answered = 0;
        await using var listener = stage.Peer.CreateSerializedSubscription(
            Interfaces.FerrosMsgs.Msg.FaceAffectArray.MessageType.Interface, "/ferros/affect", null, (in ReceivedSample _, in MessageInfo _) => Interlocked.Increment(ref answered));
        await Stage.Until(() => listener.PublisherCount == 1, "the listener's match");

        // A thread of its own, and this one blocked: asynchronous waiting would allocate. The fewest octets of some rounds:
        // what a picture allocates, it allocates in each.
        var message = Stage.Message(Stage.Portrait, 0);
        var least = long.MaxValue;
        var lost = 0;
        var thread = new Thread(() =>
        {
            for (var round = 0; round <= Rounds && least >= 24 * Pictures && lost == 0; round++)
            {
                var before = GC.GetTotalAllocatedBytes(precise: true);
                for (var sent = 0; sent < Pictures && lost == 0; sent++) lost += Answered() ? 0 : 1;
                // The first round warms up.
                if (round > 0) least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            }
        });
        thread.Start();
        thread.Join();

        lost.ShouldBe(0, "every picture has an answer");
        stage.NodeStatistics.Faces.ShouldBe(1);
        (least / (double)Pictures).ShouldBeLessThan(24, "octets a picture");

        bool Answered()
        {
            var before = Volatile.Read(ref answered);
            new RosTime(stage.NextStamp()).WriteTo(message.Header.Stamp);
            camera.Publish(message);
            for (var waited = 0; waited < 60_000; waited++)
            {
                if (Volatile.Read(ref answered) > before) return true;
                Thread.Sleep(1);
            }

            return false;
        }
    }

    [Fact]
    public async Task Crops_and_debug_pictures_are_made_for_listeners_only()
    {
        await using var stage = await Stage.Begin("-p", "track_timeout:=60.0", "-p", "diagnostics.period:=0.1");
        var (_, tracked) = stage.Hear<IdsList>("/humans/faces/tracked", Newest);
        var (_, diagnostics) = stage.Hear<DiagnosticArray>("/diagnostics", Newest);
        await stage.Show(Stage.Portrait, () => tracked.Count(list => list.Ids.Count > 0) > 3, "a face on the list");
        (stage.NodeStatistics.Crops, stage.NodeStatistics.DebugImages).ShouldBe((0, 0));

        var id = tracked.Last(list => list.Ids.Count > 0).Ids[0];
        var (aligned, pictures) = stage.Hear<Image>($"/humans/faces/{id}/aligned", Newest);
        await stage.Show(Stage.Portrait, () => pictures.Count > 2, "aligned pictures");
        stage.NodeStatistics.Crops.ShouldBeGreaterThan(2);
        stage.NodeStatistics.DebugImages.ShouldBe(0);

        var (debug, drawn) = stage.Hear<Image>("/ferros/debug_image", Newest);
        await stage.Show(Stage.Portrait, () => drawn.Count > 2, "debug pictures");
        await Stage.Until(() => diagnostics.Any(d => Value(d, "Debug pictures made for listeners") > 2 && Value(d, "Crops made for listeners") > 2), "both in the diagnostics");

        // The listeners leave, and the work ends.
        await aligned.DisposeAsync();
        await debug.DisposeAsync();
        await Stage.Until(() => stage.Peer.GetSubscriptions("/ferros/debug_image").Count == 0, "the listeners to be gone");
        var before = (Crops: -1L, DebugImages: -1L);
        await stage.Repeat(
            async _ =>
            {
                before = (stage.NodeStatistics.Crops, stage.NodeStatistics.DebugImages);
                await stage.Show(Stage.Portrait, () => true, "some pictures", atLeast: 5);
            },
            () => (stage.NodeStatistics.Crops, stage.NodeStatistics.DebugImages) == before,
            "the end of the work");
        var seen = stage.Affect.Count;
        await stage.Show(Stage.Portrait, () => stage.Affect.Count > seen + 5, "more pictures");
        (stage.NodeStatistics.Crops, stage.NodeStatistics.DebugImages).ShouldBe(before);
    }

    private static double Value(DiagnosticArray message, string key) =>
        double.Parse(message.Status[0].Values.Single(value => value.Key == key).Value, System.Globalization.CultureInfo.InvariantCulture);
}
