namespace FerRos.Inference;

/// <summary>What one branch of a last layer computes for a batch. Memory grows to the largest batch and stays.</summary>
internal sealed unsafe class LastLayerWorkspace(LastLayerPlan plan)
{
    private readonly int _hiddenStride = plan.Branches.Max(b => b.Hidden?.Stride ?? 0);
    private readonly int[] _outputStrides = [.. Enumerable.Range(0, plan.Branches.Max(b => b.Heads.Length))
        .Select(h => plan.Branches.Where(b => b.Heads.Length > h).Max(b => b.Heads[h].Dense.Stride))];

    private AlignedFloats _hidden = new(0);
    private AlignedFloats _errors = new(0);
    private AlignedFloats[] _outputs = [];
    private int _samples;
    private (LastLayerBatch Batch, int Version)? _hiddenOf;

    /// <summary>Activations of the hidden layer, a row per sample.</summary>
    public float* Hidden => _hidden.Pointer;

    /// <summary>Room for the hidden layer's errors, laid out likewise.</summary>
    public float* HiddenErrors => _errors.Pointer;

    /// <summary>Sums of a head before its activation, a row per sample.</summary>
    public float* Outputs(int head) => _outputs[head].Pointer;

    public void Prepare(int samples)
    {
        if (samples > _samples)
            Grow(samples);
    }

    // By itself: the closure below is made where a method that holds it begins.
    private void Grow(int samples)
    {
        _samples = samples;
        _hidden = new AlignedFloats(samples * _hiddenStride);
        _errors = new AlignedFloats(samples * _hiddenStride);
        _outputs = [.. _outputStrides.Select(stride => new AlignedFloats(samples * stride))];
    }

    /// <summary>Computes the sums of a branch's heads.</summary>
    /// <param name="math">Computes.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="batch">The samples.</param>
    /// <param name="weights">All weights.</param>
    /// <param name="hiddenStays">
    /// The hidden layer has the weights of the last call: where it is the only branch, its activations are there already.
    /// </param>
    public void Forward(DenseMath math, LastLayerBranch branch, LastLayerBatch batch, float* weights, bool hiddenStays = false)
    {
        var input = batch.Inputs.Pointer + ((nint)branch.InputOffset * batch.RowFloats);
        if (branch.Hidden is { } hidden && !(hiddenStays && plan.Branches.Length == 1 && _hiddenOf == (batch, batch.Version)))
        {
            _hiddenOf = (batch, batch.Version);
            math.Multiply(
                input, 1, batch.RowFloats, weights + hidden.Kernel, hidden.Stride, Hidden, hidden.Stride, batch.Count, hidden.Inputs, hidden.Stride,
                weights + hidden.Bias, accumulate: false);
            math.Relu(Hidden, (nint)batch.Count * hidden.Stride);
        }

        for (var h = 0; h < branch.Heads.Length; h++)
        {
            var dense = branch.Heads[h].Dense;
            if (branch.Hidden is { } before)
            {
                math.Multiply(
                    Hidden, before.Stride, 1, weights + dense.Kernel, dense.Stride, Outputs(h), dense.Stride, batch.Count, dense.Inputs, dense.Stride,
                    weights + dense.Bias, accumulate: false);
            }
            else
            {
                math.Multiply(
                    input, 1, batch.RowFloats, weights + dense.Kernel, dense.Stride, Outputs(h), dense.Stride, batch.Count, dense.Inputs, dense.Stride,
                    weights + dense.Bias, accumulate: false);
            }
        }
    }
}
