using System.Globalization;
using System.Text;

namespace FerRos.Training;

/// <summary>A run's epochs as a table and a picture: <c>history.csv</c>, <c>learning-curves.svg</c>.</summary>
internal static class History
{
    internal static void Write(string folder, IReadOnlyList<EpochResult> epochs)
    {
        var text = new StringBuilder("epoch,rate,train_loss,train_accuracy,held_loss,held_score,average_score,seconds\n");
        foreach (var e in epochs)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{e.Epoch},{e.Rate:g6},{e.TrainLoss:g6},{Cell(e.TrainAccuracy)},{e.HeldLoss:g6},{Cell(e.HeldScore)},{Cell(e.AverageScore)},{e.Seconds:0.0}\n");
        }

        File.WriteAllText(Path.Combine(folder, "history.csv"), text.ToString());
        File.WriteAllText(Path.Combine(folder, "learning-curves.svg"), Plots.LearningCurves(epochs));
    }

    /// <summary>An empty cell where there is no number.</summary>
    private static string Cell(double value) => double.IsNaN(value) ? "" : value.ToString("g6", CultureInfo.InvariantCulture);
}
