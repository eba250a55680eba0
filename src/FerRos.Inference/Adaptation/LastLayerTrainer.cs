namespace FerRos.Inference;

/// <summary>
/// Trains a last layer on the processor, without libtorch: softmax cross-entropy with soft labels for the expression,
/// tanh with squared error for arousal and valence, labels that are missing left out sample by sample. A step allocates
/// nothing once the largest batch was seen. One thread at a time. Disposing lets the next trainer use the memory.
/// </summary>
/// <remarks>
/// Loss of a batch with weights w: sum of w times cross-entropy over the samples with an expression, divided by the sum
/// of their w; plus <see cref="LastLayerTrainingOptions.AffectWeight"/> times the sum of w times squared error over all
/// known values of arousal and valence, divided by the sum of their w. The pull toward the first layer acts on the step
/// and is not part of the loss that is reported.
/// </remarks>
public sealed unsafe class LastLayerTrainer : IDisposable
{
    // Rows of a gradient that are computed and used up while they are in the first-level cache.
    private const int GradientRows = 16;

    private readonly LastLayer _start;
    private readonly LastLayerPlan _plan;
    private readonly LastLayerTrainingOptions _options;
    private readonly DenseMath _math;
    private readonly AlignedFloats _weights;
    private readonly AlignedFloats _first;
    private readonly AlignedFloats? _second;
    private readonly AlignedFloats _transposed;
    private readonly AlignedFloats _gradient;
    private readonly LastLayerWorkspace _workspace;
    private readonly LastLayerWorkspace _forwardWorkspace;

    /// <summary>Starts from a layer.</summary>
    /// <param name="start">Where training starts, and where <see cref="LastLayerTrainingOptions.Pull"/> pulls to; it stays as it is.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public LastLayerTrainer(LastLayer start, LastLayerTrainingOptions options)
        : this(start, options, DenseMath.Widest)
    {
    }

