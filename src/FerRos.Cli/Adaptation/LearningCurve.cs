using FerRos.Training;

namespace FerRos.Cli.Adaptation;

/// <summary>How scores grow with the number of labelled pictures.</summary>
internal static class LearningCurve
{
    /// <summary>The name of the line over all persons.</summary>
    public const string Mean = "mean";

    /// <summary>The numbers of pictures per expression at which a person is measured: 0, 1, 2, 5, 10, 20, 50 ... and all that there are.</summary>
    /// <param name="most">Pictures that there are of the expression with most.</param>
    public static IReadOnlyList<int> Counts(int most)
    {
        List<int> counts = [0];
        for (long unit = 1; unit < most; unit *= 10)
        {
            foreach (long count in new[] { unit, 2 * unit, 5 * unit })
            {
                if (count < most) counts.Add((int)count);
            }
        }

        if (most > 0) counts.Add(most);
        return counts;
    }

    /// <summary>The plot: a line per person and, where there are several, their mean.</summary>
    /// <param name="model">The network.</param>
    /// <param name="persons">The persons who could be measured.</param>
    /// <returns>An SVG document.</returns>
    public static string Plot(string model, IReadOnlyList<ScoreLine> persons) =>
        ScorePlot.Draw($"{model}: balanced accuracy on each person's other pictures", persons, persons.Count > 1 ? [MeanOf(persons)] : []);

    /// <summary>The mean of all persons at every number of pictures; of who has fewer, with all that there are.</summary>
    internal static ScoreLine MeanOf(IReadOnlyList<ScoreLine> persons)
    {
        IReadOnlyList<int> counts = Counts(persons.Max(person => person.Points[^1].Count));
        return new ScoreLine(Mean, [.. counts.Select(count => (count, persons.Average(person => person.Points.Last(point => point.Count <= count).Score)))]);
    }
}
