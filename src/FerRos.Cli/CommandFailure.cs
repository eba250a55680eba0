using System.CommandLine;
using FerRos.Cli.Sources;
using FerRos.OpenCv;
using FerRos.Perception;
using FerRos.Ros2;
using FerRos.Training.Commands;

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

/// <summary>Which errors of the commands about pictures and ROS a user can put right.</summary>
internal static class CommandFailure
{
    /// <summary>Gives a command its action.</summary>
    public static void SetGuardedAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) => command.SetGuarded(action, IsForUser);

    private static bool IsForUser(Exception exception) => exception is
        CommandException or SourceException or OpenCvNotFoundException or OpenCVException or PictureTooLargeException or PerceptionException
        or MiddlewareException or InvalidNameException or ParameterException or RosArgumentException;
}
