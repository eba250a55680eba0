using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>A named operation in a network. Its output tensor has the layer's name.</summary>
public sealed class Layer
{
    internal Layer(string name, Operation operation, ImmutableArray<Layer> inputs, bool perStep)
    {
        Name = name;
        Operation = operation;
        Inputs = [.. inputs.Select(i => i.Name)];
        InputShapes = [.. inputs.Select(i => i.Shape)];
        PerStep = perStep;
        Shape = operation.OutputShape(InputShapes);
        Parameters =
        [
            .. operation.Parameters(InputShapes).Select(p => p with { Name = $"{name}/{p.Name}" }),
        ];
    }

    /// <summary>The layer's name, and that of the tensor that it gives.</summary>
    public string Name { get; }

    /// <summary>What it computes.</summary>
    public Operation Operation { get; }

    /// <summary>Names of the layers whose outputs it takes, in order.</summary>
    public ImmutableArray<string> Inputs { get; }

    /// <summary>Their shapes.</summary>
    public ImmutableArray<Shape> InputShapes { get; }

    /// <summary>Shape of the output, of one step where <see cref="PerStep"/>.</summary>
    public Shape Shape { get; }

    /// <summary>Whether the output is a sequence: the layer runs once per step (Keras's TimeDistributed).</summary>
    public bool PerStep { get; }

    /// <summary>The weights, with their full names: <c>conv1/kernel</c>.</summary>
    public ImmutableArray<Parameter> Parameters { get; }

    /// <summary>Name, kind and shape.</summary>
    public override string ToString() => $"{Name}: {Operation.Kind} {Shape}";
}

/// <summary>A layer before its shapes are known.</summary>
internal readonly record struct LayerDraft(string Name, Operation Operation, ImmutableArray<string> Inputs)
{
    public static LayerDraft Of(Layer layer) => new(layer.Name, layer.Operation, layer.Inputs);
}
