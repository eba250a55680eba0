using System.Collections.Immutable;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>
/// The weights of the part of a network that adapts to a person: for every output its dense layer, and the dense layer
/// before that where there is one (<see cref="NetworkGraph.LastLayers"/>). Immutable, shared by threads.
/// <para>
/// FaceChannel V1: 4,096 features, a dense layer of 200, the heads. The frame networks with one output: 3,136 features,
/// a dense layer of 500, the head. The joint frame network: the 500 values of its shared dense layer, then for every
/// output a dense layer of 100 and the head. FaceChannelS: the last state of every output's LSTM (100 values each, one
/// after the other), then for every output a dense layer of 100 and the head.
/// </para>
/// </summary>
public sealed unsafe class LastLayer
{
    private readonly AlignedFloats _weights;

    internal LastLayer(LastLayerPlan plan, AlignedFloats weights)
    {
        Plan = plan;
        _weights = weights;
    }

    /// <summary>Name of the network that this is a part of.</summary>
    public string Network => Plan.Network;

    /// <summary>Names of the layers, in the network's order.</summary>
    public ImmutableArray<string> Layers => Plan.Layers;

    /// <summary>
    /// Names of the tensors that feed it, in the order in which they stand in its input; a runner must be asked to keep them
    /// (<see cref="CpuRunnerOptions.KeepTensors"/>).
    /// </summary>
    public ImmutableArray<string> Inputs => Plan.Inputs;

    /// <summary>Number of values of each of <see cref="Inputs"/>.</summary>
    public ImmutableArray<int> InputLengths => Plan.InputLengths;

    /// <summary>Number of values of the whole input: what a profile stores of one sample.</summary>
    public int InputLength => Plan.InputLength;

    /// <summary>Number of expression classes; 0 where the network has no such output.</summary>
    public int ClassCount => Plan.ClassCount;

    /// <summary>Whether there is an output for arousal.</summary>
    public bool HasArousal => Plan.HasArousal;

    /// <summary>Whether there is an output for valence.</summary>
    public bool HasValence => Plan.HasValence;

    /// <summary>Number of weights.</summary>
    public int ParameterCount => Plan.Blocks.Sum(b => (b.Inputs * b.Outputs) + (b.UseBias ? b.Outputs : 0));

    internal LastLayerPlan Plan { get; }

    internal AlignedFloats Weights => _weights;

