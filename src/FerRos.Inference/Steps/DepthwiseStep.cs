using System.Runtime.CompilerServices;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>The rows of a convolution of each channel by itself.</summary>
internal sealed unsafe class DepthwiseRows<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly FeatureMap _source;
    private readonly DepthwiseConv2D _operation;
    private readonly KernelWeights _weights;
    private readonly Limits _limits;
    private readonly int _top;
    private readonly int _left;
    private float* _taps;
    private float* _bias;

    public DepthwiseRows(Node node, FeatureMap source, KernelWeights weights)
    {
        (_source, _weights) = (source, weights);
        _operation = (DepthwiseConv2D)node.Operation;
        _limits = Limits.Of(_operation.Activation) ?? throw new NetworkException($"{_operation.Activation} is a step of its own");
        if (_operation.Stride > 2)
            throw new NetworkException($"'{node.Name}': a depthwise convolution of stride {_operation.Stride} cannot be run; 1 and 2 can");
        var (rows, columns) = (_operation.Rows(node.InputShapes[0]), _operation.Columns(node.InputShapes[0]));
        (_top, _left) = (rows.Before, columns.Before);
        source.Require(new Halo(rows.Before, rows.After, columns.Before, columns.After));
        (Width, Height, Channels) = (columns.Output, rows.Output, source.Shape.Channels);
    }

    public int Width { get; }

    public int Height { get; }

    public int Channels { get; }

    public nint WeightFloats => (nint)((_operation.Size * _operation.Size) + 1) * _source.Blocks * S.Count;

    public void Prepare(float* weights)
    {
        var taps = _operation.Size * _operation.Size;
        _bias = weights;
        _taps = weights + (_source.Blocks * S.Count);
        _weights.Bias?.CopyTo(new Span<float>(_bias, Channels));
        for (var tap = 0; tap < taps; tap++)
        {
            for (var c = 0; c < Channels; c++)
                _taps[(((c / S.Count * taps) + tap) * S.Count) + (c % S.Count)] = _weights.Kernel[(tap * Channels) + c];
        }
    }

    /// <summary>Computes one row of one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block, int y, float* target)
    {
        var source = _source.Origin + (block * _source.Block) + (((y * _operation.Stride) - _top) * _source.Row) - (_left * S.Count);
        var taps = _taps + ((nint)block * _operation.Size * _operation.Size * S.Count);
        var bias = _bias + (block * S.Count);
        if (_operation is { Size: 3, Stride: 1 })
            ElementKernels<S, V>.Depthwise3x3(source, _source.Row, taps, bias, _limits.Low, _limits.High, target, Width);
        else if (_operation.Stride == 1)
            ElementKernels<S, V>.Depthwise<BlockedStep<S, V>>(source, _source.Row, taps, _operation.Size, bias, _limits.Low, _limits.High, target, Width);
        else
            ElementKernels<S, V>.Depthwise<BlockedStep2<S, V>>(source, _source.Row, taps, _operation.Size, bias, _limits.Low, _limits.High, target, Width);
    }
}

/// <summary>A depthwise convolution by itself. A chunk is a block of channels.</summary>
internal sealed unsafe class DepthwiseStep<S, V>(Node node, FeatureMap source, FeatureMap target, KernelWeights weights)
    : ElementStep(node.Name, target, source)
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly DepthwiseRows<S, V> _rows = new(node, source, weights);

    public override nint WeightFloats => _rows.WeightFloats;

    public override void Prepare(float* weights) => _rows.Prepare(weights);

    public override void Run(int chunk, in StepContext context)
    {
        for (var y = 0; y < Target.Height; y++)
            _rows.Run(chunk, y, RowOf(Target, chunk, y));
    }
}
