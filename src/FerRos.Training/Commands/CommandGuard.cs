using System.CommandLine;
using System.Runtime.InteropServices;
using FerRos.Networks;
using FerRos.Torch;

namespace FerRos.Training.Commands;

/// <summary>What goes wrong is said in one line that says what to do; the exit code says the rest.</summary>
internal static class CommandGuard
{
    internal const int Failed = 1;
    internal const int Stopped = 130;

    internal static void SetGuarded(this Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await run(parsed, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"ferros {command.Name}: stopped").ConfigureAwait(false);
                return Stopped;
            }
            catch (Exception e) when (e is DatasetException or TrainingException or NetworkException or TorchException or ArgumentException
                or IOException or UnauthorizedAccessException or DllNotFoundException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"ferros {command.Name}: {e.Message}").ConfigureAwait(false);
                return Failed;
            }
        });

    /// <summary>Lets SIGTERM stop a long run at its next step, instead of ending the process.</summary>
    internal static PosixSignalRegistration StopOnTermination(CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The parser's own handler was faster, and the command has ended meanwhile.
            }
        });
}
