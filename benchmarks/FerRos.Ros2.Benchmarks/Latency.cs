using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FerRos.Ros2.Benchmarks;

/// <summary>
/// Pictures from a publisher's process to a receiver's callback. One publisher runs all the time; the receivers take turns,
/// several rounds, so that what else the machine does falls on all of them.
/// </summary>
internal static class Latency
{
    private const string Topic = "/benchmark/image";
    private static readonly string[] Receivers = ["rclpy", "rcl", "dds"];

    public static int Run(string[] arguments)
    {
        var rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 3;
        var pictures = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 300;
        if (Environment.GetEnvironmentVariable("ROS_DISTRO") is not { Length: > 0 } distribution)
        {
            Console.Error.WriteLine("No ROS 2 is sourced: run.sh sources one.");
            return 2;
        }

        var results = Receivers.ToDictionary(name => name, _ => new List<Result>());
        Console.WriteLine($"640x480 rgb8 at 30 Hz from one publisher (rcl, {distribution}), reliable; {rounds} rounds of {pictures} pictures; load before: {Load()}");
        using (var camera = Start([Environment.ProcessPath!, "publish", Topic]))
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var name in Receivers) results[name].Add(Receive(name, pictures));
            }

            camera.StandardInput.Close();
            camera.WaitForExit();
        }

        Console.WriteLine("receiver   p50 ms   p99 ms   least ms   processor ms a picture   bytes allocated a picture   lost");
        foreach (var name in Receivers)
        {
            var all = results[name];
            long[] sorted = [.. all.SelectMany(result => result.Latencies).Order()];
            double At(double part) => sorted[(int)(part * (sorted.Length - 1))] / 1e6;
            var bytes = all[0].Allocated is null ? "-" : (all.Sum(result => result.Allocated!.Value) / (double)sorted.Length).ToString("0.0", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-8} {At(0.5),8:0.00} {At(0.99),8:0.00} {At(0),10:0.00} {all.Sum(result => result.Processor) * 1000 / sorted.Length,24:0.00} {bytes,27} {all.Sum(result => result.Lost),6}"));
        }

        Console.WriteLine($"load after: {Load()}");
        return 0;
    }

    private static Result Receive(string name, int pictures)
    {
        var count = pictures.ToString(CultureInfo.InvariantCulture);
        using var receiver = Start(name == "rclpy"
            ? ["python3", Path.Combine(AppContext.BaseDirectory, "receive.py"), Topic, count]
            : [Environment.ProcessPath!, "receive", name, Topic, count]);
        var line = receiver.StandardOutput.ReadToEnd();
        receiver.WaitForExit();
        return JsonSerializer.Deserialize<Result>(line, JsonSerializerOptions.Web) ?? throw new InvalidOperationException($"{name} said nothing");
    }

    private static Process Start(string[] command) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>What a receiver tells: nanoseconds, seconds, bytes.</summary>
    private sealed record Result(long[] Latencies, double Processor, long? Allocated, int Lost);
}
