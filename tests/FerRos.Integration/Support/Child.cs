using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Shouldly;

// One machine, one graph: no two tests at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FerRos.Integration.Support;

/// <summary>A process of a test: what it writes as lines; killed at the end.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    public Child(ProcessStartInfo info, Action<string>? onLine = null)
    {
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null) return;
            Output.Enqueue(e.Data);
            try
            {
                onLine?.Invoke(e.Data);
            }
#pragma warning disable CA1031 // Thrown from here it would end the test run, not the test.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Errors.Enqueue($"(the test could not read '{e.Data}': {exception.Message})");
            }
        };
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not null) Errors.Enqueue(e.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public ConcurrentQueue<string> Output { get; } = new();

    public ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>The warnings in the log, but for those of the machine: its small buffers, and pictures that it lost on the way because it is starved.</summary>
    public IEnumerable<string> Warnings => Errors.Where(line =>
        line.Contains("WARN", StringComparison.Ordinal)
        && !line.Contains("lost on the way", StringComparison.Ordinal)
        && !line.Contains("limits socket receive buffers", StringComparison.Ordinal));

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>Everything it wrote last, for messages of failed tests.</summary>
    public string Tail => string.Join('\n', Output.TakeLast(10).Concat(Errors.TakeLast(40)));

    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for a line on standard error that contains a text.</summary>
    public async Task<string> WaitForError(string text, double seconds = Wait.Long)
    {
        await Wait.Until(() => _process.HasExited || Find() is not null, () => $"a line with '{text}'; it wrote:\n{Tail}", seconds);
        // What it wrote at its end may still be on its way.
        if (Find() is null) await WaitForExit();
        return Find().ShouldNotBeNull($"it ended without a line with '{text}':\n{Tail}");

        string? Find() => Errors.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> WaitForExit(double seconds = Wait.Long)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ShouldAssertException(string.Create(CultureInfo.InvariantCulture, $"the process did not end within {seconds} s; it wrote:\n{Tail}"));
        }

        return _process.ExitCode;
    }

    /// <summary>Sends a signal, such as INT or TERM.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
