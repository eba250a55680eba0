using System.Text.Json;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public class MetricsTests
{
    // Worked by hand: class 0: 3 right of 4, class 1: 2 of 3, class 2: never there, never predicted.
    private static readonly int[,] Confusion = { { 3, 1, 0 }, { 1, 2, 0 }, { 0, 0, 0 } };

    [Fact]
    public void Accuracy_and_F1_are_those_worked_by_hand()
    {
        Metrics.Accuracy(Confusion).ShouldBe(5.0 / 7, 1e-12);
        Metrics.OfClass(Confusion, 0).ShouldBe((0.75, 0.75, 0.75));
        var (precision, recall, f1) = Metrics.OfClass(Confusion, 1);
        precision.ShouldBe(2.0 / 3, 1e-12);
        recall.ShouldBe(2.0 / 3, 1e-12);
        f1.ShouldBe(2.0 / 3, 1e-12);
        double.IsNaN(Metrics.OfClass(Confusion, 2).F1).ShouldBeTrue();
        Metrics.MacroF1(Confusion).ShouldBe((0.75 + (2.0 / 3)) / 2, 1e-12);
    }

    [Fact]
    public void A_class_that_is_there_but_never_found_counts_with_F1_zero()
    {
        int[,] counts = { { 5, 0 }, { 2, 0 } };
        Metrics.MacroF1(counts).ShouldBe(((10.0 / 12) + 0) / 2, 1e-12);
    }

    [Fact]
    public void Concordance_punishes_offset_and_scale_where_correlation_does_not()
    {
        float[] x = [1, 2, 3];
        Metrics.Ccc(x, x).ShouldBe(1, 1e-12);
        Metrics.Ccc(x, [3, 2, 1]).ShouldBe(-1, 1e-12);

        // Means 2 and 3, variances and covariance 2/3: 2 (2/3) / (4/3 + 1) = 4/7.
        Metrics.Ccc(x, [2, 3, 4]).ShouldBe(4.0 / 7, 1e-12);

        // Means 2 and 4, variances 2/3 and 8/3, covariance 4/3: (8/3) / (10/3 + 4) = 4/11.
        Metrics.Ccc(x, [2, 4, 6]).ShouldBe(4.0 / 11, 1e-12);
        Metrics.Ccc(x, [2, 2, 2]).ShouldBe(0, 1e-12);
        double.IsNaN(Metrics.Ccc([1], [1])).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => Metrics.Ccc(x, [1, 2]));
    }

    [Fact]
    public void Calibration_is_the_weighted_distance_of_confidence_and_accuracy()
    {
        // Two bins of ten: (0.9, 0.9: one right, one wrong: |0.9 - 0.5|), (0.55: right: |0.55 - 1|).
        Metrics.CalibrationError([0.85f, 0.85f, 0.55f], [true, false, true], 10).ShouldBe(((2 * 0.35) + 0.45) / 3, 1e-6);
        Metrics.CalibrationError([1, 1], [true, true]).ShouldBe(0, 1e-12);
    }

    [Fact]
    public void The_bootstrap_of_a_share_has_the_width_of_the_binomial()
    {
        // 400 of 500: standard error sqrt(0.8 * 0.2 / 500) = 0.0179; 1.96 of them on either side.
        var (low, high) = Metrics.Bootstrap(500, drawn => drawn.Average(i => i < 400 ? 1.0 : 0), draws: 2000, seed: 3);
        low.ShouldBe(0.8 - 0.0351, 0.004);
        high.ShouldBe(0.8 + 0.0351, 0.004);
        Metrics.Bootstrap(500, drawn => drawn.Average(i => i < 400 ? 1.0 : 0), draws: 2000, seed: 3).ShouldBe((low, high));
    }

    [Fact]
    public void Predictions_are_measured_against_labels()
    {
        var dataset = Faces.Stripes(4);
        var predictions = new Predictions(4, 2, affect: true);
        float[] sure = [0.8f, 0.4f, 0.6f, 0.3f]; // for class 0; labels 0, 1, 0, 1
        for (var i = 0; i < 4; i++)
        {
            (predictions.Of(i)[0], predictions.Of(i)[1]) = (sure[i], 1 - sure[i]);
            (predictions.Arousal![i], predictions.Valence![i]) = (dataset.Samples[i].Arousal, -dataset.Samples[i].Valence);
        }

        var result = predictions.Measure(dataset, "test", draws: 100);
        result.Accuracy!.Value.ShouldBe(1);
        result.MacroF1!.Value.ShouldBe(1);
        result.ArousalCcc!.Value.ShouldBe(1, 1e-6);
        result.ValenceCcc!.Value.ShouldBeLessThan(0);
        result.CalibrationError!.Value.ShouldBe((0.2 + 0.4 + 0.4 + 0.3) / 4, 1e-6);

        // Targets are (0.9, 0.1) and (0, 1).
        var expected = -((0.9 * Math.Log(0.8)) + (0.1 * Math.Log(0.2)) + Math.Log(0.6) + (0.9 * Math.Log(0.6)) + (0.1 * Math.Log(0.4)) + Math.Log(0.7)) / 4;
        result.CrossEntropy!.Value.ShouldBe(expected, 1e-6);
        result.Classes[0].Samples.ShouldBe(2);
        result.Confusion[1].ShouldBe([0, 2]);
    }

    [Fact]
    public void Json_has_null_where_there_is_no_number()
    {
        var dataset = Faces.Stripes(4);
        var predictions = new Predictions(4, 2, affect: false);
        for (var i = 0; i < 4; i++)
            predictions.Of(i)[0] = 1;
        using var json = JsonDocument.Parse(predictions.Measure(dataset, "test", draws: 0).ToJson());
        json.RootElement.GetProperty("accuracy").GetProperty("value").GetDouble().ShouldBe(0.5);
        json.RootElement.GetProperty("accuracy").GetProperty("low").ValueKind.ShouldBe(JsonValueKind.Null);
        json.RootElement.GetProperty("classes")[1].GetProperty("precision").ValueKind.ShouldBe(JsonValueKind.Null);
        json.RootElement.TryGetProperty("arousalCcc", out _).ShouldBeFalse();
    }
}
