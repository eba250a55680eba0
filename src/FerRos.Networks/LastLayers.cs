using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>
/// The part of a network that adapts to a person: for every output its dense layer, and the dense layer before that
/// where there is one. All before it stays as it is, so its inputs are the features that a profile stores.
/// </summary>
/// <param name="Layers">Names of the layers, in the network's order; empty where an output is not a dense layer.</param>
/// <param name="Inputs">Names of the tensors that feed them, in the network's order, each once.</param>
public sealed record LastLayers(ImmutableArray<string> Layers, ImmutableArray<string> Inputs)
{
    internal static LastLayers Of(NetworkGraph network)
    {
        var layers = new HashSet<string>(StringComparer.Ordinal);
        var inputs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in network.Outputs)
        {
            var head = network[output];
            if (head.Operation is not Dense)
                return new LastLayers([], []);
            layers.Add(head.Name);
            var before = BehindDropout(network, head);
            if (before.Operation is Dense)
            {
                layers.Add(before.Name);
                before = BehindDropout(network, before);
            }

            inputs.Add(before.Name);
        }

        return new LastLayers(InOrder(network, layers), InOrder(network, inputs));
    }

    private static Layer BehindDropout(NetworkGraph network, Layer layer)
    {
        var input = network[layer.Inputs[0]];
        while (input.Operation is Dropout)
            input = network[input.Inputs[0]];
        return input;
    }

    private static ImmutableArray<string> InOrder(NetworkGraph network, HashSet<string> names) =>
        [.. network.Layers.Select(l => l.Name).Where(names.Contains)];
}
