namespace FerRos.Training;

/// <summary>Measures of predictions against labels. All arrays run over the same samples.</summary>
public static class Metrics
{
    /// <summary>Share of samples whose predicted class is the label.</summary>
    /// <param name="confusion">Counts: rows are labels, columns predictions.</param>
    /// <returns>0 to 1; NaN without samples.</returns>
    public static double Accuracy(int[,] confusion)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        double right = 0, all = 0;
        for (var i = 0; i < confusion.GetLength(0); i++)
        {
            for (var j = 0; j < confusion.GetLength(1); j++)
            {
                all += confusion[i, j];
                right += i == j ? confusion[i, j] : 0;
            }
        }

        return right / all;
    }

    /// <summary>Precision, recall and F1 of one class; F1 is NaN where the class was neither there nor predicted.</summary>
    public static (double Precision, double Recall, double F1) OfClass(int[,] confusion, int index)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        double hit = confusion[index, index], labelled = 0, predicted = 0;
        for (var i = 0; i < confusion.GetLength(0); i++)
        {
            labelled += confusion[index, i];
            predicted += confusion[i, index];
        }

        return (hit / predicted, hit / labelled, 2 * hit / (labelled + predicted));
    }

    /// <summary>Mean F1 of the classes that are there or were predicted.</summary>
    public static double MacroF1(int[,] confusion)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        var scores = Enumerable.Range(0, confusion.GetLength(0)).Select(c => OfClass(confusion, c).F1).Where(f => !double.IsNaN(f)).ToArray();
        return scores.Length == 0 ? double.NaN : scores.Average();
    }

    /// <summary>
    /// Concordance correlation coefficient (Lin 1989): 2 cov / (var x + var y + (mean x - mean y)^2), with the moments
    /// over all samples (divided by their number), as the challenges on affect do.
    /// </summary>
    /// <returns>-1 to 1; NaN with fewer than two samples, or where both are constant and equal.</returns>
    public static double Ccc(ReadOnlySpan<float> labels, ReadOnlySpan<float> predictions)
    {
        if (labels.Length != predictions.Length)
            throw new ArgumentException($"{labels.Length} labels and {predictions.Length} predictions", nameof(predictions));
        if (labels.Length < 2)
            return double.NaN;
        double meanX = 0, meanY = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            meanX += labels[i];
            meanY += predictions[i];
        }

        meanX /= labels.Length;
        meanY /= labels.Length;
        double varX = 0, varY = 0, covariance = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            varX += (labels[i] - meanX) * (labels[i] - meanX);
            varY += (predictions[i] - meanY) * (predictions[i] - meanY);
            covariance += (labels[i] - meanX) * (predictions[i] - meanY);
        }

        var apart = (meanX - meanY) * (meanX - meanY) * labels.Length;
        return 2 * covariance / (varX + varY + apart);
    }

    /// <summary>
    /// Expected calibration error (Guo et al. 2017): over bins of equal width of the winner's probability, the mean
    /// distance between probability and accuracy, weighted by the bins' samples.
    /// </summary>
    /// <param name="confidences">The winner's probability, 0 to 1.</param>
    /// <param name="right">Whether the winner is the label.</param>
    /// <param name="bins">Number of bins.</param>
    public static double CalibrationError(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> right, int bins = 15)
    {
        if (confidences.Length != right.Length)
            throw new ArgumentException($"{confidences.Length} confidences and {right.Length} outcomes", nameof(right));
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var sums = new double[bins];
        var hits = new double[bins];
        for (var i = 0; i < confidences.Length; i++)
        {
            // Bins are open below and closed above, as in the paper.
            var bin = Math.Clamp((int)Math.Ceiling(confidences[i] * bins) - 1, 0, bins - 1);
            sums[bin] += confidences[i];
            hits[bin] += right[i] ? 1 : 0;
        }

        return sums.Zip(hits, (s, h) => Math.Abs(s - h)).Sum() / confidences.Length;
    }

    /// <summary>
    /// 95 % interval of a measure by the bootstrap (Efron 1979): the 2.5th and 97.5th percentile over samples drawn
    /// with replacement.
    /// </summary>
    /// <param name="count">Number of samples.</param>
    /// <param name="measure">The measure of the samples with these indices.</param>
    /// <param name="draws">Number of draws.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    public static (double Low, double High) Bootstrap(int count, Func<int[], double> measure, int draws = 1000, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(measure);
        var random = new Random(seed);
        var indices = new int[count];
        var values = new List<double>(draws);
        for (var d = 0; d < draws; d++)
        {
            for (var i = 0; i < count; i++)
                indices[i] = random.Next(count);
            var value = measure(indices);
            if (!double.IsNaN(value))
                values.Add(value);
        }

        if (values.Count == 0)
            return (double.NaN, double.NaN);
        values.Sort();
        return (Percentile(values, 0.025), Percentile(values, 0.975));
    }

    private static double Percentile(List<double> sorted, double share)
    {
        var position = share * (sorted.Count - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
