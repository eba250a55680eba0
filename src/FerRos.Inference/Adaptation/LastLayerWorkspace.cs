namespace FerRos.Inference;

/// <summary>What the branches of a last layer compute for a batch. Memory grows to the largest batch and stays.</summary>
internal sealed unsafe class LastLayerWorkspace(LastLayerPlan plan) : IDisposable
{
    private readonly int[] _outputStrides = [.. Enumerable.Range(0, plan.Branches.Max(b => b.Heads.Length))
        .Select(h => plan.Branches.Where(b => b.Heads.Length > h).Max(b => b.Heads[h].Dense.Stride))];

    private readonly (LastLayerBatch Batch, int Version)?[] _hiddenOf = new (LastLayerBatch, int)?[plan.Branches.Length];
    private AlignedFloats[] _hidden = [];
    private AlignedFloats[] _outputs = [];
    private AlignedFloats? _errors;
    private int _samples;

    /// <summary>Activations of a branch's hidden layer, a row per sample.</summary>
    public float* Hidden(int branch) => _hidden[branch].Pointer;

    /// <summary>Room for the errors of a branch's hidden layer, laid out likewise; the branches share it.</summary>
    public float* HiddenErrors => (_errors ??= new AlignedFloats(_samples * plan.Branches.Max(b => b.Hidden?.Stride ?? 0))).Pointer;

    /// <summary>Sums of a head before its activation, a row per sample; the branches share them.</summary>
    public float* Outputs(int head) => _outputs[head].Pointer;

    public void Prepare(int samples)
    {
        if (samples > _samples)
            Grow(samples);
    }

    public void Dispose()
    {
        foreach (var floats in _hidden.Concat(_outputs))
            floats.Dispose();
        _errors?.Dispose();
        (_hidden, _outputs, _errors, _samples) = ([], [], null, 0);
        Array.Clear(_hiddenOf);
    }

    // By itself: the closure below is made where a method that holds it begins.
    private void Grow(int samples)
    {
        Dispose();
        _samples = samples;
        _hidden = [.. plan.Branches.Select(branch => new AlignedFloats(samples * (branch.Hidden?.Stride ?? 0)))];
        _outputs = [.. _outputStrides.Select(stride => new AlignedFloats(samples * stride))];
    }

    /// <summary>Computes the outputs for all samples of a batch.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="weights">All weights.</param>
    /// <param name="hiddenStays">As for <see cref="Forward"/>.</param>
    /// <param name="probabilities">Receives a value a class for every sample.</param>
    /// <param name="arousal">Receives a value a sample, NaN where there is no such output; empty: not wanted.</param>
    /// <param name="valence">As <paramref name="arousal"/>.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the batch is of another network.</exception>
    public void Run(LastLayerBatch batch, float* weights, bool hiddenStays, Span<float> probabilities, Span<float> arousal, Span<float> valence)
    {
        ArgumentNullException.ThrowIfNull(batch);
        plan.Check(batch);
        var classes = plan.ClassCount;
        if (probabilities.Length != batch.Count * classes)
            throw new ArgumentException($"{batch.Count} samples of {classes} classes do not fit {probabilities.Length} values", nameof(probabilities));
        if ((arousal.Length > 0 && arousal.Length != batch.Count) || (valence.Length > 0 && valence.Length != batch.Count))
            throw new ArgumentException($"{arousal.Length} and {valence.Length} values for {batch.Count} samples", nameof(arousal));
        arousal.Fill(float.NaN);
        valence.Fill(float.NaN);
        Prepare(batch.Count);
        for (var b = 0; b < plan.Branches.Length; b++)
        {
            var branch = plan.Branches[b];
            Forward(DenseMath.Widest, b, batch, weights, hiddenStays);
            for (var h = 0; h < branch.Heads.Length; h++)
            {
                var (output, stride) = (branch.Heads[h].Output, branch.Heads[h].Dense.Stride);
                var sums = Outputs(h);
                for (var n = 0; n < batch.Count; n++, sums += stride)
                {
                    if (output == LastLayerOutput.Expression)
                        Scalar.Softmax(new Span<float>(sums, classes), probabilities.Slice(n * classes, classes), classes);
                    else if (output == LastLayerOutput.Arousal && arousal.Length > 0)
                        arousal[n] = MathF.Tanh(*sums);
                    else if (output == LastLayerOutput.Valence && valence.Length > 0)
                        valence[n] = MathF.Tanh(*sums);
                }
            }
        }

        GC.KeepAlive(batch);
    }

    /// <summary>Computes the sums of a branch's heads.</summary>
    /// <param name="math">Computes.</param>
    /// <param name="index">The branch.</param>
    /// <param name="batch">The samples.</param>
    /// <param name="weights">All weights.</param>
    /// <param name="hiddenStays">The hidden layer has the weights of the last call: for the same samples its activations are there already.</param>
    public void Forward(DenseMath math, int index, LastLayerBatch batch, float* weights, bool hiddenStays = false)
    {
        var branch = plan.Branches[index];
        var input = batch.Inputs.Pointer + branch.InputOffset;
        if (branch.Hidden is { } hidden && !(hiddenStays && _hiddenOf[index] == (batch, batch.Version)))
        {
            _hiddenOf[index] = (batch, batch.Version);
            if (branch.InputLength == plan.InputLength && batch.NonZeros is { } nonZeros)
            {
                math.MultiplySparse(
                    nonZeros.BySample, 0, batch.Count, hidden.Inputs, weights + hidden.Kernel, Hidden(index), hidden.Stride, weights + hidden.Bias);
            }
            else
            {
                math.Multiply(
                    input, batch.RowFloats, 1, weights + hidden.Kernel, hidden.Stride, Hidden(index), hidden.Stride, batch.Count, hidden.Inputs, hidden.Stride,
                    weights + hidden.Bias, accumulate: false);
            }

            math.Relu(Hidden(index), (nint)batch.Count * hidden.Stride);
        }

        for (var h = 0; h < branch.Heads.Length; h++)
        {
            var dense = branch.Heads[h].Dense;
            if (branch.Hidden is { } before)
            {
                math.Multiply(
                    Hidden(index), before.Stride, 1, weights + dense.Kernel, dense.Stride, Outputs(h), dense.Stride, batch.Count, dense.Inputs, dense.Stride,
                    weights + dense.Bias, accumulate: false);
            }
            else
            {
                math.Multiply(
                    input, batch.RowFloats, 1, weights + dense.Kernel, dense.Stride, Outputs(h), dense.Stride, batch.Count, dense.Inputs, dense.Stride,
                    weights + dense.Bias, accumulate: false);
            }
        }
    }
}
