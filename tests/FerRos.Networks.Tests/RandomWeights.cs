namespace FerRos.Networks.Tests;

/// <summary>Weights that keep the size of values from layer to layer.</summary>
internal static class RandomWeights
{
    internal static WeightSet For(NetworkGraph network, int seed = 1)
    {
        var random = new Random(seed);
        return new WeightSet(network.Parameters.Select(p =>
        {
            var values = new float[p.Count];
            var spread = p.Role is ParameterRole.Kernel or ParameterRole.RecurrentKernel
                ? Math.Sqrt(6.0 / (p.Count / p.Shape[^1])) : 0.2;
            var middle = p.Role is ParameterRole.Gamma or ParameterRole.MovingVariance ? 1 : p.Role is ParameterRole.Decay ? 0.5 : 0;
            foreach (ref var value in values.AsSpan())
                value = (float)(middle + (spread * ((2 * random.NextDouble()) - 1)));
            return KeyValuePair.Create(p.Name, new WeightTensor(p.Shape, values));
        }));
    }
}
