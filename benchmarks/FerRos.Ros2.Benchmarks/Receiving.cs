using System.Buffers.Text;
using System.Text.Json;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Benchmarks;

/// <summary>
/// A subscription of ours: the handler reads the message in place and copies its pixels once, as the node does. Memory and
/// processor time are those of the whole process. Counted are the pictures whose numbers follow the first by the warm-up and
/// less than so many; the next one ends the measurement.
/// </summary>
internal static class Receiving
{
    private const int WarmUp = 90;

    public static async Task<int> Run(string middleware, string topic, int pictures, string reliability)
    {
        var kind = middleware == "rcl" ? MiddlewareKind.Rcl : MiddlewareKind.Dds;
        await using var context = RosContext.Create([], new RosContextOptions { Middleware = kind });
        await using var node = context.CreateNode("benchmark_viewer");
        var latencies = new long[pictures];
        var pixels = Array.Empty<byte>();
        var (heard, first) = (0, -1);
        var (warm, over) = (false, false);
        long allocated = 0;
        TimeSpan processor = default;
        var ended = new ManualResetEventSlim();
        await using var subscription = node.CreateSerializedSubscription(Image.MessageType.Interface, topic, Publishing.Qos(reliability), (in ReceivedSample sample, in MessageInfo _) =>
        {
            var image = ImageView.Read(sample.Cdr);
            if (pixels.Length < image.Data.Length) pixels = new byte[image.Data.Length];
            image.Data.CopyTo(pixels);
            var now = RosTime.SystemNow.Nanoseconds;
            if (!Utf8Parser.TryParse(image.HeaderFrameId, out int number, out int _)) throw new FormatException("not a picture of this benchmark");
            if (first < 0) first = number + WarmUp;
            if (over || number < first) return;
            over = number >= first + pictures;
            if (!over) latencies[heard++] = now - ((image.HeaderStampSec * 1_000_000_000L) + image.HeaderStampNanosec);
            if (over || !warm)
            {
                processor = Environment.CpuUsage.TotalTime - processor;
                allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            }

            warm = true;
            if (over) ended.Set();
        });
        ended.Wait();
        Console.WriteLine(JsonSerializer.Serialize(new { latencies = latencies[..heard], processor = processor.TotalSeconds, allocated }));
        return 0;
    }
}
