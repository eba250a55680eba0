using System.CommandLine;
using FerRos.Cli.Sources;
using FerRos.Networks;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Cli;

/// <summary>A command cannot do what was asked. The message is one line that says what to do.</summary>
internal sealed class CommandException : Exception
{
    public CommandException()
    {
    }

    public CommandException(string message)
        : base(message)
    {
    }

    public CommandException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>What a command returns to the shell.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>Something that was named cannot be used: a file, a device, an option.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C, as shells count it (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>The reader of the output went away, as shells count it (128 + SIGPIPE).</summary>
    public const int BrokenPipe = 141;
}

/// <summary>Runs commands so that what a user can put right is one line on stderr and exit code 2; anything else is a bug and keeps its stack.</summary>
internal static class CommandFailure
{
    /// <summary>EPIPE on Linux, as .NET passes it on.</summary>
    private const int BrokenPipe = 32;

    /// <summary>Gives a command its action.</summary>
    public static void SetGuardedAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parseResult, cancellationToken) =>
        {
            try
            {
                return await action(parseResult, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
            catch (IOException exception) when (exception.HResult == BrokenPipe)
            {
                // Whoever read the output has had enough, as in "ferros echo /topic | head".
                return ExitCodes.BrokenPipe;
            }
            catch (Exception exception) when (IsForUser(exception))
            {
                await parseResult.InvocationConfiguration.Error.WriteLineAsync($"ferros {command.Name}: {exception.Message}").ConfigureAwait(false);
                return ExitCodes.Usage;
            }
        });

    private static bool IsForUser(Exception exception) => exception is
        CommandException or SourceException or OpenCvNotFoundException or OpenCVException or PictureTooLargeException or PerceptionException
        or NetworkException or MiddlewareException or InvalidNameException or ParameterException or RosArgumentException or DllNotFoundException or FileNotFoundException or DirectoryNotFoundException
        or UnauthorizedAccessException or IOException;
}
