using System.Collections.Immutable;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>What an output of a last layer means.</summary>
internal enum LastLayerOutput
{
    Expression,
    Arousal,
    Valence,
    Other,
}

/// <summary>
/// A dense layer in the flat memory of a last layer. Its matrix has a row per input; rows are padded with zeros to
/// whole vectors of the widest kind, so that every width of vectors reads the same memory.
/// </summary>
/// <param name="Name">Name of the layer in the network.</param>
/// <param name="Inputs">Rows of the matrix.</param>
/// <param name="Outputs">Columns that count.</param>
/// <param name="Stride">Columns in memory, a multiple of <see cref="LastLayerPlan.Lanes"/>.</param>
/// <param name="Kernel">Where the matrix begins.</param>
/// <param name="Bias">Where the bias begins; zeros that do not train where the layer has none.</param>
/// <param name="UseBias">Whether the layer has a bias.</param>
internal sealed record DenseBlock(string Name, int Inputs, int Outputs, int Stride, int Kernel, int Bias, bool UseBias)
{
    public int Floats => (Inputs + 1) * Stride;
}

/// <summary>An output with its dense layer.</summary>
internal sealed record LastLayerHead(LastLayerOutput Output, DenseBlock Dense);

/// <summary>Heads that read the same values: those of a hidden dense layer with ReLU, or a part of the input itself.</summary>
internal sealed record LastLayerBranch(int InputOffset, int InputLength, DenseBlock? Hidden, ImmutableArray<LastLayerHead> Heads)
{
    /// <summary>Number of values that the heads read.</summary>
    public int HeadInputs => Hidden?.Outputs ?? InputLength;
}

/// <summary>How the last layer of a network lies in memory; the same for all persons.</summary>
internal sealed class LastLayerPlan
{
    /// <summary>Floats of the widest vector.</summary>
    public const int Lanes = 16;

    private LastLayerPlan(NetworkGraph network)
    {
        var last = network.LastLayers;
        if (last.Layers.IsEmpty)
            throw new NetworkException($"network '{network.Name}' cannot adapt: its outputs are not dense layers");
        Network = network.Name;
        Inputs = last.Inputs;
        InputLengths = [.. last.Inputs.Select(name => network[name].Shape.Count)];
        InputLength = InputLengths.Sum();
        Layers = last.Layers;

        var branches = new List<(string Reads, string From, DenseBlock? Hidden, List<LastLayerHead> Heads)>();
        foreach (var output in network.Outputs)
        {
            var head = network[output];
            var kind = output switch
            {
                "expression" => LastLayerOutput.Expression,
                "arousal" => LastLayerOutput.Arousal,
                "valence" => LastLayerOutput.Valence,
                _ => LastLayerOutput.Other,
            };
            var before = BehindDropout(network, head);
            var index = branches.FindIndex(b => b.Reads == before.Name);
            if (index < 0)
            {
                var hidden = last.Layers.Contains(before.Name) ? Place(before, Activation.Relu) : null;
                var from = hidden is null ? before : BehindDropout(network, before);
                index = branches.Count;
                branches.Add((before.Name, from.Name, hidden, []));
            }

            var wanted = kind == LastLayerOutput.Expression ? Activation.Softmax : Activation.Tanh;
            if (kind == LastLayerOutput.Other || (kind != LastLayerOutput.Expression && head.Shape.Count != 1))
                throw new NetworkException($"network '{network.Name}' cannot adapt: its output '{output}' is none of expression, arousal and valence");
            branches[index].Heads.Add(new LastLayerHead(kind, Place(head, wanted)));
            if (kind == LastLayerOutput.Expression)
                ClassCount = head.Shape.Count;
        }

        Branches = [.. branches.Select(b => new LastLayerBranch(
            InputLengths.Take(last.Inputs.IndexOf(b.From)).Sum(), network[b.From].Shape.Count, b.Hidden, [.. b.Heads]))];
        var outputs = branches.SelectMany(b => b.Heads).Select(h => h.Output).ToArray();
        HasArousal = outputs.Contains(LastLayerOutput.Arousal);
        HasValence = outputs.Contains(LastLayerOutput.Valence);
    }

    public string Network { get; }

    public ImmutableArray<string> Layers { get; }

    public ImmutableArray<string> Inputs { get; }

    public ImmutableArray<int> InputLengths { get; }

    public int InputLength { get; }

    public int ClassCount { get; }

    public bool HasArousal { get; }

    public bool HasValence { get; }

    public ImmutableArray<LastLayerBranch> Branches { get; }

    /// <summary>Number of floats of all matrices and biases.</summary>
    public int Floats { get; private set; }

    public IEnumerable<DenseBlock> Blocks => Branches.SelectMany(b =>
        b.Hidden is null ? b.Heads.Select(h => h.Dense) : b.Heads.Select(h => h.Dense).Prepend(b.Hidden));

    /// <summary>Refuses samples of another network.</summary>
    /// <exception cref="ArgumentException">The batch is of another network.</exception>
    public void Check(LastLayerBatch batch)
    {
        if (!ReferenceEquals(batch.Plan, this) && (batch.Plan.Network != Network || batch.Plan.InputLength != InputLength))
            throw new ArgumentException($"the batch is of '{batch.Plan.Network}', the layer of '{Network}'", nameof(batch));
    }

    public static LastLayerPlan Of(NetworkGraph network) => new(network);

    public static int Padded(int length) => (length + Lanes - 1) / Lanes * Lanes;

    private static Layer BehindDropout(NetworkGraph network, Layer layer)
    {
        var input = network[layer.Inputs[0]];
        while (input.Operation is Dropout)
            input = network[input.Inputs[0]];
        return input;
    }

    private DenseBlock Place(Layer layer, Activation activation)
    {
        var dense = (Dense)layer.Operation;
        if (dense.Activation != activation)
            throw new NetworkException($"network '{Network}' cannot adapt: its layer '{layer.Name}' has {dense.Activation}, not {activation}");
        var inputs = layer.InputShapes[0].Count;
        var stride = Padded(dense.Units);
        var block = new DenseBlock(layer.Name, inputs, dense.Units, stride, Floats, Floats + (inputs * stride), dense.UseBias);
        Floats += block.Floats;
        return block;
    }
}
