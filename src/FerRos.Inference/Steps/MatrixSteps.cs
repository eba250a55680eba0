using System.Runtime.CompilerServices;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>A matrix, cut into groups of vectors of outputs; in each group, input by input, its lanes.</summary>
internal sealed unsafe class MatrixWeights<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly ChannelGroup[] _groups;
    private readonly float*[] _groupWeights;
    private readonly delegate*<TileArguments*, float*, float*, float*, void>[][] _kernels;

    /// <param name="inputs">Rows of the matrix.</param>
    /// <param name="outputs">Columns of the matrix.</param>
    /// <param name="vectors">Vectors of outputs in a group: 4 for one row of inputs at a time, 2 for several.</param>
    public MatrixWeights(int inputs, int outputs, int vectors)
    {
        (_inputs, _outputs) = (inputs, outputs);
        _groups = ChannelGroup.Cut((outputs + S.Count - 1) / S.Count, vectors);
        _groupWeights = new float*[_groups.Length];
        _kernels = new delegate*<TileArguments*, float*, float*, float*, void>[5][];
        foreach (var group in _groups)
            _kernels[group.Count] ??= TileKernels<S, V>.Select(group.Count, S.Count);
    }

    public int Groups => _groups.Length;

    public nint Floats => (nint)_inputs * OutputLanes;

    /// <summary>Outputs, rounded up to whole vectors.</summary>
    public int OutputLanes => (_outputs + S.Count - 1) / S.Count * S.Count;

    public void Prepare(float* weights, ReadOnlySpan<float> matrix)
    {
        for (var g = 0; g < _groups.Length; g++)
        {
            _groupWeights[g] = weights;
            var first = _groups[g].First * S.Count;
            var lanes = _groups[g].Count * S.Count;
            for (var i = 0; i < _inputs; i++, weights += lanes)
            {
                var row = matrix.Slice(i * _outputs, _outputs);
                row.Slice(first, Math.Min(lanes, row.Length - first)).CopyTo(new Span<float>(weights, lanes));
            }
        }
    }

    /// <summary>Computes one group's outputs for some rows of inputs: start + input times matrix, within limits.</summary>
    /// <param name="group">The group.</param>
    /// <param name="input">The inputs: rows of them lie a vector apart, the lanes of a row where the taps say.</param>
    /// <param name="taps">Where a row's inputs lie.</param>
    /// <param name="tapCount">In how many pieces.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="start">What the sums start from, <see cref="OutputLanes"/> values, the same for all rows.</param>
    /// <param name="output">Receives <see cref="OutputLanes"/> values for each row, of which this group's are written.</param>
    /// <param name="limits">Of the activation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(int group, float* input, Tap* taps, int tapCount, int rows, float* start, float* output, Limits limits)
    {
        var (first, count) = _groups[group];
        TileArguments arguments = default;
        arguments.Taps = taps;
        arguments.TapCount = tapCount;
        arguments.Positions = 1;
        arguments.OutputPixel = OutputLanes;
        arguments.OutputBlock = S.Count;
        arguments.Bias = start + (first * S.Count);
        arguments.Low = limits.Low;
        arguments.High = limits.High;
        var kernels = _kernels[count];
        for (var row = 0; row < rows;)
        {
            var tile = Math.Min(rows - row, kernels.Length - 1);
            kernels[tile](&arguments, input + ((nint)row * S.Count), _groupWeights[group], output + ((nint)row * OutputLanes) + (first * S.Count));
            row += tile;
        }
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
    private float* _bias;

    public DenseStep(Node node, FeatureMap source, FeatureMap target, KernelWeights weights)
        : base(node.Name)
    {
        var operation = (Dense)node.Operation;
        (_source, _target, _weights) = (source, target, weights);
        _limits = Limits.Of(operation.Activation) ?? throw new NetworkException($"{operation.Activation} is a step of its own");
        _matrix = new MatrixWeights<S, V>(source.Count, operation.Units, 4);
        Reads = [source];
        Writes = [target];
    }

    public override IReadOnlyList<FeatureMap> Reads { get; }

    public override IReadOnlyList<FeatureMap> Writes { get; }

    public override int Chunks => _matrix.Groups;

    public override nint WeightFloats => _matrix.Floats + _matrix.OutputLanes;

    public override void Prepare(float* weights)
    {
        _bias = weights;
        _weights.Bias?.CopyTo(new Span<float>(_bias, _matrix.OutputLanes));
        _matrix.Prepare(weights + _matrix.OutputLanes, _weights.Kernel);
    }

    public override void Run(int chunk, in StepContext context)
    {
        var tap = new Tap(0, _source.Count);
        _matrix.Multiply(chunk, _source.Origin, &tap, 1, 1, _bias, _target.Origin, _limits);
    }
}

