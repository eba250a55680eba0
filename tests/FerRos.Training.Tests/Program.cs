using FerRos.Training.Commands;
using Xunit.Runner.InProc.SystemConsole;

namespace FerRos.Training.Tests;

/// <summary>Runs the tests. As <c>FerRos.Training.Tests train ...</c> it is the command, in a process that can be killed.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments) => arguments is ["train", .. var rest]
        ? await TrainCommand.Create().Parse(rest).InvokeAsync()
        : await ConsoleRunner.Run(arguments);
}
