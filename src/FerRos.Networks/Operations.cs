using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>The network's input.</summary>
/// <param name="Shape">Of one example (one step of a sequence).</param>
public sealed record Input(Shape Shape) : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Shape;

    internal override int Arity => -1;
}

/// <summary>A convolution over an image. Weights: <c>kernel</c> (height, width, in, out) and, with one, <c>bias</c> (out).</summary>
public sealed record Conv2D(int Filters, int Size, int Stride, Padding Padding, bool UseBias, Activation Activation)
    : WindowOperation(Size, Stride, Padding)
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        var input = SingleImage(inputs);
        return Shape.Image(Rows(input).Output, Columns(input).Output, Filters);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Parameters(ImmutableArray<Shape> inputs)
    {
        var kernel = new Parameter("kernel", [Size, Size, inputs[0].Channels, Filters], ParameterRole.Kernel);
        return UseBias ? [kernel, new Parameter("bias", [Filters], ParameterRole.Bias)] : [kernel];
    }

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ImmutableArray<Shape> inputs) =>
        (long)OutputShape(inputs).Count * Size * Size * inputs[0].Channels;
}

/// <summary>A convolution of each channel by itself. Weights: <c>kernel</c> (height, width, channels, 1) and, with one, <c>bias</c>.</summary>
public sealed record DepthwiseConv2D(int Size, int Stride, Padding Padding, bool UseBias, Activation Activation)
    : WindowOperation(Size, Stride, Padding)
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        var input = SingleImage(inputs);
        return Shape.Image(Rows(input).Output, Columns(input).Output, input.Channels);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Parameters(ImmutableArray<Shape> inputs)
    {
        var channels = inputs[0].Channels;
        var kernel = new Parameter("kernel", [Size, Size, channels, 1], ParameterRole.Kernel);
        return UseBias ? [kernel, new Parameter("bias", [channels], ParameterRole.Bias)] : [kernel];
    }

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ImmutableArray<Shape> inputs) => (long)OutputShape(inputs).Count * Size * Size;
}

/// <summary>
/// A depthwise convolution followed by a 1x1 convolution. Weights: <c>depthwise_kernel</c> (height, width, in, 1),
/// <c>pointwise_kernel</c> (1, 1, in, out) and, with one, <c>bias</c> (out).
/// </summary>
public sealed record SeparableConv2D(int Filters, int Size, int Stride, Padding Padding, bool UseBias, Activation Activation)
    : WindowOperation(Size, Stride, Padding)
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        var input = SingleImage(inputs);
        return Shape.Image(Rows(input).Output, Columns(input).Output, Filters);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Parameters(ImmutableArray<Shape> inputs)
    {
        var channels = inputs[0].Channels;
        var depthwise = new Parameter("depthwise_kernel", [Size, Size, channels, 1], ParameterRole.Kernel);
        var pointwise = new Parameter("pointwise_kernel", [1, 1, channels, Filters], ParameterRole.Kernel);
        return UseBias ? [depthwise, pointwise, new Parameter("bias", [Filters], ParameterRole.Bias)] : [depthwise, pointwise];
    }

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ImmutableArray<Shape> inputs)
    {
        var output = OutputShape(inputs);
        return (long)output.Height * output.Width * inputs[0].Channels * ((Size * Size) + Filters);
    }
}

/// <summary>A matrix times a vector. Weights: <c>kernel</c> (in, out) and, with one, <c>bias</c> (out).</summary>
public sealed record Dense(int Units, bool UseBias, Activation Activation) : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        _ = SingleVector(inputs);
        return Shape.Vector(Units);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Parameters(ImmutableArray<Shape> inputs)
    {
        var kernel = new Parameter("kernel", [inputs[0].Channels, Units], ParameterRole.Kernel);
        return UseBias ? [kernel, new Parameter("bias", [Units], ParameterRole.Bias)] : [kernel];
    }

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ImmutableArray<Shape> inputs) => (long)inputs[0].Channels * Units;
}

/// <summary>
/// Batch normalisation per channel; at inference gamma (x - moving_mean) / sqrt(moving_variance + epsilon) + beta.
/// Weights: <c>gamma</c>, <c>beta</c>, <c>moving_mean</c>, <c>moving_variance</c>.
/// </summary>
/// <param name="Epsilon">Keras's default is 0.001.</param>
/// <param name="Momentum">Share of the old running statistics that a training step keeps; Keras's default is 0.99.</param>
public sealed record BatchNormalization(double Epsilon = 1e-3, double Momentum = 0.99) : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Parameters(ImmutableArray<Shape> inputs)
    {
        ImmutableArray<int> shape = [inputs[0].Channels];
        return
        [
            new Parameter("gamma", shape, ParameterRole.Gamma),
            new Parameter("beta", shape, ParameterRole.Beta),
            new Parameter("moving_mean", shape, ParameterRole.MovingMean),
            new Parameter("moving_variance", shape, ParameterRole.MovingVariance),
        ];
    }
}

/// <summary>An activation as a layer of its own.</summary>
public sealed record ActivationLayer(Activation Activation) : Operation
{
    /// <inheritdoc/>
    public override string Kind => Activation.ToString();

    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];
}

/// <summary>The largest value under the window; padding counts as minus infinity.</summary>
public sealed record MaxPool2D(int Size, int Stride, Padding Padding) : WindowOperation(Size, Stride, Padding)
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        var input = SingleImage(inputs);
        return Shape.Image(Rows(input).Output, Columns(input).Output, input.Channels);
    }
}

