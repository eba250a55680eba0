using System.CommandLine;
using FerRos.Cli;

RootCommand root = new("FerRos: sees faces through a robot's camera and says what they express.")
{
    AnalyzeCommand.Create(),
};
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
