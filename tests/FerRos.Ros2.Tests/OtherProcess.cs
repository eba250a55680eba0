using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace FerRos.Ros2.Tests;

/// <summary>A process of a test: its output as lines; killed at the end. It ends by itself when its standard input ends, with the tests.</summary>
internal sealed class OtherProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    private OtherProcess(ProcessStartInfo info)
    {
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, e) => Keep(Lines, e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(_errors, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>This executable in another role, see <see cref="PeerProgram"/>.</summary>
    public static OtherProcess Peer(int domain, string range, params string[] arguments)
    {
        string executable = Path.Combine(AppContext.BaseDirectory, typeof(PeerProgram).Assembly.GetName().Name!);
        var info = new ProcessStartInfo(executable, [PeerProgram.Switch, domain.ToString(CultureInfo.InvariantCulture), .. arguments]);
        info.Environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] = range;
        return new OtherProcess(info);
    }

    /// <summary>peers/peer.py in a sourced ROS 2; skips the test when it is not installed.</summary>
    public static OtherProcess Ros(string distribution, int domain, string range, params string[] arguments)
    {
        string setup = $"/opt/ros/{distribution}/setup.bash";
        if (!File.Exists(setup))
        {
            string reason = $"{setup} is missing: ROS 2 {distribution} is not installed";
            if (Environment.GetEnvironmentVariable("CI") == "true" && Directory.Exists(Environment.GetEnvironmentVariable("FERROS_SHARED") ?? "/nonexistent"))
                throw new InvalidOperationException(reason);
            Assert.Skip(reason);
        }

        string script = Path.Combine(AppContext.BaseDirectory, "peers", "peer.py");
        var info = new ProcessStartInfo("bash", ["-c", ". \"$0\" && exec python3 -u \"$@\"", setup, script, .. arguments]);
        info.Environment["ROS_DOMAIN_ID"] = domain.ToString(CultureInfo.InvariantCulture);
        info.Environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] = range;
        return new OtherProcess(info);
    }

    /// <summary>Waits for a line that contains a text, and returns it.</summary>
    public async Task<string> WaitForLine(string text)
    {
        string? found = null;
        try
        {
            await Wait.Until(() => (found = Lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))) is not null, $"a line with '{text}'");
        }
        catch (Shouldly.ShouldAssertException exception)
        {
            throw new Shouldly.ShouldAssertException($"{exception.Message}; output: {string.Join(" | ", Lines)}; errors: {string.Join(" | ", _errors)}");
        }

        return found!;
    }

    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Stops the process as a debugger would; returns when none of its threads runs any more.</summary>
    public async Task Stop()
    {
        Signal("STOP");
        await Wait.Until(
            () =>
            {
                try
                {
                    return Directory.EnumerateDirectories($"/proc/{_process.Id}/task").All(static thread => File.ReadAllText(Path.Combine(thread, "stat")).Contains(") T ", StringComparison.Ordinal));
                }
                catch (IOException)
                {
                    return false; // A thread that ended between the two looks.
                }
            },
            "the process to stop");
    }

    /// <summary>Lets a stopped process go on.</summary>
    public void Continue() => Signal("CONT");

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> queue, string? line)
    {
        if (line is not null)
            queue.Enqueue(line);
    }
}
