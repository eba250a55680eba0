using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>A layer on its way to becoming a step: what the passes merge and rewrite.</summary>
internal sealed class Node(string name, Operation operation, IEnumerable<string> inputs, IEnumerable<Shape> inputShapes, Shape shape)
{
    /// <summary>Name of the tensor that it makes.</summary>
    public string Name { get; set; } = name;

    public Operation Operation { get; set; } = operation;

    public List<string> Inputs { get; } = [.. inputs];

    public List<Shape> InputShapes { get; } = [.. inputShapes];

    /// <summary>Shape of the tensor that it makes.</summary>
    public Shape Shape { get; set; } = shape;

    /// <summary>Name of the layer that it was: its weights go by it.</summary>
    public string Layer { get; init; } = name;

    /// <summary>Name of its kernel within the layer.</summary>
    public string KernelName { get; init; } = "kernel";

    /// <summary>A tensor added before the activation; null: none. It may have fewer channels: the rest counts as zeros.</summary>
    public (string Name, Shape Shape)? Residual { get; set; }

    /// <summary>A depthwise convolution that a 1x1 convolution does itself; its inputs are this node's.</summary>
    public Node? Depthwise { get; set; }

    /// <summary>Whether the largest of every 2x2 results is what is stored.</summary>
    public bool Pooled { get; set; }

    /// <summary>All tensors that it reads.</summary>
    public IEnumerable<string> Reads => Residual is { } residual ? Inputs.Append(residual.Name) : Inputs;
}

/// <summary>A kernel and a bias, in Keras's layout.</summary>
internal sealed record KernelWeights(float[] Kernel, float[]? Bias);
