using System.CommandLine;
using System.CommandLine.Invocation;
using FerRos.Cli;
using FerRos.Cli.Adaptation;
using FerRos.Cli.Demo;
using FerRos.Cli.Graph;
using FerRos.Ros2;
using FerRos.Training.Commands;

// What follows --ros-args is ROS's and would confuse the parser of commands.
RosArguments ros;
try
{
    ros = RosArguments.Parse(args);
}
catch (RosArgumentException exception)
{
    await Console.Error.WriteLineAsync($"ferros: {exception.Message}").ConfigureAwait(false);
    return ExitCodes.Usage;
}

RootCommand root = new("FerRos: sees faces through a robot's camera and says what they express.")
{
    DemoCommand.Create(),
    RunCommand.Create(args),
    CameraCommand.Create(ros),
    EchoCommand.Create(ros),
    CallCommand.Create(ros),
    ListCommands.CreateTopics(ros),
    ListCommands.CreateNodes(ros),
    AnalyzeCommand.Create(),
    AdaptCommand.Create(),
    CalibrateCommand.Create(ros),
    ProfilesCommand.Create(),
    NetworksCommand.Create(),
    SummaryCommand.Create(),
    EvaluateCommand.Create(),
    CrossValidateCommand.Create(),
    PackCommand.Create(),
    ExportCommand.Create(),
    TrainCommand.Create(),
    RehearsalCommand.Create(),
    PersonalizeCommand.Create(),
};
ParseResult parsed = root.Parse([.. ros.UserArguments]);
if (parsed.Action is ParseErrorAction wrong)
{
    wrong.ShowHelp = false;
    await parsed.InvokeAsync().ConfigureAwait(false);
    await Console.Error.WriteLineAsync($"{CommandGuard.NameOf(parsed)} --help says what there is").ConfigureAwait(false);
    return ExitCodes.Usage;
}

return await parsed.InvokeAsync().ConfigureAwait(false);
