using System.CommandLine;
using System.Globalization;
using FerRos.Ros2;
using FerRos.Ros2.Middleware;
using FerRos.Training.Commands;

namespace FerRos.Cli.Graph;

/// <summary><c>ferros topics</c> and <c>ferros nodes</c>: what is in the graph.</summary>
internal static class ListCommands
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);

    /// <summary>Creates <c>ferros topics</c>.</summary>
    public static Command CreateTopics(RosArguments arguments)
    {
        Option<MiddlewareKind> middleware = MiddlewareOption.Create();
        Option<bool> all = new("--all", "-a") { Description = "Show hidden topics, too: those with a part that begins with an underscore" };
        Option<bool> services = new("--services") { Description = "List services instead of topics" };
        Command command = new("topics", """
            List the topics of the graph: name, type, publishers, subscriptions.

            Example: ferros topics
            Example: ferros topics --services
            """)
        {
            middleware, all, services,
        };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            await using GraphSession session = GraphSession.Open("topics", arguments, parsed.GetValue(middleware), parsed.InvocationConfiguration.Error);
            await session.SettleAsync(Limit, cancellationToken).ConfigureAwait(false);
            bool hidden = parsed.GetValue(all);
            bool listServices = parsed.GetValue(services);
            IReadOnlyList<NameAndTypes> names = listServices ? session.Node.GetServiceNamesAndTypes() : session.Node.GetTopicNamesAndTypes();
            List<string[]> rows = [];
            foreach (NameAndTypes item in names.Where(n => hidden || !IsHidden(n.Name)))
            {
                string types = string.Join(", ", item.Types);
                rows.Add(listServices
                    ? [item.Name, types]
                    : [item.Name, types, Count(session.Node.GetPublishers(item.Name).Count, "publisher"), Count(session.Node.GetSubscriptions(item.Name).Count, "subscription")]);
            }

            if (rows.Count == 0) await output.WriteLineAsync($"no {(listServices ? "services" : "topics")} in domain {session.Domain}").ConfigureAwait(false);
            await WriteTableAsync(output, rows).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Creates <c>ferros nodes</c>.</summary>
    public static Command CreateNodes(RosArguments arguments)
    {
        Option<MiddlewareKind> middleware = MiddlewareOption.Create();
        Option<bool> all = new("--all", "-a") { Description = "Show hidden nodes, too: those whose name begins with an underscore" };
        Command command = new("nodes", """
            List the nodes of the graph.

            Example: ferros nodes
            """)
        {
            middleware, all,
        };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            await using GraphSession session = GraphSession.Open("nodes", arguments, parsed.GetValue(middleware), parsed.InvocationConfiguration.Error);
            await session.SettleAsync(Limit, cancellationToken).ConfigureAwait(false);
            bool hidden = parsed.GetValue(all);
            List<string> names = [.. session.Node.GetNodeNames().Select(n => n.FullName).Where(n => hidden || !IsHidden(n)).Order(StringComparer.Ordinal)];
            if (names.Count == 0) await output.WriteLineAsync($"no nodes in domain {session.Domain}").ConfigureAwait(false);
            foreach (IGrouping<string, string> name in names.GroupBy(n => n))
            {
                int count = name.Count();
                await output.WriteLineAsync(count == 1 ? name.Key : $"{name.Key}  ({count} nodes of this name: give one another with -r __node:=)").ConfigureAwait(false);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static bool IsHidden(string name) => name.Contains("/_", StringComparison.Ordinal);

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static async Task WriteTableAsync(TextWriter output, List<string[]> rows)
    {
        if (rows.Count == 0) return;
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).ConfigureAwait(false);
    }
}
