using System.Diagnostics;
using System.Globalization;
using FerRos.Interfaces.SensorMsgs.Msg;

namespace FerRos.Ros2.Benchmarks;

/// <summary>
/// The camera: rgb8 pictures at a steady rate over rcl and the RMW that is sourced, as a driver in C++ would send them.
/// The stamp is the time just before publishing, and the frame's name is the picture's number.
/// </summary>
internal static class Publishing
{
    /// <summary>What the camera offers, and all receivers ask for.</summary>
    public static QosProfile Qos(string reliability) => QosProfile.Default with
    {
        Depth = 5,
        Reliability = reliability == "best_effort" ? QosReliability.BestEffort : QosReliability.Reliable,
    };

    public static int Run(string topic, string reliability, string[] size)
    {
        var (width, height, rate) = size is [var w, var h, var r] ? (Whole(w), Whole(h), Whole(r)) : (640, 480, 30);
        var context = RosContext.Create([], new RosContextOptions { Middleware = MiddlewareKind.Rcl });
        var node = context.CreateNode("benchmark_camera");
        var publisher = node.CreatePublisher<Image>(topic, Qos(reliability));
        var data = new byte[width * height * 3];
        new Random(1).NextBytes(data);
        var image = new Image { Width = (uint)width, Height = (uint)height, Step = (uint)(width * 3), Encoding = "rgb8", Data = data };
        Console.WriteLine("publishing");

        var ended = Task.Run(Console.In.ReadToEnd);
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; !ended.IsCompleted; number++)
        {
            var ahead = TimeSpan.FromSeconds((double)number / rate) - Stopwatch.GetElapsedTime(started);
            if (ahead > TimeSpan.Zero) Thread.Sleep(ahead);
            if (publisher.SubscriptionCount == 0) continue;
            image.Header.FrameId = number.ToString(CultureInfo.InvariantCulture);
            RosTime.SystemNow.WriteTo(image.Header.Stamp);
            publisher.Publish(image);
        }

        context.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return 0;
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
