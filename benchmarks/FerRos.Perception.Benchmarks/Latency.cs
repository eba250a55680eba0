using System.Diagnostics;
using System.Globalization;

namespace FerRos.Perception.Benchmarks;

/// <summary>Time of each stage for 640x480 with one face of 160 pixels that moves a little, on one thread.</summary>
internal static class Latency
{
    private const int Warmup = 200;
    private const int Pictures = 1_000;

    public static int Run(string[] args)
    {
        DetectorRange range = args.Length > 0 ? PerceptionOptions.ParseDetector(args[0]) : DetectorRange.ShortRange;
        using PerceptionPipeline pipeline = Scene.Pipeline(new PerceptionOptions { Detector = range });
        string encoding = args.Length > 1 ? args[1] : "rgb8";
        int bytes = encoding switch { "rgb8" or "bgr8" => 3, "rgba8" or "bgra8" => 4, "yuv422" or "yuyv" or "uyvy" => 2, _ => 1 };
        byte[][] pictures = [.. Enumerable.Range(0, 10).Select(i => Scene.Rgb(160, 320 + i, 220 + (i / 2)))];
        if (encoding is not ("rgb8" or "bgr8"))
        {
            // What is in the picture does not matter for the time of the conversion, only that a face is found.
            for (int p = 0; p < pictures.Length; p++)
                pictures[p] = Convert(pictures[p], encoding, bytes);
        }

        var frame = new ImageFrame();
        var stages = new double[6][];
        for (int s = 0; s < stages.Length; s++)
            stages[s] = new double[Pictures];
        long allocated = 0;
        TimeSpan processor = default;
        int faces = 0;
        for (int i = -Warmup; i < Pictures; i++)
        {
            if (i == 0)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread();
                processor = Environment.CpuUsage.TotalTime;
            }

            byte[] picture = pictures[(i + Warmup) % pictures.Length];
            long started = Stopwatch.GetTimestamp();
            frame.Load(encoding, Scene.Width, Scene.Height, (uint)(Scene.Width * bytes), false, picture, (i + Warmup) * 33_333_333L);
            TimeSpan loaded = Stopwatch.GetElapsedTime(started);
            PerceptionResult result = pipeline.Process(frame);
            if (i < 0)
                continue;
            faces += result.Count;
            stages[0][i] = loaded.TotalMilliseconds;
            stages[1][i] = result.Times.Detect.TotalMilliseconds;
            stages[2][i] = result.Times.Track.TotalMilliseconds;
            stages[3][i] = result.Times.Align.TotalMilliseconds;
            stages[4][i] = result.Times.Estimate.TotalMilliseconds;
            stages[5][i] = loaded.TotalMilliseconds + result.Times.Total.TotalMilliseconds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        processor = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine($"640x480 {encoding}, {range}, {(double)faces / Pictures:0.00} faces a picture, {Pictures} pictures, {allocated} bytes allocated");
        string[] names = ["copy", "detect", "track", "align", "estimate", "total"];
        Console.WriteLine("stage        least ms   p50 ms   p90 ms   p99 ms");
        for (int s = 0; s < stages.Length; s++)
        {
            Array.Sort(stages[s]);
            double At(double part) => stages[s][(int)(part * (Pictures - 1))];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names[s],-10} {At(0),10:0.000} {At(0.5),8:0.000} {At(0.9),8:0.000} {At(0.99),8:0.000}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time {processor.TotalMilliseconds / Pictures:0.000} ms a picture"));
        return 0;
    }

    private static byte[] Convert(byte[] rgb, string encoding, int bytes)
    {
        int count = rgb.Length / 3;
        var converted = new List<byte>(count * bytes);
        for (int i = 0; i < count; i++)
        {
            byte gray = rgb[(3 * i) + 1];
            byte luma = (byte)(16 + (gray * 219 / 255));
            converted.AddRange(encoding switch
            {
                "rgba8" or "bgra8" => [gray, gray, gray, 255],
                "yuv422" or "uyvy" => [128, luma],
                "yuyv" => [luma, 128],
                "nv12" or "nv21" => [luma],
                _ => (ReadOnlySpan<byte>)[gray],
            });
        }

        if (encoding is "nv12" or "nv21")
            converted.AddRange(Enumerable.Repeat((byte)128, count / 2));
        return [.. converted];
    }
}
