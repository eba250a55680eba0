using System.Runtime.CompilerServices;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>
/// A convolution as its definition has it: products of every tap and channel, summed in registers. A chunk is an output
/// row. A 1x1 convolution behind a depthwise one computes that one's rows itself, and uses them while they are in the cache.
/// </summary>
internal sealed unsafe class ConvolutionStep<S, V> : Step
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly FeatureMap _source;
    private readonly DepthwiseRows<S, V>? _depthwise;
    private readonly FeatureMap _target;
    private readonly FeatureMap? _residual;
    private readonly Conv2D _operation;
    private readonly KernelWeights _weights;
    private readonly Limits _limits;
    private readonly bool _pooled;
    private readonly int _width;
    private readonly (int Rows, int Columns) _before;
    private readonly ChannelGroup[] _groups;
    private readonly Tap[] _taps;
    private readonly delegate*<TileArguments*, float*, float*, float*, void>[][] _kernels;
    private readonly float*[] _groupWeights;
    private Tap* _nativeTaps;
    private float* _bias;

    public ConvolutionStep(Node node, FeatureMap source, FeatureMap target, FeatureMap? residual, KernelWeights weights, DepthwiseRows<S, V>? depthwise)
        : base(node.Name)
    {
        _operation = (Conv2D)node.Operation;
        var input = node.InputShapes[0];
        var (rows, columns) = (_operation.Rows(input), _operation.Columns(input));
        if (depthwise is null)
            source.Require(new Halo(rows.Before, rows.After, columns.Before, columns.After));
        _depthwise = depthwise;
        (_source, _target, _residual, _weights) = (source, target, residual, weights);
        _limits = Limits.Of(_operation.Activation) ?? throw new NetworkException($"{_operation.Activation} is a step of its own");
        _pooled = node.Pooled;
        _width = _pooled ? 2 * target.Width : target.Width;
        _before = (rows.Before, columns.Before);
        Reads = residual is null ? [source] : [source, residual];
        Writes = [target];

        // A group is either wholly covered by the residual or not at all.
        var largest = residual is not null && residual.Blocks % 2 != 0 && residual.Blocks < target.Blocks ? 1 : target.Blocks % 4 == 0 && _width < 8 ? 4 : 2;
        _groups = ChannelGroup.Cut(target.Blocks, largest);
        _taps = new Tap[_operation.Size * _operation.Size * source.Blocks];
        _groupWeights = new float*[_groups.Length];
        _kernels = new delegate*<TileArguments*, float*, float*, float*, void>[5][];
        foreach (var group in _groups)
            _kernels[group.Count] ??= TileKernels<S, V>.Select(group.Count, source.Lanes * _operation.Stride);
    }

    public override IReadOnlyList<FeatureMap> Reads { get; }

    public override IReadOnlyList<FeatureMap> Writes { get; }

    public override int Chunks => _target.Height;

    public override nint ScratchFloats => (_pooled ? 2 * 4 * _width * S.Count : 0) + (_depthwise is null ? 0 : _source.Blocks * _depthwise.Width * S.Count);

    public override nint WeightFloats => RoundUp(_depthwise?.WeightFloats ?? 0) +
        ((nint)_operation.Size * _operation.Size * _source.Shape.Channels * _target.Blocks * S.Count) + (_target.Blocks * S.Count) + (2 * _taps.Length);

    public override void Prepare(float* weights)
    {
        _depthwise?.Prepare(weights);
        weights += RoundUp(_depthwise?.WeightFloats ?? 0);
        _bias = weights;
        weights += _target.Blocks * S.Count;
        _weights.Bias?.CopyTo(new Span<float>(_bias, _operation.Filters));

        // Groups in order; in each, tap by tap and channel by channel, its blocks' lanes.
        var size = _operation.Size;
        for (var g = 0; g < _groups.Length; g++)
        {
            _groupWeights[g] = weights;
            var first = _groups[g].First * S.Count;
            var lanes = _groups[g].Count * S.Count;
            for (var k = 0; k < size * size; k++)
            {
                for (var channel = 0; channel < _source.Shape.Channels; channel++, weights += lanes)
                {
                    var from = _weights.Kernel.AsSpan(((k * _source.Shape.Channels) + channel) * _operation.Filters, _operation.Filters);
                    from.Slice(first, Math.Min(lanes, from.Length - first)).CopyTo(new Span<float>(weights, lanes));
                }
            }
        }

        _nativeTaps = (Tap*)weights;
        for (var k = 0; k < size * size; k++)
        {
            for (var block = 0; block < _source.Blocks; block++)
            {
                var offset = _depthwise is not null
                    ? block * (nint)_depthwise.Width * S.Count
                    : (block * _source.Block) + ((k / size) * _source.Row) + ((k % size) * _source.Lanes);
                _nativeTaps[(k * _source.Blocks) + block] = new Tap((int)offset, _source.ChannelsOf(block));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, in StepContext context)
    {
        if (_pooled)
        {
            RunPooled(chunk, context.Scratch);
            return;
        }

        var input = InputOf(chunk);
        if (_depthwise is not null)
        {
            input = context.Scratch;
            for (var block = 0; block < _source.Blocks; block++)
                _depthwise.Run(block, chunk, input + ((nint)block * _depthwise.Width * S.Count));
        }

        RunRow(chunk, input, _target.Origin + (chunk * _target.Row), _target.Block, 0, _groups.Length);
    }

    /// <summary>The first tap of a row's first pixel.</summary>
    private float* InputOf(int y) =>
        _source.Origin + (((y * _operation.Stride) - _before.Rows) * _source.Row) - (_before.Columns * _source.Lanes);

    /// <summary>One row of results for some groups of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunRow(int y, float* input, float* output, nint outputBlock, int firstGroup, int endGroup)
    {
        TileArguments arguments;
        arguments.Taps = _nativeTaps;
        arguments.TapCount = _taps.Length;
        arguments.Positions = 1;
        arguments.InputPosition = 0;
        arguments.OutputPosition = 0;
        arguments.OutputPixel = S.Count;
        arguments.OutputBlock = outputBlock;
        arguments.Residual = null;
        arguments.ResidualPixel = S.Count;
        arguments.ResidualBlock = _residual?.Block ?? 0;
        arguments.Low = _limits.Low;
        arguments.High = _limits.High;

        var step = _operation.Stride * _source.Lanes;
        for (var g = firstGroup; g < endGroup; g++)
        {
            var group = _groups[g];
            var kernels = _kernels[group.Count];
            var tiles = (_width + kernels.Length - 2) / (kernels.Length - 1);
            arguments.Bias = _bias + (group.First * S.Count);
            var target = output + ((group.First - _groups[firstGroup].First) * outputBlock);
            var residual = _residual is not null && group.First < _residual.Blocks
                ? _residual.Origin + (y * _residual.Row) + (group.First * _residual.Block)
                : null;
            for (var tile = 0; tile < tiles; tile++)
            {
                var first = _width * tile / tiles;
                var end = _width * (tile + 1) / tiles;
                if (residual != null)
                    arguments.Residual = residual + (first * S.Count);
                else
                    arguments.Residual = null;
                kernels[end - first](&arguments, input + ((nint)first * step), _groupWeights[g], target + ((nint)first * S.Count));
            }
        }
    }

    private static nint RoundUp(nint floats) => (floats + 15) / 16 * 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunPooled(int chunk, float* scratch)
    {
        var row = (nint)_width * S.Count;
        for (var g = 0; g < _groups.Length; g++)
        {
            RunRow(2 * chunk, InputOf(2 * chunk), scratch, 2 * row, g, g + 1);
            RunRow((2 * chunk) + 1, InputOf((2 * chunk) + 1), scratch + row, 2 * row, g, g + 1);
            for (var n = 0; n < _groups[g].Count; n++)
            {
                var target = _target.Origin + ((_groups[g].First + n) * _target.Block) + (chunk * _target.Row);
                ElementKernels<S, V>.Pool2x2(scratch + (2 * n * row), row, target, _target.Width);
            }
        }
    }
}