    internal LastLayerTrainer(LastLayer start, LastLayerTrainingOptions options, DenseMath math)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (!options.ClassOffsets.IsEmpty && options.ClassOffsets.Length != start.ClassCount)
            throw new ArgumentException($"{options.ClassOffsets.Length} class offsets for {start.ClassCount} classes", nameof(options));
        _start = start;
        _plan = start.Plan;
        _options = options;
        _math = math;
        _weights = new AlignedFloats(_plan.Floats);
        start.Weights.Span.CopyTo(_weights.Span);
        _first = new AlignedFloats(_plan.Floats);
        _second = options.Optimizer == LastLayerOptimizer.Sgd ? null : new AlignedFloats(_plan.Floats);
        var hidden = _plan.Branches.Max(b => b.Hidden?.Stride ?? 0);
        var blocks = _plan.Blocks.ToArray();
        var outputs = _plan.Branches.Max(b => b.Heads.Max(h => h.Dense.Outputs));
        _transposed = new AlignedFloats(Math.Max(hidden * outputs, 1));
        _gradient = new AlignedFloats(GradientRows * blocks.Max(b => b.Stride));
        _workspace = new LastLayerWorkspace(_plan);
        _forwardWorkspace = new LastLayerWorkspace(_plan);
    }

    /// <summary>Number of steps made.</summary>
    public int Steps { get; private set; }

    /// <summary>Makes one step on all samples of a batch.</summary>
    /// <param name="batch">The samples.</param>
    /// <returns>The loss before the step; NaN where no sample has a label.</returns>
    /// <exception cref="ArgumentException">The batch is of another network, or empty.</exception>
    public float Step(LastLayerBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _plan.Check(batch);
        if (batch.Count == 0)
            throw new ArgumentException("the batch has no samples", nameof(batch));
        Steps++;
        _workspace.Prepare(batch.Count);
        var loss = 0.0;
        var labelled = false;
        for (var b = 0; b < _plan.Branches.Length; b++)
        {
            var branch = _plan.Branches[b];
            _workspace.Forward(_math, b, batch, _weights.Pointer, hiddenStays: !_options.TrainHidden);
            for (var h = 0; h < branch.Heads.Length; h++)
            {
                var part = HeadLoss(branch.Heads[h], batch, _workspace.Outputs(h));
                if (double.IsNaN(part))
                    continue;
                loss += part;
                labelled = true;
            }

            Backward(b, batch);
        }

        GC.KeepAlive(this);
        GC.KeepAlive(batch);
        return labelled ? (float)loss : float.NaN;
    }

    /// <summary>The layer as it is now.</summary>
    public LastLayer ToLayer()
    {
        var copy = new AlignedFloats(_plan.Floats);
        _weights.Span.CopyTo(copy.Span);
        return new LastLayer(_plan, copy);
    }

    /// <summary>Computes the outputs of the layer as it is now; without the copy that <see cref="ToLayer"/> makes.</summary>
    /// <inheritdoc cref="LastLayer.Forward(LastLayerBatch, Span{float}, Span{float}, Span{float})"/>
    public void Forward(LastLayerBatch batch, Span<float> probabilities, Span<float> arousal, Span<float> valence)
    {
        _forwardWorkspace.Run(batch, _weights.Pointer, hiddenStays: !_options.TrainHidden, probabilities, arousal, valence);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var floats in new[] { _weights, _first, _second, _transposed, _gradient })
            floats?.Dispose();
        _workspace.Dispose();
        _forwardWorkspace.Dispose();
    }

    /// <summary>Turns the sums of a head into the loss's derivatives; those of the padding are zeros.</summary>
    private double HeadLoss(LastLayerHead head, LastLayerBatch batch, float* sums)
    {
        var stride = head.Dense.Stride;
        return head.Output == LastLayerOutput.Expression
            ? ExpressionLoss(head, batch, sums, stride)
            : AffectLoss(head.Output, batch, sums, stride);
    }

    private double ExpressionLoss(LastLayerHead head, LastLayerBatch batch, float* sums, int stride)
    {
        double total = 0, loss = 0;
        for (var n = 0; n < batch.Count; n++)
            total += batch.HasExpression(n) ? batch.Weight(n) : 0;
        var classes = head.Dense.Outputs;
        var offsets = _options.ClassOffsets;
        for (var n = 0; n < batch.Count; n++, sums += stride)
        {
            var row = new Span<float>(sums, stride);
            if (!batch.HasExpression(n) || total == 0)
            {
                row.Clear();
                continue;
            }

            var target = batch.Target(n);
            var weight = (float)(batch.Weight(n) / total);
            for (var c = 0; c < classes && offsets.Length > 0 && batch.HasOffset(n); c++)
                row[c] += offsets[c];
            var largest = float.NegativeInfinity;
            for (var c = 0; c < classes; c++)
                largest = MathF.Max(largest, row[c]);
            double sum = 0;
            for (var c = 0; c < classes; c++)
                sum += Math.Exp(row[c] - largest);
            var log = largest + Math.Log(sum);
            for (var c = 0; c < classes; c++)
            {
                var logarithm = row[c] - log;
                loss -= weight * target[c] * logarithm;
                row[c] = weight * ((float)Math.Exp(logarithm) - target[c]);
            }

            row[classes..].Clear();
        }

        return total == 0 ? double.NaN : loss;
    }

    private double AffectLoss(LastLayerOutput output, LastLayerBatch batch, float* sums, int stride)
    {
        // Both heads are one mean: the errors of all known values count alike.
        double total = 0, loss = 0;
        for (var n = 0; n < batch.Count; n++)
        {
            total += _plan.HasArousal && !float.IsNaN(batch.Affect(n, LastLayerOutput.Arousal)) ? batch.Weight(n) : 0;
            total += _plan.HasValence && !float.IsNaN(batch.Affect(n, LastLayerOutput.Valence)) ? batch.Weight(n) : 0;
        }

        for (var n = 0; n < batch.Count; n++, sums += stride)
        {
            var target = batch.Affect(n, output);
            var derivative = 0f;
            if (!float.IsNaN(target) && total > 0)
            {
                var weight = _options.AffectWeight * batch.Weight(n) / total;
                var value = MathF.Tanh(*sums);
                var error = value - target;
                loss += weight * error * error;
                derivative = (float)(weight * 2 * error * (1 - (value * value)));
            }

            new Span<float>(sums, stride).Clear();
            *sums = derivative;
        }

        return total == 0 ? double.NaN : loss;
    }

    private void Backward(int index, LastLayerBatch batch)
    {
        var branch = _plan.Branches[index];
        var hidden = branch.Hidden;
        if (hidden is not null && _options.TrainHidden)
        {
            var errors = _workspace.HiddenErrors;
            for (var h = 0; h < branch.Heads.Length; h++)
            {
                var dense = branch.Heads[h].Dense;
                Transpose(dense, hidden.Stride);
                _math.Multiply(
                    _workspace.Outputs(h), dense.Stride, 1, _transposed.Pointer, hidden.Stride, errors, hidden.Stride, batch.Count, dense.Outputs,
                    hidden.Stride, null, accumulate: h > 0);
            }

            _math.ReluGradient(_workspace.Hidden(index), errors, (nint)batch.Count * hidden.Stride);
        }

        for (var h = 0; h < branch.Heads.Length; h++)
        {
            var dense = branch.Heads[h].Dense;
            if (hidden is not null)
                Update(dense, _workspace.Hidden(index), 1, hidden.Stride, _workspace.Outputs(h), batch.Count, null);
            else
                Update(dense, branch, batch, _workspace.Outputs(h));
        }

        if (hidden is not null && _options.TrainHidden)
            Update(hidden, branch, batch, _workspace.HiddenErrors);
    }

    /// <summary>Gradient and step of a dense layer that reads the batch itself.</summary>
    private void Update(DenseBlock dense, LastLayerBranch branch, LastLayerBatch batch, float* errors) =>
        Update(
            dense, batch.Inputs.Pointer + branch.InputOffset, 1, batch.RowFloats, errors, batch.Count,
            branch.InputLength == _plan.InputLength ? batch.NonZeros?.ByFeature : null);

    /// <summary>A head's matrix with a row per class, so that errors go back by the same product.</summary>
    private void Transpose(DenseBlock dense, int stride)
    {
        var (source, target) = ((nint)_weights.Pointer, (nint)_transposed.Pointer);
        for (var o = 0; o < dense.Outputs; o++)
        {
            for (var i = 0; i < stride; i++)
                ((float*)target)[(o * stride) + i] = i < dense.Inputs ? ((float*)source)[dense.Kernel + (i * dense.Stride) + o] : 0;
        }
    }

    /// <summary>Gradient and step of one dense layer, some rows of its matrix at a time.</summary>
    private void Update(DenseBlock dense, float* input, nint inputRow, nint inputInner, float* errors, int samples, CompressedRows? nonZeros)
    {
        var gradient = _gradient.Pointer;
        for (var row = 0; row < dense.Inputs; row += GradientRows)
        {
            var rows = Math.Min(GradientRows, dense.Inputs - row);
            if (nonZeros is not null)
            {
                _math.MultiplySparse(nonZeros, row, rows, samples, errors, gradient, dense.Stride, null);
            }
            else
            {
                _math.Multiply(
                    input + (row * inputRow), inputRow, inputInner, errors, dense.Stride, gradient, dense.Stride, rows, samples, dense.Stride, null,
                    accumulate: false);
            }

            Apply(dense.Kernel + (row * dense.Stride), gradient, (nint)rows * dense.Stride, _options.Pull, 1);
        }

        if (!dense.UseBias)
            return;
        var sum = new Span<float>(gradient, dense.Stride);
        sum.Clear();
        for (var n = 0; n < samples; n++)
        {
            for (var o = 0; o < dense.Outputs; o++)
                sum[o] += errors[(n * dense.Stride) + o];
        }

        Apply(dense.Bias, gradient, dense.Stride, _options.BiasPull ?? _options.Pull, _options.BiasRate);
    }

    private void Apply(int offset, float* gradient, nint count, float pull, float factor)
    {
        var weight = _weights.Pointer + offset;
        if (pull > 0)
            _math.Pull(weight, _start.Weights.Pointer + offset, pull, gradient, count);
        var first = _first.Pointer + offset;
        var o = _options;
        switch (o.Optimizer)
        {
            case LastLayerOptimizer.Sgd:
                _math.Sgd(weight, gradient, first, o.LearningRate * factor, o.Momentum, o.Nesterov, count);
                break;
            case LastLayerOptimizer.Adam:
                var alpha = o.LearningRate * factor * Math.Sqrt(1 - Math.Pow(o.Beta2, Steps)) / (1 - Math.Pow(o.Beta1, Steps));
                _math.Adam(weight, gradient, first, _second!.Pointer + offset, (float)alpha, o.Beta1, o.Beta2, o.Epsilon, count);
                break;
            default:
                var rate = o.LearningRate * factor / (1 - Math.Pow(o.Beta1, Steps));
                _math.Adamax(weight, gradient, first, _second!.Pointer + offset, (float)rate, o.Beta1, o.Beta2, o.Epsilon, count);
                break;
        }
    }
}
