using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FerRos.Cli.Demo;

/// <summary>This program once more, with other arguments. Stopped as a user would stop it: by SIGINT.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="line">Called for every line that it writes to standard error, on any thread.</param>
    public static ChildProcess Start(IEnumerable<string> arguments, Action<string> line)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardInput = true };
        // Started as "dotnet ferros.dll", the process is dotnet and the program its first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ferros.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = new() { StartInfo = start };
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is { } text) line(text);
        };
        process.Start();
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    /// <summary>Asks it to stop, waits, and ends it where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Interrupt);
            try
            {
                await _process.WaitForExitAsync().WaitAsync(Grace).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
