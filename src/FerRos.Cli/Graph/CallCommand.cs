using System.CommandLine;
using System.Text;
using System.Text.Json;
using FerRos.Ros2;
using FerRos.Ros2.Json;
using FerRos.Training.Commands;

namespace FerRos.Cli.Graph;

/// <summary><c>ferros call</c>: calls a service.</summary>
internal static class CallCommand
{
    private static readonly TimeSpan Discovery = TimeSpan.FromSeconds(10);

    /// <summary>Creates the command.</summary>
    public static Command Create(RosArguments arguments)
    {
        Argument<string> service = new("service") { Description = "Service", HelpName = "SERVICE" };
        Argument<string> type = new("type") { Description = "Service type, such as std_srvs/srv/Trigger", HelpName = "TYPE" };
        Argument<string> request = new("request") { Description = "The request as JSON; fields left out have their defaults", HelpName = "JSON", DefaultValueFactory = static _ => "{}" };
        Option<double> timeout = new("--timeout") { Description = "Seconds to wait for the response", DefaultValueFactory = static _ => 30 };
        Option<MiddlewareKind> middleware = MiddlewareOption.Create();
        Command command = new("call", """
            Call a service and print its response as JSON.

            Example: ferros call /ferros/reset std_srvs/srv/Trigger '{}'
            """)
        {
            service, type, request, timeout, middleware,
        };
        command.SetGuardedAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(service)!,
            parsed.GetValue(type)!,
            parsed.GetValue(request)!,
            parsed.GetValue(timeout),
            parsed.GetValue(middleware),
            arguments,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string service, string type, string json, double timeout, MiddlewareKind middleware, RosArguments arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!(timeout > 0 && timeout <= 86_400)) throw new CommandException($"--timeout {timeout}: above 0 and at most 86400 seconds");
        await using GraphSession session = GraphSession.Open("call", arguments, middleware, error);
        if (!InterfaceRegistry.TryGetService(type, out ServiceDescriptor? descriptor))
            throw new CommandException($"the service type {type} is not known here; known are {string.Join(", ", InterfaceRegistry.ServiceNames)}");
        IMessage request = Parse(descriptor, json);

        await using ServiceClient client = session.Node.CreateClient(descriptor, service);
        if (!await client.WaitForServiceAsync(Discovery, cancellationToken).ConfigureAwait(false))
            throw new CommandException($"no server offers {client.Name} as {descriptor.Name}; ferros topics --services lists what is there");
        IMessage response;
        try
        {
            response = await client.CallAsync(request, TimeSpan.FromSeconds(timeout), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new CommandException(e.Message, e);
        }

        await output.WriteLineAsync(Encoding.UTF8.GetString(JsonText.Write(response, JsonMessageOptions.All))).ConfigureAwait(false);
        return ExitCodes.Success;
    }

    private static IMessage Parse(ServiceDescriptor descriptor, string json)
    {
        IMessage request = descriptor.Request.Create();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            request.ReadJson(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new CommandException($"the request is not JSON: {e.Message}", e);
        }
        catch (MessageJsonException e)
        {
            throw new CommandException($"the request does not fit {descriptor.Name}: {e.Message}", e);
        }

        return request;
    }
}