    /// <summary>Takes the last layer out of a network's weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Weights that hold at least those of the last layer: the network's, or what <see cref="ToWeightSet"/> gave.</param>
    /// <exception cref="NetworkException">The network has no part that adapts.</exception>
    /// <exception cref="WeightsException">A weight is missing, has another shape, or is not finite; the message names it.</exception>
    public static LastLayer Create(NetworkGraph network, WeightSet weights)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        return Create(LastLayerPlan.Of(network), weights);
    }

    /// <summary>Another set of weights for the same part of the same network.</summary>
    /// <param name="weights">What <see cref="ToWeightSet"/> gave.</param>
    /// <exception cref="WeightsException">A weight is missing, has another shape, or is not finite; the message names it.</exception>
    public LastLayer With(WeightSet weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return Create(Plan, weights);
    }

    /// <summary>The weights under the network's names and in Keras's layouts (<c>dense/kernel</c>: inputs x outputs).</summary>
    public WeightSet ToWeightSet()
    {
        var tensors = new List<KeyValuePair<string, WeightTensor>>();
        foreach (var block in Plan.Blocks)
        {
            var kernel = new float[block.Inputs * block.Outputs];
            for (var i = 0; i < block.Inputs; i++)
                _weights.Span.Slice(block.Kernel + (i * block.Stride), block.Outputs).CopyTo(kernel.AsSpan(i * block.Outputs));
            tensors.Add(new(block.Name + "/kernel", new WeightTensor([block.Inputs, block.Outputs], kernel)));
            if (block.UseBias)
                tensors.Add(new(block.Name + "/bias", new WeightTensor([block.Outputs], _weights.Span.Slice(block.Bias, block.Outputs).ToArray())));
        }

        return new WeightSet(tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["network"] = Network });
    }

    /// <summary>Writes the weights as a safetensors file: to a temporary file beside it first, which is then renamed.</summary>
    public void Save(string path) => ToWeightSet().Save(path);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsException">The file is damaged, or of another network.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LastLayer Load(NetworkGraph network, string path) => Create(network, WeightSet.Load(path));

    /// <summary>Computes the outputs for one input. Allocates nothing.</summary>
    /// <param name="input"><see cref="InputLength"/> values.</param>
    /// <param name="probabilities">Receives <see cref="ClassCount"/> probabilities that sum to 1.</param>
    /// <param name="arousal">-1 to 1; NaN where there is no such output.</param>
    /// <param name="valence">-1 to 1; NaN where there is no such output.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Forward(ReadOnlySpan<float> input, Span<float> probabilities, out float arousal, out float valence)
    {
        if (input.Length != InputLength)
            throw new ArgumentException($"the last layer of '{Network}' takes {InputLength} values, not {input.Length}", nameof(input));
        if (probabilities.Length != ClassCount)
            throw new ArgumentException($"the last layer of '{Network}' has {ClassCount} classes, not {probabilities.Length}", nameof(probabilities));
        arousal = float.NaN;
        valence = float.NaN;
        fixed (float* x = input)
        {
            foreach (var branch in Plan.Branches)
                Forward(branch, x + branch.InputOffset, probabilities, ref arousal, ref valence);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Computes the outputs for all samples of a batch; several times as fast as one by one.</summary>
    /// <param name="batch">The samples; their labels do not matter.</param>
    /// <param name="probabilities">Receives <see cref="ClassCount"/> values a sample.</param>
    /// <param name="arousal">Receives a value a sample, NaN where there is no such output; empty: not wanted.</param>
    /// <param name="valence">As <paramref name="arousal"/>.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the batch is of another network.</exception>
    public void Forward(LastLayerBatch batch, Span<float> probabilities, Span<float> arousal, Span<float> valence)
    {
        using var workspace = new LastLayerWorkspace(Plan);
        workspace.Run(batch, _weights.Pointer, hiddenStays: false, probabilities, arousal, valence);
        GC.KeepAlive(this);
    }

    /// <summary>Mean squared length of what the heads read, over samples and branches: it sets the scale of steps and pulls.</summary>
    /// <param name="batch">At least one sample.</param>
    public double MeanSquaredHeadInput(LastLayerBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
            throw new ArgumentException("the batch has no samples", nameof(batch));
        using var workspace = new LastLayerWorkspace(Plan);
        workspace.Prepare(batch.Count);
        var sum = 0.0;
        for (var b = 0; b < Plan.Branches.Length; b++)
        {
            var branch = Plan.Branches[b];
            workspace.Forward(DenseMath.Widest, b, batch, _weights.Pointer);
            if (branch.Hidden is { } hidden)
            {
                foreach (var value in new ReadOnlySpan<float>(workspace.Hidden(b), batch.Count * hidden.Stride))
                    sum += (double)value * value;
                continue;
            }

            for (var n = 0; n < batch.Count; n++)
            {
                foreach (var value in batch.Inputs.Span.Slice((n * batch.RowFloats) + branch.InputOffset, branch.InputLength))
                    sum += (double)value * value;
            }
        }

        GC.KeepAlive(this);
        return sum / batch.Count / Plan.Branches.Length;
    }

    private void Forward(LastLayerBranch branch, float* values, Span<float> probabilities, ref float arousal, ref float valence)
    {
        if (branch.Hidden is { } hidden)
        {
            var activations = stackalloc float[hidden.Stride];
            DenseMath.Widest.MultiplyVector(values, hidden, _weights.Pointer, activations);
            for (var i = 0; i < hidden.Outputs; i++)
                activations[i] = MathF.Max(activations[i], 0);
            values = activations;
        }

        var widest = 0;
        foreach (var head in branch.Heads)
            widest = Math.Max(widest, head.Dense.Stride);
        var sums = stackalloc float[widest];
        foreach (var head in branch.Heads)
        {
            DenseMath.Widest.MultiplyVector(values, head.Dense, _weights.Pointer, sums);
            if (head.Output == LastLayerOutput.Expression)
                Scalar.Softmax(new Span<float>(sums, head.Dense.Outputs), probabilities, head.Dense.Outputs);
            else if (head.Output == LastLayerOutput.Arousal)
                arousal = MathF.Tanh(*sums);
            else
                valence = MathF.Tanh(*sums);
        }
    }

    private static LastLayer Create(LastLayerPlan plan, WeightSet weights)
    {
        var floats = new AlignedFloats(plan.Floats);
        foreach (var block in plan.Blocks)
        {
            var kernel = Checked(weights, block.Name + "/kernel", [block.Inputs, block.Outputs]);
            for (var i = 0; i < block.Inputs; i++)
                kernel.Slice(i * block.Outputs, block.Outputs).CopyTo(floats.Span[(block.Kernel + (i * block.Stride))..]);
            if (block.UseBias)
                Checked(weights, block.Name + "/bias", [block.Outputs]).CopyTo(floats.Span[block.Bias..]);
        }

        return new LastLayer(plan, floats);
    }

    private static ReadOnlySpan<float> Checked(WeightSet weights, string name, ImmutableArray<int> shape)
    {
        var tensor = weights[name];
        if (!tensor.Shape.SequenceEqual(shape))
            throw new WeightsException($"the weights '{name}' have the shape {tensor}, not [{string.Join(", ", shape)}]");
        foreach (var value in tensor.Values)
        {
            if (!float.IsFinite(value))
                throw new WeightsException($"the weights '{name}' hold {value}");
        }

        return tensor.Values;
    }
}
