using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>What a parameter is for; initialisers and training go by it.</summary>
public enum ParameterRole
{
    /// <summary>Weights of a convolution, dense or recurrent layer.</summary>
    Kernel,

    /// <summary>Weights from an LSTM's last state to its gates.</summary>
    RecurrentKernel,

    /// <summary>Added to the output; starts at 0.</summary>
    Bias,

    /// <summary>Scale of a batch normalisation; starts at 1.</summary>
    Gamma,

    /// <summary>Offset of a batch normalisation; starts at 0.</summary>
    Beta,

    /// <summary>Running mean of a batch normalisation; not trained.</summary>
    MovingMean,

    /// <summary>Running variance of a batch normalisation; not trained.</summary>
    MovingVariance,

    /// <summary>Passive decay of a shunting inhibition; starts at 0.5.</summary>
    Decay,
}

/// <summary>A tensor of weights that a layer needs.</summary>
/// <param name="Name">Within its layer: <c>kernel</c>, <c>bias</c>; with it: <c>conv1/kernel</c>.</param>
/// <param name="Shape">Keras's: kernels height, width, in, out; dense in, out; LSTM in, 4 x units (input, forget, cell, output).</param>
/// <param name="Role">What it is for.</param>
public sealed record Parameter(string Name, ImmutableArray<int> Shape, ParameterRole Role)
{
    /// <summary>Whether gradient descent changes it.</summary>
    public bool Trainable => Role is not (ParameterRole.MovingMean or ParameterRole.MovingVariance);

    /// <summary>Number of values.</summary>
    public int Count => Shape.Aggregate(1, (product, length) => checked(product * length));
}

/// <summary>
/// One kind of layer with its settings, and nothing of the network around it. Given the shapes that go in, it says
/// what comes out, which weights it needs and what it costs.
/// </summary>
public abstract record Operation
{
    /// <summary>The kind, as Keras names it: <c>Conv2D</c>.</summary>
    public virtual string Kind => GetType().Name;

    /// <summary>The output's shape.</summary>
    /// <exception cref="NetworkException">The inputs do not fit the operation.</exception>
    public abstract Shape OutputShape(ImmutableArray<Shape> inputs);

    /// <summary>The weights, in the order of Keras.</summary>
    public virtual ImmutableArray<Parameter> Parameters(ImmutableArray<Shape> inputs) => [];

    /// <summary>Multiply-accumulate operations for one example (one step of a sequence).</summary>
    public virtual long MultiplyAccumulates(ImmutableArray<Shape> inputs) => 0;

    /// <summary>Number of inputs that the operation takes; 0: one or more.</summary>
    internal virtual int Arity => 1;

    /// <summary>The single input, an image.</summary>
    protected Shape SingleImage(ImmutableArray<Shape> inputs) =>
        inputs[0].Rank == 3 ? inputs[0] : throw new NetworkException($"{Kind} takes an image, not {inputs[0]}");

    /// <summary>The single input, a vector.</summary>
    protected Shape SingleVector(ImmutableArray<Shape> inputs) =>
        inputs[0].Rank == 1 ? inputs[0] : throw new NetworkException($"{Kind} takes a vector, not {inputs[0]}; flatten it first");
}

/// <summary>A window that slides over an image.</summary>
/// <param name="Size">Height and width of the window.</param>
/// <param name="Stride">Step in both directions.</param>
/// <param name="Padding">What lies beyond the edge.</param>
public abstract record WindowOperation(int Size, int Stride, Padding Padding) : Operation
{
    /// <summary>How the window lies on the rows of <paramref name="input"/>.</summary>
    public WindowAxis Rows(Shape input) => WindowAxis.Place(input.Height, Size, Stride, Padding);

    /// <summary>How the window lies on the columns of <paramref name="input"/>.</summary>
    public WindowAxis Columns(Shape input) => WindowAxis.Place(input.Width, Size, Stride, Padding);
}
