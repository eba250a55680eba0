using FerRos.Interfaces.DiagnosticMsgs.Msg;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Node.Logging;
using FerRos.Ros2;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace FerRos.Node;

/// <summary>How a process hosts the node.</summary>
public sealed record NodeHostOptions
{
    /// <summary>Which middleware.</summary>
    public MiddlewareKind Middleware { get; init; }

    /// <summary>The peers' distribution, where the embedded middleware must know it.</summary>
    public RosDistribution Distribution { get; init; }

    /// <summary>Namespace of the node when no remap rule gives one.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Whether lines go to the console. <c>--disable-stdout-logs</c> turns it off too.</summary>
    public bool ConsoleLog { get; init; } = true;
}

/// <summary>Runs the node until it is asked to stop.</summary>
public static class NodeHost
{
    /// <summary>The node came to a regular end.</summary>
    public const int Success = 0;

    /// <summary>The node broke.</summary>
    public const int Failed = 1;

    /// <summary>An argument or a parameter is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Runs the node.</summary>
    /// <param name="arguments">Command line with <c>--ros-args</c>; nothing else may stand in it.</param>
    /// <param name="options">How to host it; null: defaults.</param>
    /// <param name="error">Where the reason of a refused start is written; null: standard error.</param>
    /// <param name="cancellationToken">Stops the node; SIGINT and SIGTERM do too.</param>
    /// <returns><see cref="Success"/>, <see cref="Failed"/> or <see cref="Usage"/>: the process' exit code.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, NodeHostOptions? options = null, TextWriter? error = null, CancellationToken cancellationToken = default)
    {
        options ??= new NodeHostOptions();
        error ??= Console.Error;
        try
        {
            var parsed = RosArguments.Parse(WithDefaultParameters(arguments));
            if (parsed.UserArguments is [var unknown, ..])
                throw new RosArgumentException($"'{unknown}' is not an argument of the node; parameters go behind --ros-args, e.g. --ros-args -p max_faces:=2");
            return await RunAsync(parsed, options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RosArgumentException or ParameterException or InvalidNameException or MiddlewareException)
        {
            await error.WriteLineAsync("ferros run: " + e.Message).ConfigureAwait(false);
            return Usage;
        }
    }

    private static async Task<int> RunAsync(RosArguments arguments, NodeHostOptions options, CancellationToken cancellationToken)
    {
        var levels = new LogLevels(RosLogLevel.ToSerilog(arguments.LogLevel ?? LogSeverity.Info) ?? LogEventLevel.Information);
        foreach (var (logger, severity) in arguments.LoggerLevels) levels.Set(logger, RosLogLevel.ToSerilog(severity));
        var rosout = new RosoutSink();
        var log = NodeLogging.Create(
            levels,
            new LoggingOptions(options.ConsoleLog && arguments.StdoutLogs, arguments.ExternalLibraryLogs ? NodeLogging.DefaultDirectory() : "", arguments.LogFileName ?? "ferros"),
            rosout);
        await using (log.ConfigureAwait(false))
        {
            using var loggers = new SerilogLoggerFactory(log);
            await using var context = RosContext.Create(arguments, new RosContextOptions
            {
                Middleware = options.Middleware,
                Distribution = options.Distribution,
                RequiredTypes = [FaceAffectArray.MessageType.Interface, Image.MessageType.Interface, DiagnosticArray.MessageType.Interface],
                LoggerFactory = loggers,
            });

            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "ferros" });
            builder.Services.AddSingleton<ILoggerFactory>(loggers);
            builder.Services.AddSingleton(context);
            builder.Services.AddSingleton(options);
            builder.Services.AddSingleton(levels);
            builder.Services.AddSingleton(rosout);
            builder.Services.AddSingleton<NodeService>();
            builder.Services.AddHostedService(services => services.GetRequiredService<NodeService>());
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
            // The host announces itself and how to stop it on loggers of its own; the node's log says what matters.
            builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
            levels.Set("Microsoft", LogEventLevel.Warning);
            // What stops the start or the end is thrown to here and told in one line; the host would log its stack as well.
            levels.Set("Microsoft.Extensions.Hosting", LogEventLevel.Fatal);

            using var host = builder.Build();
            var service = host.Services.GetRequiredService<NodeService>();
            await host.RunAsync(cancellationToken).ConfigureAwait(false);
            return service.ExitCode;
        }
    }

    /// <summary>The defaults that ship with the program stand in a parameter file, which everything given explicitly goes before.</summary>
    private static IReadOnlyList<string> WithDefaultParameters(IReadOnlyList<string> arguments)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "config", "ferros.yaml");
        return File.Exists(file) ? ["--ros-args", "--params-file", file, "--", .. arguments] : arguments;
    }
}
