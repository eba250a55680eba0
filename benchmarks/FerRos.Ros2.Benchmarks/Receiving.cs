using System.Buffers.Text;
using System.Text.Json;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Benchmarks;

/// <summary>
/// A subscription of ours: the handler reads the message in place and copies its pixels once, as the node does. Memory and
/// processor time are those of the whole process.
/// </summary>
internal static class Receiving
{
    private const int WarmUp = 90;

    public static async Task<int> Run(string middleware, string topic, int pictures)
    {
        var kind = middleware == "rcl" ? MiddlewareKind.Rcl : MiddlewareKind.Dds;
        await using var context = RosContext.Create([], new RosContextOptions { Middleware = kind });
        await using var node = context.CreateNode("benchmark_viewer");
        var latencies = new long[pictures];
        var pixels = Array.Empty<byte>();
        var (heard, first, last) = (0, 0, 0);
        long allocated = 0;
        TimeSpan processor = default;
        var ended = new ManualResetEventSlim();
        await using var subscription = node.CreateSerializedSubscription(Image.MessageType.Interface, topic, Publishing.Qos, (in ReceivedSample sample, in MessageInfo _) =>
        {
            var image = ImageView.Read(sample.Cdr);
            if (pixels.Length < image.Data.Length) pixels = new byte[image.Data.Length];
            image.Data.CopyTo(pixels);
            var now = RosTime.SystemNow.Nanoseconds;
            var index = heard++ - WarmUp;
            if (index >= pictures) return;
            if (!Utf8Parser.TryParse(image.HeaderFrameId, out int number, out int _)) throw new FormatException("not a picture of this benchmark");
            if (index < 0)
            {
                if (index < -1) return;
                first = number + 1;
                allocated = GC.GetTotalAllocatedBytes(precise: true);
                processor = Environment.CpuUsage.TotalTime;
                return;
            }

            latencies[index] = now - ((image.HeaderStampSec * 1_000_000_000L) + image.HeaderStampNanosec);
            if (index < pictures - 1) return;
            processor = Environment.CpuUsage.TotalTime - processor;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            last = number;
            ended.Set();
        });
        ended.Wait();
        Console.WriteLine(JsonSerializer.Serialize(new { latencies, processor = processor.TotalSeconds, allocated, lost = last - first + 1 - pictures }));
        return 0;
    }
}
