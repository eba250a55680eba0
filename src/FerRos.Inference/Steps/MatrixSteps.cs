using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Weights of a matrix, cut into groups of four vectors of outputs; in each, input by input, its lanes.</summary>
internal sealed unsafe class MatrixWeights<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly ChannelGroup[] _groups;
    private readonly float*[] _groupWeights;
    private readonly delegate*<TileArguments*, float*, float*, float*, void>[] _kernels;
    private float* _bias;

    public MatrixWeights(int inputs, int outputs)
    {
        (_inputs, _outputs) = (inputs, outputs);
        _groups = ChannelGroup.Cut((outputs + S.Count - 1) / S.Count, 4);
        _groupWeights = new float*[_groups.Length];
        _kernels = new delegate*<TileArguments*, float*, float*, float*, void>[5];
        foreach (var group in _groups)
            _kernels[group.Count] = TileKernels<S, V>.Select(group.Count, S.Count)[1];
    }

    public int Groups => _groups.Length;

    public nint Floats => (nint)(_inputs + 1) * OutputLanes;

    /// <summary>Outputs, rounded up to whole vectors.</summary>
    public int OutputLanes => (_outputs + S.Count - 1) / S.Count * S.Count;

    /// <summary>Lays out matrices that stand one below the other: their inputs follow each other.</summary>
    public void Prepare(float* weights, float[]? bias, params ReadOnlySpan<float[]> matrices)
    {
        _bias = weights;
        bias?.CopyTo(new Span<float>(_bias, _outputs));
        weights += OutputLanes;
        for (var g = 0; g < _groups.Length; g++)
        {
            _groupWeights[g] = weights;
            var first = _groups[g].First * S.Count;
            var lanes = _groups[g].Count * S.Count;
            foreach (var matrix in matrices)
            {
                for (var i = 0; i < matrix.Length; i += _outputs, weights += lanes)
                {
                    var row = matrix.AsSpan(i, _outputs);
                    row.Slice(first, Math.Min(lanes, row.Length - first)).CopyTo(new Span<float>(weights, lanes));
                }
            }
        }
    }

    /// <summary>Computes one group's outputs: input times weights plus bias, within limits.</summary>
    /// <param name="group">The group.</param>
    /// <param name="taps">Where the inputs lie from <paramref name="input"/> on, in the order of the matrices.</param>
    /// <param name="tapCount">How many pieces they are in.</param>
    /// <param name="input">The inputs.</param>
    /// <param name="output">The first output of all groups.</param>
    /// <param name="limits">Of the activation.</param>
    public void Multiply(int group, Tap* taps, int tapCount, float* input, float* output, Limits limits)
    {
        var (first, count) = _groups[group];
        TileArguments arguments = default;
        arguments.Taps = taps;
        arguments.TapCount = tapCount;
        arguments.Positions = 1;
        arguments.OutputBlock = S.Count;
        arguments.Bias = _bias + (first * S.Count);
        arguments.Low = limits.Low;
        arguments.High = limits.High;
        _kernels[count](&arguments, input, _groupWeights[group], output + (first * S.Count));
    }
}

/// <summary>A dense layer. A chunk is a group of outputs. Bound by the weights' way from memory.</summary>
internal sealed unsafe class DenseStep<S, V> : Step
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly FeatureMap _source;
    private readonly FeatureMap _target;
    private readonly KernelWeights _weights;
    private readonly MatrixWeights<S, V> _matrix;
    private readonly Limits _limits;

    public DenseStep(Node node, FeatureMap source, FeatureMap target, KernelWeights weights)
        : base(node.Name)
    {
        var operation = (Dense)node.Operation;
        (_source, _target, _weights) = (source, target, weights);
        _limits = Limits.Of(operation.Activation) ?? throw new NetworkException($"{operation.Activation} is a step of its own");
        _matrix = new MatrixWeights<S, V>(source.Count, operation.Units);
        Reads = [source];
        Writes = [target];
    }

    public override IReadOnlyList<FeatureMap> Reads { get; }

    public override IReadOnlyList<FeatureMap> Writes { get; }

    public override int Chunks => _matrix.Groups;

    public override nint WeightFloats => _matrix.Floats;

    public override void Prepare(float* weights) => _matrix.Prepare(weights, _weights.Bias, _weights.Kernel);

    public override void Run(int chunk, in StepContext context)
    {
        var tap = new Tap(0, _source.Count);
        _matrix.Multiply(chunk, &tap, 1, _source.Origin, _target.Origin, _limits);
    }
}

/// <summary>
/// An LSTM over the steps of a sequence; the last state is the output. The matrices for input and state stand one below
/// the other, so that one product makes all gates of a step.
/// </summary>
internal sealed unsafe class LstmStep<S, V> : Step
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly FeatureMap _source;
    private readonly FeatureMap _target;
    private readonly Lstm _operation;
    private readonly float[] _kernel;
    private readonly float[] _recurrent;
    private readonly float[] _bias;
    private readonly MatrixWeights<S, V> _matrix;
    private readonly int _inputs;

    public LstmStep(Node node, FeatureMap source, FeatureMap target, float[] kernel, float[] recurrent, float[] bias)
        : base(node.Name)
    {
        _operation = (Lstm)node.Operation;
        (_source, _target, _kernel, _recurrent, _bias) = (source, target, kernel, recurrent, bias);
        _inputs = node.InputShapes[0].Count;
        _matrix = new MatrixWeights<S, V>(_inputs + _operation.Units, 4 * _operation.Units);
        Reads = [source];
        Writes = [target];
    }

    public override IReadOnlyList<FeatureMap> Reads { get; }

    public override IReadOnlyList<FeatureMap> Writes { get; }

    public override nint WeightFloats => _matrix.Floats;

    public override nint ScratchFloats => _matrix.OutputLanes + _operation.Units;

    public override void Prepare(float* weights) => _matrix.Prepare(weights, _bias, _kernel, _recurrent);

    public override void Run(int chunk, in StepContext context)
    {
        var n = _operation.Units;
        var state = new Span<float>(_target.Origin, n);
        var gates = new Span<float>(context.Scratch, 4 * n);
        var cell = new Span<float>(context.Scratch + _matrix.OutputLanes, n);
        state.Clear();
        cell.Clear();
        var everything = new Limits(float.NegativeInfinity, float.PositiveInfinity);
        var taps = stackalloc Tap[2];
        for (var step = 0; step < context.SequenceLength; step++)
        {
            var input = _source.Origin + ((nint)step * _inputs);
            taps[0] = new Tap(0, _inputs);
            taps[1] = new Tap((int)(_target.Origin - input), n);
            for (var group = 0; group < _matrix.Groups; group++)
                _matrix.Multiply(group, taps, 2, input, context.Scratch, everything);

            var (activation, recurrent) = (_operation.Activation, _operation.RecurrentActivation);
            for (var i = 0; i < n; i++)
            {
                var (enter, forget) = (Scalar.Activate(gates[i], recurrent), Scalar.Activate(gates[n + i], recurrent));
                var (candidate, leave) = (Scalar.Activate(gates[(2 * n) + i], activation), Scalar.Activate(gates[(3 * n) + i], recurrent));
                cell[i] = (forget * cell[i]) + (enter * candidate);
                state[i] = leave * Scalar.Activate(cell[i], activation);
            }
        }
    }
}