/// <summary>
/// An LSTM over the steps of a sequence; the last state is the output. The products of the inputs do not wait for the
/// state: those of all steps are made at once, so that the larger matrix is read once and not once per step.
/// </summary>
internal sealed unsafe class LstmStep<S, V> : Step
    where S : struct, ISimd<V>
    where V : struct
{
    private static readonly Limits _none = new(float.NegativeInfinity, float.PositiveInfinity);

    private readonly FeatureMap _source;
    private readonly FeatureMap _target;
    private readonly Lstm _operation;
    private readonly float[] _kernel;
    private readonly float[] _recurrent;
    private readonly float[] _initial;
    private readonly MatrixWeights<S, V> _inputMatrix;
    private readonly MatrixWeights<S, V> _stateMatrix;
    private readonly int _inputs;
    private readonly int _blocks;
    private readonly int _longest;
    private float* _bias;
    private Tap* _taps;

    public LstmStep(Node node, FeatureMap source, FeatureMap target, float[] kernel, float[] recurrent, float[] bias)
        : base(node.Name)
    {
        _operation = (Lstm)node.Operation;
        (_source, _target, _kernel, _recurrent, _initial) = (source, target, kernel, recurrent, bias);
        _inputs = node.InputShapes[0].Count;
        _blocks = (_inputs + S.Count - 1) / S.Count;
        _longest = source.Count / _inputs;
        _inputMatrix = new MatrixWeights<S, V>(_inputs, 4 * _operation.Units, 2);
        _stateMatrix = new MatrixWeights<S, V>(_operation.Units, 4 * _operation.Units, 4);
        Reads = [source];
        Writes = [target];
    }

    public override IReadOnlyList<FeatureMap> Reads { get; }

    public override IReadOnlyList<FeatureMap> Writes { get; }

    public override nint WeightFloats => _inputMatrix.Floats + _stateMatrix.Floats + _inputMatrix.OutputLanes + (2 * _blocks);

    public override nint ScratchFloats => InputFloats + GateFloats + _target.Lanes;

    private nint InputFloats => (nint)_blocks * _longest * S.Count;

    /// <summary>With room behind the last gate, which is read in whole vectors.</summary>
    private nint GateFloats => ((nint)_longest * _inputMatrix.OutputLanes) + S.Count;

    public override void Prepare(float* weights)
    {
        _bias = weights;
        _initial.CopyTo(new Span<float>(_bias, _inputMatrix.OutputLanes));
        weights += _inputMatrix.OutputLanes;
        _inputMatrix.Prepare(weights, _kernel);
        weights += _inputMatrix.Floats;
        _stateMatrix.Prepare(weights, _recurrent);
        weights += _stateMatrix.Floats;
        _taps = (Tap*)weights;
        for (var block = 0; block < _blocks; block++)
            _taps[block] = new Tap(block * _longest * S.Count, Math.Min(S.Count, _inputs - (block * S.Count)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, in StepContext context)
    {
        var steps = context.SequenceLength;
        var inputs = context.Scratch;
        var gates = inputs + InputFloats;
        var cell = gates + GateFloats;
        CutIntoBlocks(steps, inputs);
        for (var group = 0; group < _inputMatrix.Groups; group++)
            _inputMatrix.Multiply(group, inputs, _taps, _blocks, steps, _bias, gates, _none);

        var state = _target.Origin;
        new Span<float>(state, _target.Lanes).Clear();
        new Span<float>(cell, _target.Lanes).Clear();
        var tap = new Tap(0, _operation.Units);
        for (var step = 0; step < steps; step++, gates += _inputMatrix.OutputLanes)
        {
            for (var group = 0; group < _stateMatrix.Groups; group++)
                _stateMatrix.Multiply(group, state, &tap, 1, 1, gates, gates, _none);
            ElementKernels<S, V>.LstmUpdate(gates, _operation.Units, cell, state, _operation.Activation, _operation.RecurrentActivation);
        }
    }

    /// <summary>Vectors of one step after the other to [block][step][lane].</summary>
    private void CutIntoBlocks(int steps, float* target)
    {
        for (var block = 0; block < _blocks; block++)
        {
            for (var step = 0; step < steps; step++)
            {
                var lanes = _taps[block].Lanes;
                new ReadOnlySpan<float>(_source.Origin + ((nint)step * _inputs) + (block * S.Count), lanes)
                    .CopyTo(new Span<float>(target + _taps[block].Offset + (step * S.Count), lanes));
            }
        }
    }
}
