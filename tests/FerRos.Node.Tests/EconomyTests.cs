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
        await using var stage = await Stage.Begin(
            "-p", "diagnostics.period:=60.0", "-p", "track_timeout:=60.0", "-p", "max_rate:=1000.0", "-p", "qos_overrides./image.subscription.reliability:=reliable");
        await stage.Show(Stage.Portrait, () => stage.Affect.LastOrDefault()?.Faces.Count == 1, "a face", atLeast: 10);
        var camera = await stage.Camera();
        await stage.StopHearing();
        var answered = 0;
        await using var listener = stage.Peer.CreateSerializedSubscription(
            Interfaces.FerrosMsgs.Msg.FaceAffectArray.MessageType.Interface, "/ferros/affect", null, (in ReceivedSample _, in MessageInfo _) => Interlocked.Increment(ref answered));
        await Stage.Until(() => listener.PublisherCount == 1, "the listener's match");

        // A thread of its own, and this one blocked: asynchronous waiting would allocate.
        var message = Stage.Message(Stage.Portrait, 0);
        long allocated = 0;
        var sent = 0;
        var thread = new Thread(() =>
        {
            for (; sent < 2 * Pictures; sent++)
            {
                if (sent == Pictures) allocated = GC.GetTotalAllocatedBytes(precise: true);
                RosTime.SystemNow.WriteTo(message.Header.Stamp);
                camera.Publish(message);
                for (var waited = 0; Volatile.Read(ref answered) <= sent && waited < 10_000; waited++) Thread.Sleep(1);
                if (Volatile.Read(ref answered) <= sent) return;
            }

            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        });
        thread.Start();
        thread.Join(TimeSpan.FromMinutes(4)).ShouldBeTrue("all pictures are through");

        answered.ShouldBe(2 * Pictures);
        stage.NodeStatistics.Faces.ShouldBe(1);
        (allocated / (double)Pictures).ShouldBeLessThan(24, "octets a picture");
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
        await stage.Show(Stage.Portrait, () => true, "some pictures", atLeast: 5);
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        var before = (stage.NodeStatistics.Crops, stage.NodeStatistics.DebugImages);
        var seen = stage.Affect.Count;
        await stage.Show(Stage.Portrait, () => stage.Affect.Count > seen + 5, "more pictures");
        (stage.NodeStatistics.Crops, stage.NodeStatistics.DebugImages).ShouldBe(before);
    }

    private static double Value(DiagnosticArray message, string key) =>
        double.Parse(message.Status[0].Values.Single(value => value.Key == key).Value, System.Globalization.CultureInfo.InvariantCulture);
}
