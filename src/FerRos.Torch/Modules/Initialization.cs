using System.Collections.Immutable;
using FerRos.Networks;

namespace FerRos.Torch;

/// <summary>First weights. Made in managed code, so that a seed means the same with every libtorch.</summary>
internal static class Initialization
{
    internal static WeightSet Create(NetworkGraph network, int seed, bool he)
    {
        // The seeded generator of .NET is fixed for good; the unseeded one is not.
        var random = new Random(seed);
        return new WeightSet(network.Layers.SelectMany(
            l => l.Parameters, (layer, p) => KeyValuePair.Create(p.Name, new WeightTensor(p.Shape, Values(layer, p, random, he)))));
    }

    private static float[] Values(Layer layer, Parameter parameter, Random random, bool he)
    {
        var values = new float[parameter.Count];
        switch (parameter.Role)
        {
            case ParameterRole.Kernel:
                var (fanIn, fanOut) = Fans(parameter.Shape);

                // He et al. 2015: variance 2 / fanIn; Glorot and Bengio 2010: variance 2 / (fanIn + fanOut).
                var limit = Math.Sqrt(6 / (he ? fanIn : fanIn + fanOut));
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)(((2 * random.NextDouble()) - 1) * limit);
                break;
            case ParameterRole.RecurrentKernel:
                Orthogonal(values, parameter.Shape[0], parameter.Shape[1], random);
                break;
            case ParameterRole.Gamma or ParameterRole.MovingVariance:
                values.AsSpan().Fill(1);
                break;
            case ParameterRole.Decay:
                values.AsSpan().Fill(0.5f);
                break;
            case ParameterRole.Bias when layer.Operation is Lstm lstm:
                values.AsSpan(lstm.Units, lstm.Units).Fill(1);
                break;
            default:
                break;
        }

        return values;
    }

    /// <summary>Keras's: the window's area times the channels on either side. A depthwise kernel's are (area x channels, area).</summary>
    private static (double In, double Out) Fans(ImmutableArray<int> shape)
    {
        double area = shape.Take(shape.Length - 2).Aggregate(1, (a, b) => a * b);
        return (area * shape[^2], area * shape[^1]);
    }

    /// <summary>Rows of length 1 that are at right angles to each other (Saxe et al. 2014), by Gram and Schmidt.</summary>
    private static void Orthogonal(float[] values, int rows, int columns, Random random)
    {
        var basis = new double[rows][];
        for (var r = 0; r < rows; r++)
        {
            var row = basis[r] = new double[columns];
            for (var c = 0; c < columns; c++)
                row[c] = Normal(random);

            // Twice, because once loses digits.
            for (var pass = 0; pass < 2; pass++)
            {
                for (var before = 0; before < r; before++)
                {
                    var dot = row.Zip(basis[before], (a, b) => a * b).Sum();
                    for (var c = 0; c < columns; c++)
                        row[c] -= dot * basis[before][c];
                }
            }

            var length = Math.Sqrt(row.Sum(v => v * v));
            for (var c = 0; c < columns; c++)
            {
                row[c] /= length;
                values[(r * columns) + c] = (float)row[c];
            }
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
