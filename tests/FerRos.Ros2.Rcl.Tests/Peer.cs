using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>
/// The other side: an rclpy node in a process of its own (<c>peers/peer.py</c>). It takes its orders as arguments,
/// and tells what it sees as one JSON object a line.
/// </summary>
internal sealed class Peer : IDisposable
{
    // More than its own limits: what it waits for in vain, it tells.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly StringBuilder _errors = new();

    public Peer(string order, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("-u");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "peers", "peer.py"));
        start.ArgumentList.Add(order);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null) _lines.CompleteAdding();
            else _lines.Add(e.Data);
        };
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is null) return;
            lock (_errors) _errors.AppendLine(e.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The next thing it tells.</summary>
    public JsonObject Next()
    {
        if (!_lines.TryTake(out var line, Patience))
        {
            string errors;
            lock (_errors) errors = _errors.ToString();
            Assert.Fail($"The rclpy peer said nothing within {Patience.TotalSeconds} s{(_process.HasExited ? $" and has exited with {_process.ExitCode}" : "")}. Its errors:\n{errors}");
        }

        return JsonNode.Parse(line)!.AsObject();
    }

    /// <summary>The next thing it tells that has a key; what else it tells before is passed over.</summary>
    public JsonObject NextWith(string key)
    {
        while (true)
        {
            var told = Next();
            if (told.ContainsKey(key)) return told;
        }
    }

    /// <summary>What it tells next under a key; what else it tells before is passed over.</summary>
    public JsonNode Next(string key) => NextWith(key)[key]!;

    /// <summary>Sends it a line.</summary>
    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>As kill -9.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        try
        {
            _process.Kill();
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }

        _process.Dispose();
        _lines.Dispose();
    }
}
