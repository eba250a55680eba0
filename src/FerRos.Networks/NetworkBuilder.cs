using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>
/// Builds a network layer by layer. Start from <see cref="Image"/> or <see cref="Sequence"/>, go on with the methods
/// of <see cref="SymbolicTensor"/>, finish with <see cref="Build"/>.
/// </summary>
public sealed class NetworkBuilder
{
    private readonly string _name;
    private readonly DataLayout _layout;
    private readonly Dictionary<string, Layer> _byName = new(StringComparer.Ordinal);
    private readonly List<Layer> _layers = [];
    private int _sequenceLength;

    /// <summary>Starts a network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="layout">The order of the input's axes, and of flattening.</param>
    public NetworkBuilder(string name, DataLayout layout = DataLayout.ChannelsLast)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _name = name;
        _layout = layout;
    }

    /// <summary>Declares the input: one image.</summary>
    public SymbolicTensor Image(int height, int width, int channels) => Start(Shape.Image(height, width, channels), 0);

    /// <summary>Declares the input: a sequence of so many images. Layers run on each, until an LSTM takes them together.</summary>
    public SymbolicTensor Sequence(int steps, int height, int width, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        return Start(Shape.Image(height, width, channels), steps);
    }

    /// <summary>Adds a layer.</summary>
    /// <exception cref="NetworkException">The name is taken, or the inputs do not fit.</exception>
    public SymbolicTensor Add(string name, Operation operation, params ReadOnlySpan<SymbolicTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var layers = ImmutableArray.CreateBuilder<Layer>(inputs.Length);
        foreach (var input in inputs)
        {
            if (input.Builder != this)
                throw new NetworkException($"layer '{name}' of '{_name}' takes a tensor of another network");
            layers.Add(_byName[input.Name]);
        }

        return Append(name, operation, layers.MoveToImmutable());
    }

    /// <summary>Finishes the network. Layers on which no output depends are left out.</summary>
    /// <param name="outputs">Tensors that are the network's outputs; their layers' names are the outputs' names.</param>
    public NetworkGraph Build(params ReadOnlySpan<SymbolicTensor> outputs)
    {
        if (outputs.IsEmpty)
            throw new NetworkException($"network '{_name}' has no output");
        var names = ImmutableArray.CreateBuilder<string>(outputs.Length);
        foreach (var output in outputs)
            names.Add(output.Name);
        var needed = Ancestors(_layers, names.ToImmutable());
        foreach (var layer in needed)
        {
            if (layer.PerStep && names.Contains(layer.Name))
                throw new NetworkException($"output '{layer.Name}' of '{_name}' is still a sequence; let an LSTM take it");
        }

        return new NetworkGraph(_name, _layout, _sequenceLength, needed, names.MoveToImmutable());
    }

    internal static ImmutableArray<Layer> Ancestors(NetworkGraph network, ImmutableArray<string> outputs) =>
        Ancestors(network.Layers, outputs);

    /// <summary>Makes a network of given layers; <paramref name="newInput"/> becomes its input, where the layers bring none.</summary>
    internal static NetworkGraph Rebuild(
        string name, DataLayout layout, int sequenceLength, IEnumerable<LayerDraft> layers, ImmutableArray<string> outputs, Layer? newInput = null)
    {
        var builder = new NetworkBuilder(name, layout) { _sequenceLength = sequenceLength };
        if (newInput is not null)
            builder.Append(newInput.Name, new Input(newInput.Shape), []);
        foreach (var layer in layers)
            builder.Append(layer.Name, layer.Operation, [.. layer.Inputs.Select(i => builder._byName[i])]);
        return new NetworkGraph(name, layout, sequenceLength, [.. builder._layers], outputs);
    }

    private static ImmutableArray<Layer> Ancestors(IReadOnlyList<Layer> layers, ImmutableArray<string> outputs)
    {
        var needed = new HashSet<string>(outputs, StringComparer.Ordinal);
        for (var i = layers.Count - 1; i >= 0; i--)
        {
            if (needed.Contains(layers[i].Name))
                needed.UnionWith(layers[i].Inputs);
        }

        return [.. layers.Where(l => needed.Contains(l.Name))];
    }

    private SymbolicTensor Start(Shape shape, int steps)
    {
        if (_layers.Count != 0)
            throw new NetworkException($"network '{_name}' has an input already");
        _sequenceLength = steps;
        return Append("input", new Input(shape), []);
    }

    private SymbolicTensor Append(string name, Operation operation, ImmutableArray<Layer> inputs)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (operation.Arity > 0 ? inputs.Length != operation.Arity : operation.Arity == 0 && inputs.IsEmpty)
            throw new NetworkException($"layer '{name}': {operation.Kind} does not take {inputs.Length} inputs");
        var perStep = operation switch
        {
            Input => _sequenceLength > 0,
            Lstm => false,
            _ => inputs[0].PerStep,
        };
        if (operation is Lstm ? !inputs[0].PerStep : inputs.Any(i => i.PerStep != perStep))
            throw new NetworkException($"layer '{name}': {operation.Kind} cannot mix a sequence and a single tensor");
        Layer layer;
        try
        {
            layer = new Layer(name, operation, inputs, perStep);
        }
        catch (NetworkException e)
        {
            throw new NetworkException($"layer '{name}' of '{_name}': {e.Message}", e);
        }

        if (!_byName.TryAdd(name, layer))
            throw new NetworkException($"network '{_name}' has two layers named '{name}'");
        _layers.Add(layer);
        return new SymbolicTensor(this, layer);
    }
}
