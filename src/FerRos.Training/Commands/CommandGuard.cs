using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using FerRos.Networks;
using FerRos.Torch;

namespace FerRos.Training.Commands;

/// <summary>What a command returns to the shell.</summary>
public static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>Something that was named cannot be used: a file, a device, an option.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C, as shells count it (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>The reader of the output went away, as shells count it (128 + SIGPIPE).</summary>
    public const int BrokenPipe = 141;
}

/// <summary>Runs commands so that what a user can put right is one line on stderr and exit code 2; anything else is a bug and keeps its stack.</summary>
public static class CommandGuard
{
    /// <summary>EPIPE on Linux, as .NET passes it on.</summary>
    private const int BrokenPipe = 32;

    /// <summary>Gives a command its action.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">What it does; returns the exit code.</param>
    /// <param name="isForUser">
    /// Errors that a user can put right, beside those of files, datasets, networks, training and native libraries; null: those
    /// of arguments, which the options of training and evaluation become.
    /// </param>
    public static void SetGuarded(this Command command, Func<ParseResult, CancellationToken, Task<int>> run, Func<Exception, bool>? isForUser = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        isForUser ??= static e => e is ArgumentException;
        command.SetAction(async (parsed, cancellation) =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            try
            {
                return await run(parsed, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // Whoever pressed Ctrl-C sees that it was heard; a log says why it ends here.
                await error.WriteLineAsync($"{NameOf(parsed)}: stopped").ConfigureAwait(false);
                return ExitCodes.Interrupted;
            }
            catch (IOException e) when (e.HResult == BrokenPipe)
            {
                // Whoever read the output has had enough, as in "ferros echo /topic | head".
                return ExitCodes.BrokenPipe;
            }
            catch (Exception e) when (IsForUser(e) || isForUser(e))
            {
                await error.WriteLineAsync($"{NameOf(parsed)}: {e.Message}").ConfigureAwait(false);
                return ExitCodes.Usage;
            }
        });
    }

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

    /// <summary>The command as it was typed, those above it included: ferros profiles show.</summary>
    /// <param name="parsed">What was typed.</param>
    public static string NameOf(ParseResult parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        List<string> names = [];
        for (SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            if (result is CommandResult { Command: not RootCommand } named)
                names.Insert(0, named.Command.Name);
        }

        return string.Join(' ', names.Prepend("ferros"));
    }

    private static bool IsForUser(Exception exception) => exception is
        DatasetException or TrainingException or NetworkException or TorchException or DllNotFoundException or IOException or UnauthorizedAccessException;
}
