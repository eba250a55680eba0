using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace FerRos.Tests.Oracle;

/// <summary>rclpy of an installed ROS 2 distribution in a process of its own: an independent writer and reader of CDR.</summary>
public sealed class RclpyOracle : IDisposable
{
    private const string Distribution = "kilted";
    private Process? _process;

    public static string Setup => $"/opt/ros/{Distribution}/setup.bash";

    /// <summary>Setup file of a workspace with ferros_msgs built, from FERROS_ROS_OVERLAY; null: none.</summary>
    public static string? Overlay => Environment.GetEnvironmentVariable("FERROS_ROS_OVERLAY") is { Length: > 0 } file ? file : null;

    /// <summary>Skips the test where the distribution is missing; fails in CI, which can install it.</summary>
    public static void SkipWithoutRos(string distribution = Distribution)
    {
        string setup = $"/opt/ros/{distribution}/setup.bash";
        if (File.Exists(setup))
            return;
        if (Environment.GetEnvironmentVariable("CI") == "true" && Directory.Exists(Path.Combine(Shared, "ros2")))
            Assert.Fail($"{setup} is missing; {Shared}/ros2 holds it.");
        Assert.Skip($"{setup} is missing: needs ROS 2 {distribution}.");
    }

    /// <summary>A message with random content.</summary>
    public (byte[] Cdr, JsonNode Json) Random(string type, int seed) =>
        Result(Ask(new JsonObject { ["op"] = "random", ["type"] = type, ["seed"] = seed }));

    /// <summary>What rclpy makes of serialized data, and writes again.</summary>
    public (byte[] Cdr, JsonNode Json) Echo(string type, byte[] cdr) =>
        Result(Ask(new JsonObject { ["op"] = "echo", ["type"] = type, ["cdr"] = Convert.ToBase64String(cdr) }));

    /// <summary>A new message and the values of constants.</summary>
    public (byte[] Cdr, JsonNode Json, JsonNode Constants) Default(string type, IEnumerable<string> constants)
    {
        JsonNode answer = Ask(new JsonObject
        {
            ["op"] = "default",
            ["type"] = type,
            ["constants"] = new JsonArray([.. constants.Select(c => (JsonNode)c)]),
        });
        (byte[] cdr, JsonNode json) = Result(answer);
        return (cdr, json, answer["constants"]!);
    }

    public void Dispose()
    {
        if (_process is null)
            return;
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static string Shared
    {
        get
        {
            if (Environment.GetEnvironmentVariable("FERROS_SHARED") is { Length: > 0 } shared)
                return shared;
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "ros2_ws")))
                folder = folder.Parent;
            return Path.Combine(folder?.Parent?.FullName ?? "/", "shared");
        }
    }

    private static (byte[] Cdr, JsonNode Json) Result(JsonNode answer) =>
        (Convert.FromBase64String((string)answer["cdr"]!), answer["json"]!);

    private JsonNode Ask(JsonNode request)
    {
        SkipWithoutRos();
        _process ??= Start();
        _process.StandardInput.WriteLine(request.ToJsonString());
        string? line = _process.StandardOutput.ReadLine();
        if (line is null)
            Assert.Fail("The oracle ended: " + _process.StandardError.ReadToEnd());
        JsonNode answer = JsonNode.Parse(line)!;
        if (answer["error"] is { } error)
            Assert.Fail($"rclpy on {request["type"]}: {error}");
        return answer;
    }

    private static Process Start()
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Oracle", "rclpy_oracle.py");
        var start = new ProcessStartInfo("bash", ["-c", $". {Setup} && . {Overlay ?? Setup} && exec python3 \"$0\"", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
