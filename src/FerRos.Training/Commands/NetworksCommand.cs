using System.CommandLine;
using System.Globalization;
using FerRos.Networks;

namespace FerRos.Training.Commands;

/// <summary><c>ferros networks</c>: the zoo as a table.</summary>
public static class NetworksCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var notes = new Option<bool>("--notes") { Description = "Also say where a publication is silent, or differs from itself or its code" };
        var command = new Command("networks", "List the networks: parameters, multiply-accumulates, input, outputs, source.\n\nExample: ferros networks --notes") { notes };
        command.SetGuarded(async (parsed, _) =>
        {
            await parsed.InvocationConfiguration.Output.WriteAsync(Table(parsed.GetValue(notes))).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    internal static string Table(bool notes)
    {
        var rows = Zoo.Entries.Select(entry =>
        {
            var network = Zoo.Create(entry.Name);
            var cost = NetworkCost.Of(network);
            var input = network.SequenceLength > 0 ? $"{network.SequenceLength} x {network.InputShape}" : network.InputShape.ToString();
            return (Entry: entry, Cells: new[]
            {
                entry.Name, Number(network.ParameterCount), Number(network.TrainableCount), Number(cost.MultiplyAccumulatesPerFrame), input,
                string.Join(", ", network.Outputs.Select(o => $"{o} {network[o].Shape.Count}")), entry.Source,
            });
        }).ToArray();
        string[] head = ["network", "parameters", "trainable", "MACs/frame", "input", "outputs", "source"];
        var widths = head.Select((h, c) => Math.Max(h.Length, rows.Max(r => r.Cells[c].Length))).ToArray();
        string Line(string[] cells) => string.Join("  ", cells.Select((cell, c) => c is >= 1 and <= 3 ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd();
        var lines = new List<string> { Line(head) };
        foreach (var (entry, cells) in rows)
        {
            lines.Add(Line(cells));
            if (notes && entry.Notes.Length > 0)
                lines.Add($"    {entry.Notes}");
        }

        return string.Join('\n', lines) + "\n";
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
