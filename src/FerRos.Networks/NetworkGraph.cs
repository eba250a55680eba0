using System.Collections.Frozen;
using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>
/// A network: layers in an order in which they can run, from one input to one or more outputs. Immutable; made by
/// <see cref="NetworkBuilder"/>. Everything else comes from it: counts, the engine's plan, the training module, files.
/// </summary>
public sealed class NetworkGraph
{
    private readonly FrozenDictionary<string, Layer> _byName;
    private readonly FrozenDictionary<string, ImmutableArray<Layer>> _consumers;

    internal NetworkGraph(
        string name, DataLayout layout, int sequenceLength, ImmutableArray<Layer> layers, ImmutableArray<string> outputs)
    {
        Name = name;
        Layout = layout;
        SequenceLength = sequenceLength;
        Layers = layers;
        Outputs = outputs;
        _byName = layers.ToFrozenDictionary(l => l.Name, StringComparer.Ordinal);
        _consumers = layers.ToFrozenDictionary(
            l => l.Name, l => layers.Where(c => c.Inputs.Contains(l.Name)).ToImmutableArray(), StringComparer.Ordinal);
        Parameters = [.. layers.SelectMany(l => l.Parameters)];
        LastLayers = LastLayers.Of(this);
    }

    /// <summary>The network's name: <c>facechannel-v1-fer8</c>.</summary>
    public string Name { get; }

    /// <summary>The order of the axes of the input, and of flattening.</summary>
    public DataLayout Layout { get; }

    /// <summary>Number of steps of a sequence network's input (the longest that it was made for); 0: it takes single images.</summary>
    public int SequenceLength { get; }

    /// <summary>All layers, the input first, every layer after those that it takes.</summary>
    public ImmutableArray<Layer> Layers { get; }

    /// <summary>The input.</summary>
    public Layer Input => Layers[0];

    /// <summary>Shape of one image of the input.</summary>
    public Shape InputShape => Input.Shape;

    /// <summary>Number of values of a whole input: all steps of a sequence.</summary>
    public int InputLength => InputShape.Count * Math.Max(SequenceLength, 1);

    /// <summary>Names of the layers that are the network's outputs.</summary>
    public ImmutableArray<string> Outputs { get; }

    /// <summary>All weights, in the order of the layers.</summary>
    public ImmutableArray<Parameter> Parameters { get; }

    /// <summary>What adapts to a person: the last dense layer with the heads, and the tensors that feed it.</summary>
    public LastLayers LastLayers { get; }

    /// <summary>Number of values in all weights, running statistics included.</summary>
    public long ParameterCount => Parameters.Sum(p => (long)p.Count);

    /// <summary>Number of values that training changes.</summary>
    public long TrainableCount => Parameters.Where(p => p.Trainable).Sum(p => (long)p.Count);

    /// <summary>A layer by its name.</summary>
    /// <exception cref="KeyNotFoundException">The network has no such layer.</exception>
    public Layer this[string layer] => _byName.TryGetValue(layer, out var found)
        ? found
        : throw new KeyNotFoundException($"network '{Name}' has no layer '{layer}'; its outputs are {string.Join(", ", Outputs)}");

    /// <summary>
    /// The same network, with the same weights, that also gives the named tensors as outputs, after its own: a runner of
    /// it computes the features of <see cref="LastLayers"/> along with the rest. The result has no last layers itself.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The network has no such layer.</exception>
    public NetworkGraph WithOutputs(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new NetworkGraph(Name, Layout, SequenceLength, Layers, [.. Outputs.Concat(names.Select(n => this[n].Name)).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Whether the network has a layer of this name.</summary>
    public bool Contains(string layer) => _byName.ContainsKey(layer);

    /// <summary>The layers that take the output of <paramref name="layer"/>.</summary>
    public ImmutableArray<Layer> Consumers(string layer) => _consumers[this[layer].Name];

    /// <summary>
    /// The part of a sequence network that runs once per image, as a network of its own: the same layers and weights,
    /// the output being the features that enter the recurrent layers.
    /// </summary>
    /// <exception cref="NetworkException">The network takes no sequence, or more than one tensor crosses over.</exception>
    public NetworkGraph FrameEncoder()
    {
        var features = SequenceFeatures();
        var layers = NetworkBuilder.Ancestors(this, [features.Name]);
        return NetworkBuilder.Rebuild($"{Name}/encoder", Layout, 0, layers.Select(LayerDraft.Of), [features.Name]);
    }

    /// <summary>
    /// The part of a sequence network after <see cref="FrameEncoder"/>: its input is the sequence of features, its
    /// outputs those of the network.
    /// </summary>
    /// <exception cref="NetworkException">As for <see cref="FrameEncoder"/>.</exception>
    public NetworkGraph SequenceTail()
    {
        var features = SequenceFeatures();
        return NetworkBuilder.Rebuild(
            $"{Name}/tail", Layout, SequenceLength, Layers.Where(l => !l.PerStep).Select(LayerDraft.Of), Outputs, features);
    }

    /// <summary>
    /// The part before <see cref="LastLayers"/>, as a network of its own: the same layers and weights, the outputs being
    /// what feeds the last layers. It runs once, whoever's last layers follow.
    /// </summary>
    /// <exception cref="NetworkException">An output is no dense layer, so that there are no last layers.</exception>
    public NetworkGraph Trunk()
    {
        if (LastLayers.Inputs.IsEmpty)
            throw new NetworkException($"network '{Name}' has no last layers: an output is not a dense layer");
        var layers = NetworkBuilder.Ancestors(this, LastLayers.Inputs);
        return NetworkBuilder.Rebuild($"{Name}/trunk", Layout, SequenceLength, layers.Select(LayerDraft.Of), LastLayers.Inputs);
    }

    /// <summary>Name and counts.</summary>
    public override string ToString() => $"{Name}: {Layers.Length} layers, {ParameterCount} parameters";

    private Layer SequenceFeatures()
    {
        if (SequenceLength == 0)
            throw new NetworkException($"network '{Name}' takes single images, not sequences");
        var crossing = Layers.Where(l => l.PerStep && Consumers(l.Name).Any(c => !c.PerStep)).ToArray();
        return crossing is [var features]
            ? features
            : throw new NetworkException($"network '{Name}' has {crossing.Length} tensors between frames and sequence; one is needed");
    }
}
