namespace FerRos.Networks;

/// <summary>A function applied to every value (softmax: over the last axis).</summary>
public enum Activation
{
    /// <summary>None: x.</summary>
    Linear,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>tanh(x).</summary>
    Tanh,

    /// <summary>exp(x) divided by the sum of all exp, over the last axis.</summary>
    Softmax,
}
