using Shouldly;
using Xunit;

namespace FerRos.Networks.Tests;

/// <summary>The graphs' tensors against the reference file's list, made by Keras.</summary>
[Trait("Needs", "shared")]
public sealed class KnownWeightsTests
{
    [Fact]
    public void Names_shapes_order_and_counts_of_all_weights_are_Kerass()
    {
        var golden = GoldenFile.Load();
        foreach (var name in golden.Models)
        {
            var (model, network) = (golden.Model(name), golden.Network(name));
            network.ParameterCount.ShouldBe(model.GetProperty("parameters").GetInt64(), name);
            network.TrainableCount.ShouldBe(model.GetProperty("trainable").GetInt64(), name);
            var expected = model.GetProperty("tensors").EnumerateArray()
                .Select(t => $"{t.GetProperty("name").GetString()} [{string.Join(", ", t.GetProperty("shape").EnumerateArray())}]");
            network.Parameters.Select(p => $"{p.Name} [{string.Join(", ", p.Shape)}]").Order(StringComparer.Ordinal)
                .ShouldBe(expected.Order(StringComparer.Ordinal), name);
        }
    }

    [Fact]
    public void The_generator_gives_the_values_that_the_file_shows()
    {
        var golden = GoldenFile.Load();
        foreach (var name in golden.Models)
        {
            var weights = golden.Weights(name, golden.Network(name));
            foreach (var tensor in golden.Model(name).GetProperty("tensors").EnumerateArray())
            {
                var expected = tensor.GetProperty("first").EnumerateArray().Select(v => v.GetDouble()).ToArray();
                for (var i = 0; i < expected.Length; i++)
                    ((double)weights[tensor.GetProperty("name").GetString()!].Values[i]).ShouldBe(expected[i], 1e-6);
            }
        }
    }
}
