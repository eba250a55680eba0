using System.Text.Json;
using FerRos.Networks;
using FerRos.Networks.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Inference.Tests;

[Trait("Needs", "shared")]
public sealed class BlazeFaceTests
{
    [Theory]
    [InlineData("short_range", "blazeface-short-range", false)]
    [InlineData("short_range", "blazeface-short-range", true)]
    [InlineData("full_range", "blazeface-full-range", false)]
    [InlineData("full_range", "blazeface-full-range", true)]
    public void The_detectors_agree_with_TensorFlow_Lite(string golden, string model, bool reference)
    {
        const double Tolerance = 1e-3;
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Find("golden/blazeface.json")));
        var expected = document.RootElement.GetProperty(golden);
        var loaded = new ModelDirectory(Path.Combine(SharedFiles.RepositoryRoot, "models")).Load(model);
        using var runner = CpuRunner.Create(loaded.Network, loaded.Weights, new CpuRunnerOptions { Reference = reference });

        var input = GoldenFile.Uniform($"1/blazeface-{golden}/input").Take(loaded.Network.InputLength).Select(u => (float)((2 * u) - 1));
        runner.Run(input.ToArray());

        var regressors = runner.Output("regressors").ToArray();
        var boxes = expected.GetProperty("regressors");
        boxes.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())
            .ShouldBe(loaded.Network["regressors"].Shape.Dimensions(DataLayout.ChannelsLast));
        ((double)regressors.Average(Math.Abs)).ShouldBe(boxes.GetProperty("mean_abs").GetDouble(), Tolerance);
        foreach (var row in boxes.GetProperty("rows").EnumerateObject())
        {
            var first = int.Parse(row.Name, System.Globalization.CultureInfo.InvariantCulture) * 16;
            var column = 0;
            foreach (var value in row.Value.EnumerateArray())
                ((double)regressors[first + column++]).ShouldBe(value.GetDouble(), Tolerance, $"row {row.Name}");
        }

        var classifiers = runner.Output("classifiers").ToArray();
        var scores = expected.GetProperty("classifiers");
        ((double)classifiers.Average(Math.Abs)).ShouldBe(scores.GetProperty("mean_abs").GetDouble(), Tolerance);
        foreach (var (value, i) in Flat(scores.GetProperty("values")).Select((v, i) => (v, i)))
            ((double)classifiers[i]).ShouldBe(value, Tolerance, $"score {i}");
    }

    private static IEnumerable<double> Flat(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? element.EnumerateArray().SelectMany(Flat)
        : [element.GetDouble()];
}
