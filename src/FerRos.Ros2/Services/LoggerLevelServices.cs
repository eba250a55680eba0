using FerRos.Interfaces.RclInterfaces.Msg;
using FerRos.Interfaces.RclInterfaces.Srv;

namespace FerRos.Ros2;

/// <summary>The logger-level services of a node (Iron and later).</summary>
internal static class LoggerLevelServices
{
    public static void Start(RosNode node, ILoggerLevels levels)
    {
        node.CreateService(GetLoggerLevels.Type, "~/get_logger_levels", (request, _) => ValueTask.FromResult(Get(request, levels)));
        node.CreateService(SetLoggerLevels.Type, "~/set_logger_levels", (request, _) => ValueTask.FromResult(Set(request, levels)));
    }

    private static GetLoggerLevels.Response Get(GetLoggerLevels.Request request, ILoggerLevels levels)
    {
        var response = new GetLoggerLevels.Response();
        response.Levels.AddRange(request.Names.Select(name => new LoggerLevel { Name = name, Level = (uint)levels.Get(name) }));
        return response;
    }

    private static SetLoggerLevels.Response Set(SetLoggerLevels.Request request, ILoggerLevels levels)
    {
        var response = new SetLoggerLevels.Response();
        foreach (LoggerLevel level in request.Levels)
        {
            bool known = level.Level <= (uint)LogSeverity.Fatal && Enum.IsDefined((LogSeverity)level.Level);
            if (known)
                levels.Set(level.Name, (LogSeverity)level.Level);
            response.Results.Add(new SetLoggerLevelsResult
            {
                Successful = known,
                Reason = known ? "" : $"{level.Level} is not a log level; levels are 0 (unset), 10, 20, 30, 40 and 50",
            });
        }

        return response;
    }
}
