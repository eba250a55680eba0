using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>
/// Merges batch normalisations into the convolutions and dense layers before them. The network computes the same
/// with fewer layers; one that was trained with added normalisations becomes its authors' network again.
/// </summary>
public static class BatchNormalizationFolding
{
    /// <summary>
    /// Folds every normalisation whose input is a linear layer that nothing else takes, and lets that layer include an
    /// activation that follows. A merged layer keeps the name of the convolution; outputs are never merged into others.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="keep">Names of further layers whose output must remain to be had, so that nothing is merged across them.</param>
    /// <exception cref="WeightsException">The weights are not the network's.</exception>
    public static (NetworkGraph Network, WeightSet Weights) Apply(
        NetworkGraph network, WeightSet weights, IReadOnlySet<string>? keep = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        weights.Check(network);
        var tensors = weights.Tensors.ToDictionary(StringComparer.Ordinal);
        var operations = network.Layers.ToDictionary(l => l.Name, l => l.Operation, StringComparer.Ordinal);
        var mergedInto = new Dictionary<string, string>(StringComparer.Ordinal);

        bool MustRemain(string layer) => network.Outputs.Contains(layer) || keep?.Contains(layer) == true;

        foreach (var layer in network.Layers.Where(l => l.Operation is BatchNormalization or ActivationLayer))
        {
            var before = layer.Inputs[0];
            var target = mergedInto.GetValueOrDefault(before, before);
            if (MustRemain(layer.Name) || MustRemain(before) || network.Consumers(before).Length != 1 || !IsLinear(operations[target]))
                continue;
            operations[target] = layer.Operation is BatchNormalization normalization
                ? Fold(network[target], operations[target], layer.Name, normalization, tensors)
                : WithActivation(operations[target], ((ActivationLayer)layer.Operation).Activation);
            mergedInto[layer.Name] = target;
        }

        var layers = network.Layers.Where(l => !mergedInto.ContainsKey(l.Name)).Select(l => new LayerDraft(
            l.Name, operations[l.Name], [.. l.Inputs.Select(i => mergedInto.GetValueOrDefault(i, i))]));
        var folded = NetworkBuilder.Rebuild(network.Name, network.Layout, network.SequenceLength, layers, network.Outputs);
        return (folded, new WeightSet(tensors, weights.Metadata));
    }

    private static bool IsLinear(Operation operation) => operation switch
    {
        Conv2D { Activation: Activation.Linear } => true,
        DepthwiseConv2D { Activation: Activation.Linear } => true,
        SeparableConv2D { Activation: Activation.Linear } => true,
        Dense { Activation: Activation.Linear } => true,
        _ => false,
    };

    private static Operation WithActivation(Operation operation, Activation activation) => operation switch
    {
        Conv2D o => o with { Activation = activation },
        DepthwiseConv2D o => o with { Activation = activation },
        SeparableConv2D o => o with { Activation = activation },
        Dense o => o with { Activation = activation },
        _ => throw new InvalidOperationException($"{operation.Kind} has no activation"),
    };

    /// <summary>
    /// With s = gamma / sqrt(variance + epsilon): the kernel's output channels times s, and the bias becomes
    /// (bias - mean) s + beta. Computed in 64 bits, so that folding costs no accuracy.
    /// </summary>
    private static Operation Fold(
        Layer layer, Operation operation, string normalizationName, BatchNormalization normalization, Dictionary<string, WeightTensor> tensors)
    {
        WeightTensor Take(string name)
        {
            tensors.Remove($"{normalizationName}/{name}", out var tensor);
            return tensor!;
        }

        var (gamma, beta, mean, variance) = (Take("gamma"), Take("beta"), Take("moving_mean"), Take("moving_variance"));
        var channels = gamma.Values.Length;
        var scale = new double[channels];
        for (var c = 0; c < channels; c++)
            scale[c] = gamma.Values[c] / Math.Sqrt(variance.Values[c] + normalization.Epsilon);

        var kernelName = $"{layer.Name}/{(operation is SeparableConv2D ? "pointwise_kernel" : "kernel")}";
        var kernel = tensors[kernelName];
        var scaled = new float[kernel.Values.Length];
        for (var i = 0; i < scaled.Length; i++)
            scaled[i] = (float)(kernel.Values[i] * scale[i % channels]);
        tensors[kernelName] = new WeightTensor(kernel.Shape, scaled);

        var biasName = $"{layer.Name}/bias";
        var bias = tensors.GetValueOrDefault(biasName);
        var folded = new float[channels];
        for (var c = 0; c < channels; c++)
            folded[c] = (float)((((bias is null ? 0.0 : bias.Values[c]) - mean.Values[c]) * scale[c]) + beta.Values[c]);
        tensors[biasName] = new WeightTensor([channels], folded);

        return operation switch
        {
            Conv2D o => o with { UseBias = true },
            DepthwiseConv2D o => o with { UseBias = true },
            SeparableConv2D o => o with { UseBias = true },
            Dense o => o with { UseBias = true },
            _ => throw new InvalidOperationException($"{operation.Kind} takes no normalisation"),
        };
    }
}