/// <summary>The mean of the values under the window; padding is not counted.</summary>
public sealed record AveragePool2D(int Size, int Stride, Padding Padding) : WindowOperation(Size, Stride, Padding)
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        var input = SingleImage(inputs);
        return Shape.Image(Rows(input).Output, Columns(input).Output, input.Channels);
    }
}

/// <summary>The mean of each channel: an image to a vector.</summary>
public sealed record GlobalAveragePool : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Shape.Vector(SingleImage(inputs).Channels);
}

/// <summary>The sum of inputs of one shape.</summary>
public sealed record Add : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        foreach (var input in inputs)
        {
            if (input != inputs[0])
                throw new NetworkException($"Add takes inputs of one shape, not {inputs[0]} and {input}");
        }

        return inputs[0];
    }

    internal override int Arity => 0;
}

/// <summary>Inputs side by side: images along the channels, tables along the rows, vectors end to end.</summary>
public sealed record Concatenate : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        var first = inputs[0];
        foreach (var input in inputs)
        {
            var fits = input.Rank == first.Rank && (first.Rank == 2
                ? input.Channels == first.Channels
                : input.Height == first.Height && input.Width == first.Width);
            if (!fits)
                throw new NetworkException($"Concatenate cannot join {first} and {input}");
        }

        return first.Rank switch
        {
            1 => Shape.Vector(inputs.Sum(i => i.Channels)),
            2 => Shape.Table(inputs.Sum(i => i.Height), first.Channels),
            _ => Shape.Image(first.Height, first.Width, inputs.Sum(i => i.Channels)),
        };
    }

    internal override int Arity => 0;
}

/// <summary>Zeros around an image, and channels of zeros after its own.</summary>
public sealed record ZeroPad(int Top, int Bottom, int Left, int Right, int Channels) : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        var input = SingleImage(inputs);
        return Shape.Image(input.Height + Top + Bottom, input.Width + Left + Right, input.Channels + Channels);
    }
}

/// <summary>Bilinear interpolation with half-pixel centres: source = (target + 0.5) * in / out - 0.5, edges repeated.</summary>
public sealed record ResizeBilinear(int Height, int Width) : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Shape.Image(Height, Width, SingleImage(inputs).Channels);
}

/// <summary>An image as a vector, in the order of the network's <see cref="DataLayout"/>.</summary>
public sealed record Flatten : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Shape.Vector(inputs[0].Count);
}

/// <summary>A channels-last image, read value by value into rows of <paramref name="Columns"/>.</summary>
public sealed record ReshapeToTable(int Columns) : Operation
{
    /// <inheritdoc/>
    public override string Kind => "Reshape";

    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0].Count % Columns == 0
        ? Shape.Table(inputs[0].Count / Columns, Columns)
        : throw new NetworkException($"{inputs[0]} cannot be read as rows of {Columns}");
}

/// <summary>Drops values at random in training; does nothing at inference.</summary>
/// <param name="Rate">Share of values dropped, 0 to 1.</param>
public sealed record Dropout(double Rate) : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];
}

/// <summary>
/// FaceChannel's shunting inhibition: excitation / (decay + inhibition), the two inputs in this order. The decay is
/// one value per channel (weight <c>decay</c>), or a constant where the published code has one.
/// </summary>
/// <param name="ConstantDecay">The constant; null: learned, starting at 0.5.</param>
public sealed record ShuntingInhibition(float? ConstantDecay) : Operation
{
    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0] == inputs[1]
        ? SingleImage(inputs)
        : throw new NetworkException($"excitation {inputs[0]} and inhibition {inputs[1]} differ in shape");

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Parameters(ImmutableArray<Shape> inputs) =>
        ConstantDecay is null ? [new Parameter("decay", [inputs[0].Channels], ParameterRole.Decay)] : [];

    internal override int Arity => 2;
}

/// <summary>
/// A long short-term memory over a sequence of vectors; gives the last state. Keras's formulas: gates in the order
/// input, forget, cell, output; one bias. Weights: <c>kernel</c> (in, 4 x units), <c>recurrent_kernel</c>
/// (units, 4 x units), <c>bias</c> (4 x units).
/// </summary>
/// <param name="Units">Length of the state.</param>
/// <param name="Activation">Of the cell's input and output: FaceChannelS has ReLU, textbooks tanh.</param>
/// <param name="RecurrentActivation">Of the gates.</param>
public sealed record Lstm(int Units, Activation Activation = Activation.Relu, Activation RecurrentActivation = Activation.Sigmoid)
    : Operation
{
    /// <inheritdoc/>
    public override string Kind => "LSTM";

    /// <inheritdoc/>
    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        _ = SingleVector(inputs);
        return Shape.Vector(Units);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Parameters(ImmutableArray<Shape> inputs) =>
    [
        new Parameter("kernel", [inputs[0].Channels, 4 * Units], ParameterRole.Kernel),
        new Parameter("recurrent_kernel", [Units, 4 * Units], ParameterRole.RecurrentKernel),
        new Parameter("bias", [4 * Units], ParameterRole.Bias),
    ];

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ImmutableArray<Shape> inputs) => 4L * Units * (inputs[0].Channels + Units);
}
