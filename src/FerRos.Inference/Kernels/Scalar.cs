using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Activations that are no mere limits, value by value: they occur on short vectors only.</summary>
internal static class Scalar
{
    public static float Activate(float x, Activation activation) => activation switch
    {
        Activation.Relu => MathF.Max(x, 0),
        Activation.Relu6 => Math.Clamp(x, 0, 6),
        Activation.Sigmoid => 1 / (1 + MathF.Exp(-x)),
        Activation.Tanh => MathF.Tanh(x),
        _ => x,
    };

    /// <summary>Softmax over each row of so many columns.</summary>
    public static void Softmax(ReadOnlySpan<float> x, Span<float> y, int columns)
    {
        for (var i = 0; i < x.Length; i += columns)
        {
            var from = x.Slice(i, columns);
            var to = y.Slice(i, columns);
            var largest = float.NegativeInfinity;
            foreach (var value in from)
                largest = MathF.Max(largest, value);
            var sum = 0f;
            for (var j = 0; j < columns; j++)
                sum += to[j] = MathF.Exp(from[j] - largest);
            foreach (ref var value in to)
                value /= sum;
        }
    }
}
