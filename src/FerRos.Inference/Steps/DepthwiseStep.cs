using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>A convolution of each channel by itself. A chunk is a block of channels.</summary>
internal sealed unsafe class DepthwiseStep<S, V> : Step
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly FeatureMap _source;
    private readonly FeatureMap _target;
    private readonly DepthwiseConv2D _operation;
    private readonly KernelWeights _weights;
    private readonly Limits _limits;
    private readonly int _top;
    private readonly int _left;
    private float* _taps;
    private float* _bias;

    public DepthwiseStep(Node node, FeatureMap source, FeatureMap target, KernelWeights weights)
        : base(node.Name)
    {
        (_source, _target, _weights) = (source, target, weights);
        _operation = (DepthwiseConv2D)node.Operation;
        _limits = Limits.Of(_operation.Activation) ?? throw new NetworkException($"{_operation.Activation} is a step of its own");
        if (_operation.Stride > 2)
            throw new NetworkException($"'{node.Name}': a depthwise convolution of stride {_operation.Stride} cannot be run; 1 and 2 can");
        var (rows, columns) = (_operation.Rows(node.InputShapes[0]), _operation.Columns(node.InputShapes[0]));
        (_top, _left) = (rows.Before, columns.Before);
        source.Require(new Halo(rows.Before, rows.After, columns.Before, columns.After));
        Reads = [source];
        Writes = [target];
    }

    public override IReadOnlyList<FeatureMap> Reads { get; }

    public override IReadOnlyList<FeatureMap> Writes { get; }

    public override int Chunks => _target.Blocks;

    public override nint WeightFloats => (nint)((_operation.Size * _operation.Size) + 1) * _target.Blocks * S.Count;

    public override void Prepare(float* weights)
    {
        var channels = _target.Shape.Channels;
        var taps = _operation.Size * _operation.Size;
        _bias = weights;
        _taps = weights + (_target.Blocks * S.Count);
        _weights.Bias?.CopyTo(new Span<float>(_bias, channels));
        for (var tap = 0; tap < taps; tap++)
        {
            for (var c = 0; c < channels; c++)
                _taps[(((c / S.Count * taps) + tap) * S.Count) + (c % S.Count)] = _weights.Kernel[(tap * channels) + c];
        }
    }

    public override void Run(int chunk, in StepContext context)
    {
        var source = _source.Origin + (chunk * _source.Block) - (_top * _source.Row) - (_left * S.Count);
        var target = _target.Origin + (chunk * _target.Block);
        var taps = _taps + ((nint)chunk * _operation.Size * _operation.Size * S.Count);
        var bias = _bias + (chunk * S.Count);
        for (var y = 0; y < _target.Height; y++, source += _operation.Stride * _source.Row, target += _target.Row)
        {
            if (_operation.Stride == 1)
            {
                ElementKernels<S, V>.Depthwise<BlockedStep<S, V>>(
                    source, _source.Row, taps, _operation.Size, bias, _limits.Low, _limits.High, target, _target.Width);
            }
            else
            {
                ElementKernels<S, V>.Depthwise<BlockedStep2<S, V>>(
                    source, _source.Row, taps, _operation.Size, bias, _limits.Low, _limits.High, target, _target.Width);
            }
        }
    }
}
