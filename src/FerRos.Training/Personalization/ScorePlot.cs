using System.Globalization;
using System.Text;

namespace FerRos.Training;

/// <summary>A line of a <see cref="ScorePlot"/>.</summary>
/// <param name="Name">Who or what it shows.</param>
/// <param name="Points">Numbers of labelled pictures per class, 0 or more and ascending, with the score at each, 0 to 1; NaN: not measured there.</param>
public sealed record ScoreLine(string Name, IReadOnlyList<(int Count, double Score)> Points)
{
    /// <summary>Whether the line is broken: what things are compared with.</summary>
    public bool IsDashed { get; init; }
}

/// <summary>Score against the number of labelled pictures: a thin line per person, thick lines for the means, as SVG.</summary>
public static class ScorePlot
{
    // So many people have a colour and a name each; more of them are one crowd.
    private const int MostNamed = 8;
    private const int LongestName = 18;
    private const int Width = 720;
    private const int Height = 420;
    private const int Left = 60;
    private const int Bottom = 50;
    private const int Top = 40;
    private const int Right = 170;
    private const double TickDistance = 24;
    private static readonly string[] MeanColors = ["#1b6ca8", "#888888", "#2e8b57", "#c0392b"];
    private static readonly string[] PersonColors = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#d55e00", "#8064a2", "#a6761d", "#7f7f7f"];

    /// <summary>Draws the plot. The distance between numbers of pictures is that of log(1 + number).</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="persons">A line per person; where there are more than eight, all have one colour, and a line's name is its tooltip.</param>
    /// <param name="means">Lines over all persons, at most four.</param>
    /// <returns>An SVG document.</returns>
    /// <exception cref="ArgumentException">There are more than four means.</exception>
    public static string Draw(string title, IReadOnlyList<ScoreLine> persons, IReadOnlyList<ScoreLine> means)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(persons);
        ArgumentNullException.ThrowIfNull(means);
        if (means.Count > MeanColors.Length)
            throw new ArgumentException($"{means.Count} means; at most {MeanColors.Length} can be told apart.", nameof(means));
        (int Count, double Score)[] points = [.. persons.Concat(means).SelectMany(l => l.Points).Where(p => double.IsFinite(p.Score))];
        int[] counts = [.. points.Select(p => p.Count).Distinct().Order()];
        var lowest = (int)Math.Floor(10 * points.Select(p => p.Score).Append(0.5).Min());
        var (first, last) = counts.Length == 0 ? (0, 0) : (Math.Log(1 + counts[0]), Math.Log(1 + counts[^1]));
        double X(int count) => Left + ((Width - Left - Right) * (last > first ? (Math.Log(1 + count) - first) / (last - first) : 0.5));
        double Y(double score) => Height - Bottom - ((Height - Bottom - Top) * (score - (lowest / 10.0)) / (1 - (lowest / 10.0)));

        var svg = Plots.Start(Width, Height);
        Plots.Text(svg, (Width - Right + Left) / 2.0, 20, title, "middle");
        Plots.Text(svg, (Width - Right + Left) / 2.0, Height - 12, "labelled pictures per class", "middle");
        for (var tenth = lowest; tenth <= 10; tenth++)
        {
            Line(svg, [(Left, Y(tenth / 10.0)), (Width - Right, Y(tenth / 10.0))], "#dddddd", 1);
            Plots.Text(svg, Left - 8, Y(tenth / 10.0) + 4, (tenth / 10.0).ToString("0.0", CultureInfo.InvariantCulture), "end");
        }

        foreach (var count in Ticks(counts, X))
            Plots.Text(svg, X(count), Height - Bottom + 18, count.ToString(CultureInfo.InvariantCulture), "middle");

        var named = persons.Count <= MostNamed;
        var legend = 0;
        for (var p = 0; p < persons.Count; p++)
            Curve(svg, persons[p], named ? PersonColors[p] : MeanColors[0], named ? 1.5 : 1, named ? 0.9 : 0.35, X, Y);
        for (var m = 0; m < means.Count; m++)
        {
            Curve(svg, means[m], MeanColors[m], 3, 1, X, Y);
            Entry(svg, legend++, means[m].Name, MeanColors[m], 3, means[m].IsDashed, 1);
        }

        for (var p = 0; p < persons.Count && named; p++)
            Entry(svg, legend++, persons[p].Name, PersonColors[p], 1.5, persons[p].IsDashed, 0.9);
        if (!named)
            Entry(svg, legend, "one person", MeanColors[0], 1, false, 0.35);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The numbers that have room for a label, round ones first.</summary>
    private static List<int> Ticks(int[] counts, Func<int, double> x)
    {
        var ticks = new List<int>();
        foreach (var count in counts.OrderBy(c => IsRound(c) ? 0 : 1).ThenBy(c => c))
        {
            if (ticks.TrueForAll(t => Math.Abs(x(t) - x(count)) >= TickDistance))
                ticks.Add(count);
        }

        return ticks;
    }

    /// <summary>Whether a number is 0, 1, 2 or 5, or one of these with zeros.</summary>
    private static bool IsRound(int count)
    {
        while (count > 0 && count % 10 == 0)
            count /= 10;
        return count is 0 or 1 or 2 or 5;
    }

    private static void Curve(StringBuilder svg, ScoreLine line, string color, double width, double opacity, Func<int, double> x, Func<double, double> y)
    {
        (double X, double Y)[] points = [.. line.Points.Where(p => double.IsFinite(p.Score)).Select(p => (x(p.Count), y(p.Score)))];
        if (points.Length == 0)
            return;
        Line(svg, points, color, width, line.IsDashed, opacity, line.Name);
        // A single point makes no line.
        foreach (var (px, py) in points)
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{px:0.#}\" cy=\"{py:0.#}\" r=\"{1 + width:0.#}\" fill=\"{color}\" fill-opacity=\"{opacity}\"/>\n");
    }

    private static void Entry(StringBuilder svg, int row, string name, string color, double width, bool isDashed, double opacity)
    {
        var y = Top + 10 + (20 * row);
        Line(svg, [(Width - Right + 12, y), (Width - Right + 36, y)], color, width, isDashed, opacity);
        Plots.Text(svg, Width - Right + 42, y + 4, name.Length <= LongestName ? name : name[..(LongestName - 3)] + "...", "start", color);
    }

    private static void Line(
        StringBuilder svg, IReadOnlyList<(double X, double Y)> points, string color, double width, bool isDashed = false, double opacity = 1, string name = "")
    {
        var places = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")));
        var dash = isDashed ? " stroke-dasharray=\"6 4\"" : "";
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{places}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"{dash} stroke-opacity=\"{opacity}\"");
        svg.Append(name.Length == 0 ? "/>\n" : $"><title>{System.Net.WebUtility.HtmlEncode(name)}</title></polyline>\n");
    }
}
