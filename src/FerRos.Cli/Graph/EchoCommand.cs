using System.CommandLine;
using System.Text.Json;
using System.Threading.Channels;
using FerRos.Ros2;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Json;
using FerRos.Ros2.Middleware;
using FerRos.Training.Commands;

namespace FerRos.Cli.Graph;

/// <summary><c>ferros echo</c>: prints the messages of a topic.</summary>
internal static class EchoCommand
{
    private static readonly TimeSpan Discovery = TimeSpan.FromSeconds(5);

    /// <summary>Creates the command.</summary>
    public static Command Create(RosArguments arguments)
    {
        Argument<string> topic = new("topic") { Description = "Topic", HelpName = "TOPIC" };
        Argument<string?> type = new("type") { Description = "Message type, such as sensor_msgs/msg/Image; without it, the one in use on the topic", HelpName = "TYPE", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = new("--json") { Description = "Print a JSON object a message and line" };
        Option<bool> all = new("--all") { Description = "Print arrays of octets, such as pixels, whole" };
        Option<int?> count = new("--count", "-n") { Description = "End after so many messages" };
        Option<double?> timeout = new("--timeout") { Description = "End, with exit code 1, when no message came for so many seconds" };
        Option<MiddlewareKind> middleware = MiddlewareOption.Create();
        Command command = new("echo", """
            Print the messages of a topic.

            Example: ferros echo /ferros/affect --json --count 1
            """)
        {
            topic, type, json, all, count, timeout, middleware,
        };
        command.SetGuardedAction((parsed, cancellationToken) => RunAsync(
            new EchoOptions(
                parsed.GetValue(topic)!,
                parsed.GetValue(type),
                parsed.GetValue(json),
                parsed.GetValue(all),
                parsed.GetValue(count),
                parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan,
                parsed.GetValue(middleware)),
            arguments,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(EchoOptions options, RosArguments arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (options.Count is <= 0) throw new CommandException($"--count {options.Count}: at least 1");
        await using GraphSession session = GraphSession.Open("echo", arguments, options.Middleware, error);
        RosNode node = session.Node;
        string topic = node.ResolveTopic(options.Topic);
        MessageDescriptor descriptor = await FindTypeAsync(node, topic, options.Type, cancellationToken).ConfigureAwait(false);
        QosProfile qos = GraphSession.MatchingQos(node.GetPublishers(topic));
        JsonMessageOptions format = options.All ? JsonMessageOptions.All : JsonMessageOptions.WithoutData;

        // A slow terminal must not hold up the middleware: it falls behind and says so.
        Channel<byte[]> lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        IMessage message = descriptor.Create();
        await using Subscription subscription = node.CreateSerializedSubscription(descriptor.Interface, topic, qos, (in ReceivedSample sample, in MessageInfo _) =>
        {
            CdrReader reader = new(sample.Cdr);
            message.Read(ref reader);
            lines.Writer.TryWrite(JsonText.Write(message, format));
        });

        for (int printed = 0; options.Count is not { } count || printed < count; printed++)
        {
            byte[] line;
            try
            {
                line = await lines.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(options.Timeout, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await error.WriteLineAsync($"ferros echo: no message on {topic} for {options.Timeout.TotalSeconds:0.###} s").ConfigureAwait(false);
                return 1;
            }

            await output.WriteLineAsync(options.Json ? System.Text.Encoding.UTF8.GetString(line) : JsonText.ToYaml(line) + "---").ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }

    private static async Task<MessageDescriptor> FindTypeAsync(RosNode node, string topic, string? type, CancellationToken cancellationToken)
    {
        if (type is null)
        {
            NameAndTypes found = await GraphSession.WaitForAsync(
                    () => node.GetTopicNamesAndTypes().FirstOrDefault(t => t.Name == topic && t.Types.Count > 0), Discovery, cancellationToken).ConfigureAwait(false)
                ?? throw new CommandException($"nobody publishes {topic}; give its type to wait for it: ferros echo {topic} TYPE (ferros topics lists what is there)");
            type = found.Types.FirstOrDefault(t => InterfaceRegistry.TryGetMessage(t, out _)) ?? found.Types[0];
        }

        return InterfaceRegistry.TryGetMessage(type, out MessageDescriptor? descriptor)
            ? descriptor
            : throw new CommandException($"the type {type} is not known here; known are {string.Join(", ", Near(type))}");
    }

    /// <summary>Known types of the same package, or else all packages.</summary>
    private static IEnumerable<string> Near(string type)
    {
        string package = type.Split('/')[0];
        List<string> same = [.. InterfaceRegistry.MessageNames.Where(n => n.StartsWith(package + "/", StringComparison.Ordinal))];
        return same.Count > 0 ? same : InterfaceRegistry.MessageNames.Select(n => n.Split('/')[0] + "/...").Distinct();
    }

    private sealed record EchoOptions(
        string Topic, string? Type, bool Json, bool All, int? Count, TimeSpan Timeout, MiddlewareKind Middleware);
}
