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

    public static void SkipWithoutRos()
    {
        if (File.Exists(Setup))
            return;
        string? shared = Environment.GetEnvironmentVariable("FERROS_SHARED");
        if (Environment.GetEnvironmentVariable("CI") == "true" && Directory.Exists(shared))
            Assert.Fail($"{Setup} is missing; it can be installed from {shared}/ros2.");
        Assert.Skip($"{Setup} is missing: needs ROS 2 {Distribution}.");
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
