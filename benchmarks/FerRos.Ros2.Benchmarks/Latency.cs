using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FerRos.Ros2.Benchmarks;

/// <summary>
/// Pictures from a publisher's process to a receiver's callback. In each case one publisher runs all the time; the receivers
/// take turns, several rounds, so that what else the machine does falls on all of them.
/// </summary>
internal static class Latency
{
    private const string Topic = "/benchmark/image";

    private static readonly string Floor = Path.Combine(AppContext.BaseDirectory, "floor");

    // Fast DDS as it comes has 512 KB of shared memory a process, and a picture 900 KB.
    private static readonly Case[] Cases =
    [
        new("Fast DDS as it comes", "DEFAULT", "reliable"),
        new("Fast DDS with 8 MB of shared memory", "DEFAULT?sockets_size=4MB", "reliable"),
        new("Fast DDS as it comes", "DEFAULT", "best_effort"),
        new("Fast DDS with 8 MB of shared memory", "DEFAULT?sockets_size=4MB", "best_effort"),
    ];

    public static int Run(string[] arguments)
    {
        var rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 2;
        var pictures = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 300;
        if (Environment.GetEnvironmentVariable("ROS_DISTRO") is not { Length: > 0 } distribution)
        {
            Console.Error.WriteLine("No ROS 2 is sourced: run.sh sources one.");
            return 2;
        }

        string[] receivers = File.Exists(Floor) ? ["floor", "rcl", "dds", "rclpy"] : ["rcl", "dds", "rclpy"];
        Console.WriteLine($"640x480 rgb8 at 30 Hz from one publisher (rcl, {distribution}); {rounds} rounds of {pictures} pictures");
        foreach (var one in Cases)
        {
            var results = receivers.ToDictionary(name => name, _ => new List<Result>());
            Console.WriteLine($"\n{one.Title}, {one.Reliability}; load {Load()}");
            using (var camera = Start(one, [Environment.ProcessPath!, "publish", Topic, one.Reliability]))
            {
                for (var round = 0; round < rounds; round++)
                {
                    foreach (var name in receivers) results[name].Add(Receive(one, name, pictures));
                }

                camera.StandardInput.Close();
                camera.WaitForExit();
            }

            Console.WriteLine("receiver   p50 ms   p99 ms   least ms   processor ms a picture   bytes allocated a picture   lost");
            foreach (var name in receivers) Console.WriteLine(Row(name, results[name], rounds * pictures));
        }

        Console.WriteLine($"\nload {Load()}");
        return 0;
    }

    private static string Row(string name, List<Result> results, int sent)
    {
        long[] sorted = [.. results.SelectMany(result => result.Latencies).Order()];
        var lost = sent - sorted.Length;
        if (sorted.Length == 0) return $"{name,-8} {"-",8} {"-",8} {"-",10} {"-",24} {"-",27} {lost,6}";
        double At(double part) => sorted[(int)(part * (sorted.Length - 1))] / 1e6;
        var bytes = results.Sum(result => result.Allocated) is { } sum && results.All(result => result.Allocated is not null)
            ? (sum / (double)sorted.Length).ToString("0.0", CultureInfo.InvariantCulture)
            : "-";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-8} {At(0.5),8:0.00} {At(0.99),8:0.00} {At(0),10:0.00} {results.Sum(result => result.Processor) * 1000 / sorted.Length,24:0.00} {bytes,27} {lost,6}");
    }

    private static Result Receive(Case one, string name, int pictures)
    {
        var count = pictures.ToString(CultureInfo.InvariantCulture);
        using var receiver = Start(one, name switch
        {
            "rclpy" => ["python3", Path.Combine(AppContext.BaseDirectory, "receive.py"), Topic, count, one.Reliability],
            "floor" => [Floor, Topic, count, one.Reliability],
            _ => [Environment.ProcessPath!, "receive", name, Topic, count, one.Reliability],
        });

        // Where nearly all pictures are lost, the one that ends the measurement may be lost too.
        var output = receiver.StandardOutput.ReadToEndAsync();
        if (!output.Wait(TimeSpan.FromSeconds(30 + (pictures / 10)))) receiver.Kill();
        receiver.WaitForExit();
        return output.Result.Length == 0 ? new Result([], 0, null) : JsonSerializer.Deserialize<Result>(output.Result, JsonSerializerOptions.Web)!;
    }

    private static Process Start(Case one, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["FASTDDS_BUILTIN_TRANSPORTS"] = one.Transports;
        return Process.Start(start)!;
    }

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>A setting of Fast DDS, in all processes, and a reliability, offered and asked for.</summary>
    private sealed record Case(string Title, string Transports, string Reliability);

    /// <summary>What a receiver tells: nanoseconds, seconds, bytes.</summary>
    private sealed record Result(long[] Latencies, double Processor, long? Allocated);
}
