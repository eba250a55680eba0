using System.Globalization;
using System.Net;
using System.Text;

namespace FerRos.Training;

/// <summary>Plots as SVG, which every browser shows and which needs no library.</summary>
internal static class Plots
{
    private const int Width = 760;
    private const int Height = 320;
    private const int Left = 60;
    private const int Bottom = 40;
    private static readonly string[] Colors = ["#1b6ca8", "#c0392b", "#2e8b57"];

    /// <summary>Losses on the left, scores on the right, over the epochs.</summary>
    internal static string LearningCurves(IReadOnlyList<EpochResult> epochs)
    {
        var svg = Start(2 * Width, Height);
        Curves(svg, 0, "loss", epochs, ("training", e => e.TrainLoss), ("held back", e => e.HeldLoss));
        Curves(svg, Width, "score", epochs, ("training", e => e.TrainAccuracy), ("held back", e => e.HeldScore), ("held back, average", e => e.AverageScore));
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>A matrix of counts; the shade is the share of the row.</summary>
    internal static string Confusion(EvaluationResult result)
    {
        const int Cell = 64, Margin = 110;
        var n = result.Classes.Length;
        var svg = Start(Margin + (n * Cell) + 20, Margin + (n * Cell) + 20);
        Text(svg, Margin + (n * Cell / 2.0), 20, "prediction", "middle");
        for (var i = 0; i < n; i++)
        {
            var sum = Math.Max(1, result.Confusion[i].Sum());
            Text(svg, Margin - 8, Margin + ((i + 0.55) * Cell), result.Classes[i].Class, "end");
            Text(svg, Margin + ((i + 0.5) * Cell), Margin - 10, result.Classes[i].Class, "middle");
            for (var j = 0; j < n; j++)
            {
                var share = (double)result.Confusion[i][j] / sum;
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect x=\"{Margin + (j * Cell)}\" y=\"{Margin + (i * Cell)}\" width=\"{Cell}\" height=\"{Cell}\" fill=\"#1b6ca8\" fill-opacity=\"{share:0.###}\" stroke=\"#999\"/>\n");
                Text(
                    svg, Margin + ((j + 0.5) * Cell), Margin + ((i + 0.55) * Cell), result.Confusion[i][j].ToString(CultureInfo.InvariantCulture), "middle",
                    share > 0.5 ? "#fff" : "#222");
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Begins a white page.</summary>
    internal static StringBuilder Start(int width, int height) => new StringBuilder().Append(
        CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");

    /// <summary>Writes a word.</summary>
    internal static void Text(StringBuilder svg, double x, double y, string text, string anchor, string color = "#222") => svg.Append(
        CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" fill=\"{color}\">{WebUtility.HtmlEncode(text)}</text>\n");

    private static void Curves(
        StringBuilder svg, int offset, string title, IReadOnlyList<EpochResult> epochs, params ReadOnlySpan<(string Name, Func<EpochResult, double> Of)> curves)
    {
        var values = new List<double>();
        foreach (var (_, of) in curves)
            values.AddRange(epochs.Select(of).Where(double.IsFinite));
        var (low, high) = values.Count == 0 ? (0, 1) : (values.Min(), values.Max());
        if (high - low < 1e-9)
            (low, high) = (low - 0.5, high + 0.5);
        double X(int epoch) => offset + Left + ((Width - Left - 20.0) * (epochs.Count <= 1 ? 0.5 : (epoch - 1.0) / (epochs.Count - 1)));
        double Y(double value) => Height - Bottom - ((Height - Bottom - 30.0) * (value - low) / (high - low));

        Text(svg, offset + (Width / 2.0), 18, title, "middle");
        Text(svg, offset + (Width / 2.0), Height - 6, "epoch", "middle");
        for (var tick = 0; tick <= 4; tick++)
        {
            var value = low + ((high - low) * tick / 4);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line x1=\"{offset + Left}\" y1=\"{Y(value):0.#}\" x2=\"{offset + Width - 20}\" y2=\"{Y(value):0.#}\" stroke=\"#ddd\"/>\n");
            Text(svg, offset + Left - 6, Y(value) + 4, value.ToString("0.###", CultureInfo.InvariantCulture), "end");
        }

        foreach (var epoch in epochs.Where(e => e.Epoch == 1 || e.Epoch == epochs.Count || e.Epoch % Math.Max(1, epochs.Count / 8) == 0))
            Text(svg, X(epoch.Epoch), Height - Bottom + 16, epoch.Epoch.ToString(CultureInfo.InvariantCulture), "middle");
        for (var c = 0; c < curves.Length; c++)
        {
            var of = curves[c].Of;
            var points = epochs.Where(e => double.IsFinite(of(e))).ToArray();
            if (points.Length == 0)
                continue;
            var line = string.Join(' ', points.Select(e => string.Create(CultureInfo.InvariantCulture, $"{X(e.Epoch):0.#},{Y(of(e)):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"{Colors[c]}\" stroke-width=\"2\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(points[^1].Epoch):0.#}\" cy=\"{Y(of(points[^1])):0.#}\" r=\"3\" fill=\"{Colors[c]}\"/>\n");
            Text(svg, offset + Width - 30, 36 + (16 * c), curves[c].Name, "end", Colors[c]);
        }
    }
}
