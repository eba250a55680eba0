using FerRos.Networks;

namespace FerRos.Inference.Benchmarks;

/// <summary>Weights that keep the size of values from layer to layer: times do not depend on them, as long as nothing overflows.</summary>
internal static class RandomWeights
{
    public static WeightSet For(NetworkGraph network)
    {
        var random = new Random(1);
        return new WeightSet(network.Parameters.Select(p => KeyValuePair.Create(p.Name, new WeightTensor(p.Shape, p.Role switch
        {
            ParameterRole.Kernel or ParameterRole.RecurrentKernel =>
                Values(p.Count, 0, MathF.Sqrt(6f / Math.Max(1, p.Count / p.Shape[^1])), random),
            ParameterRole.Gamma or ParameterRole.MovingVariance => Values(p.Count, 1, 0.3f, random),
            ParameterRole.Decay => Values(p.Count, 0.5f, 0.1f, random),
            _ => Values(p.Count, 0, 0.1f, random),
        }))));
    }

    public static float[] Values(int count, float middle, float spread, Random random)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = middle + (spread * ((2 * random.NextSingle()) - 1));
        return values;
    }
}
