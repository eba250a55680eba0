using System.Globalization;
using System.Text;

namespace FerRos.Networks;

/// <summary>A network as a table for people, like Keras's <c>model.summary()</c>.</summary>
public static class NetworkSummary
{
    /// <summary>The table: each layer with its kind, output shape, parameters, multiply-accumulates and inputs; then the totals.</summary>
    public static string Of(NetworkGraph network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var cost = NetworkCost.Of(network);
        string[][] rows =
        [
            ["Layer", "Kind", "Output", "Parameters", "MACs", "Takes"],
            .. cost.ByLayer.Select(l => new[]
            {
                l.Layer.Name,
                l.Layer.PerStep && l.Layer.Operation is not Input ? $"TimeDistributed({l.Layer.Operation.Kind})" : l.Layer.Operation.Kind,
                OutputOf(network, l.Layer),
                Number(l.Layer.Parameters.Sum(p => (long)p.Count)),
                Number(l.MultiplyAccumulates),
                string.Join(", ", l.Layer.Inputs),
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Network {network.Name}");
        for (var r = 0; r < rows.Length; r++)
        {
            var cells = rows[r].Select((cell, c) => c is 3 or 4 ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
            if (r == 0)
                text.AppendLine(new string('-', widths.Sum() + (2 * (widths.Length - 1))));
        }

        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Total parameters: {Number(network.ParameterCount)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Trainable parameters: {Number(network.TrainableCount)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Non-trainable parameters: {Number(network.ParameterCount - network.TrainableCount)}");
        text.Append(CultureInfo.InvariantCulture, $"Multiply-accumulates: {Number(cost.MultiplyAccumulates)}");
        if (network.SequenceLength > 0)
            text.Append(CultureInfo.InvariantCulture, $" ({Number(cost.MultiplyAccumulatesPerFrame)} for each new frame)");
        text.AppendLine();
        return text.ToString();
    }

    private static string OutputOf(NetworkGraph network, Layer layer)
    {
        IEnumerable<int> axes = layer.Shape.Dimensions(network.Layout);
        return $"({string.Join(", ", layer.PerStep ? axes.Prepend(network.SequenceLength) : axes)})";
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
