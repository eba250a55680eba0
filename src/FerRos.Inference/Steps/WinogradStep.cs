using System.Runtime.CompilerServices;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>
/// A 3x3 convolution by Winograd's method, for one batch of tiles at a time while it is in the cache: the tiles are
/// transformed, multiplied position by position with the transformed weights, and transformed back, with bias,
/// activation and pooling on the way.
/// </summary>
/// <typeparam name="S">The width of vectors.</typeparam>
/// <typeparam name="V">The register.</typeparam>
/// <typeparam name="T">The size of tiles.</typeparam>
internal sealed unsafe class WinogradStep<S, V, T> : Step
    where S : struct, ISimd<V>
    where V : struct
    where T : struct, IWinograd<S, V>
{
    /// <summary>Neighbouring tiles that are transformed together, so that they share the columns that overlap.</summary>
    private const int TilesPerTransform = 4;

    private readonly FeatureMap _source;
    private readonly FeatureMap _target;
    private readonly KernelWeights _weights;
    private readonly Limits _limits;
    private readonly bool _pooled;
    private readonly WinogradPlan _plan;
    private readonly ChannelGroup[] _groups;
    private readonly delegate*<TileArguments*, float*, float*, float*, void>[][] _kernels;
    private readonly float*[] _groupWeights;
    private readonly int _largestTile;
    private readonly nint _tileStride;
    private readonly nint _positionStride;
    private readonly long[] _transformed;
    private Tap* _taps;
    private float* _bias;

    public WinogradStep(Node node, FeatureMap source, FeatureMap target, KernelWeights weights, WinogradPlan plan, int threads)
        : base(node.Name)
    {
        var operation = (Conv2D)node.Operation;
        (_source, _target, _weights, _plan, _pooled) = (source, target, weights, plan, node.Pooled);
        _limits = Limits.Of(operation.Activation) ?? throw new NetworkException($"{operation.Activation} is a step of its own");
        source.Require(new Halo(1, (plan.Rows * T.Outputs) + 1 - source.Height, 1, (plan.Columns * T.Outputs) + 1 - source.Width));
        Reads = [source];
        Writes = [target];

        _groups = ChannelGroup.Cut(target.Blocks, 2);
        _kernels = new delegate*<TileArguments*, float*, float*, float*, void>[3][];
        foreach (var group in _groups)
            _kernels[group.Count] ??= TileKernels<S, V>.Select(group.Count, S.Count);
        _largestTile = _groups.Max(g => _kernels[g.Count].Length) - 1;
        _groupWeights = new float*[_groups.Length];

        // Strides that are odd in vectors spread the positions over the cache's sets.
        _tileStride = (nint)(plan.TilesPerChunk | 1) * S.Count;
        _positionStride = source.Blocks * _tileStride;
        if (_positionStride % (32 * S.Count) == 0)
            _positionStride += S.Count;
        _transformed = new long[threads];
    }

    public override IReadOnlyList<FeatureMap> Reads { get; }

    public override IReadOnlyList<FeatureMap> Writes { get; }

    public override int Chunks => _plan.SplitOutputs
        ? _groups.Length
        : (_plan.Tiles + _plan.TilesPerChunk - 1) / _plan.TilesPerChunk;

    public override nint ScratchFloats => InputFloats + ProductFloats + TransformFloats;

    public override nint WeightFloats =>
        ((nint)Positions * _source.Shape.Channels * _target.Blocks * S.Count) + (_target.Blocks * S.Count) + (2 * _source.Blocks);

    private static int Side { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => T.Outputs + 2; }

    private static int Positions { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => Side * Side; }

    private nint InputFloats => Positions * _positionStride;

    private nint ProductFloats => 2 * _largestTile * ProductTile;

    /// <summary>
    /// Floats from a tile's products to the next one's: an odd number of vectors, because tiles 4 KiB apart would meet
    /// in the same few lines of the cache.
    /// </summary>
    private static nint ProductTile { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => (Positions | 1) * S.Count; }

    private static nint TransformFloats => (((TilesPerTransform * T.Outputs) + 2) * Side * S.Count) + (2 * Positions * S.Count);

    public override void Prepare(float* weights)
    {
        _bias = weights;
        weights += _target.Blocks * S.Count;
        var filters = _target.Shape.Channels;
        _weights.Bias?.CopyTo(new Span<float>(_bias, filters));

        var channels = _source.Shape.Channels;
        for (var g = 0; g < _groups.Length; g++)
        {
            _groupWeights[g] = weights;
            var lanes = _groups[g].Count * S.Count;
            var first = _groups[g].First * S.Count;
            for (var channel = 0; channel < channels; channel++)
            {
                for (var lane = 0; lane < Math.Min(lanes, filters - first); lane++)
                    TransformFilter(channel, first + lane, channels, filters, weights + (channel * lanes) + lane, (nint)channels * lanes);
            }

            weights += (nint)Positions * channels * lanes;
        }

        _taps = (Tap*)weights;
        for (var block = 0; block < _source.Blocks; block++)
            _taps[block] = new Tap((int)(block * _tileStride), _source.ChannelsOf(block));
    }

    public override string ToString() => $"{base.ToString()}, tiles of {T.Outputs}, {_plan}";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, in StepContext context)
    {
        var (firstTile, tiles, firstGroup, endGroup) = _plan.SplitOutputs
            ? (0, _plan.Tiles, chunk, chunk + 1)
            : (chunk * _plan.TilesPerChunk, Math.Min(_plan.TilesPerChunk, _plan.Tiles - (chunk * _plan.TilesPerChunk)), 0, _groups.Length);
        var input = context.Scratch;
        var products = input + InputFloats;
        var scratch = products + ProductFloats;

        // Chunks that split the outputs share the input: a thread transforms it once per run.
        if (!_plan.SplitOutputs || _transformed[context.Thread] != context.Frame)
        {
            TransformInput(firstTile, tiles, input, scratch);
            _transformed[context.Thread] = context.Frame;
        }

        TileArguments arguments = default;
        arguments.Taps = _taps;
        arguments.TapCount = _source.Blocks;
        arguments.Positions = Positions;
        arguments.InputPosition = _positionStride;
        arguments.OutputPosition = S.Count;
        arguments.OutputPixel = ProductTile;
        arguments.OutputBlock = _largestTile * ProductTile;
        arguments.Low = float.NegativeInfinity;
        arguments.High = float.PositiveInfinity;
        for (var g = firstGroup; g < endGroup; g++)
        {
            var group = _groups[g];
            var kernels = _kernels[group.Count];
            var pieces = (tiles + kernels.Length - 2) / (kernels.Length - 1);
            for (var piece = 0; piece < pieces; piece++)
            {
                var first = tiles * piece / pieces;
                var end = tiles * (piece + 1) / pieces;
                kernels[end - first](&arguments, input + ((nint)first * S.Count), _groupWeights[g], products);
                for (var n = 0; n < group.Count; n++)
                    TransformOutput(group.First + n, firstTile + first, end - first, products + (n * arguments.OutputBlock), scratch);
            }
        }
    }

    /// <summary>G g G^T of one 3x3 filter, in 64 bits.</summary>
    private void TransformFilter(int channel, int filter, int channels, int filters, float* target, nint positionStride)
    {
        var matrix = T.Filter;
        Span<double> rows = stackalloc double[Side * 3];
        for (var i = 0; i < Side; i++)
        {
            for (var x = 0; x < 3; x++)
            {
                double sum = 0;
                for (var y = 0; y < 3; y++)
                    sum += matrix[(i * 3) + y] * _weights.Kernel[(((((y * 3) + x) * channels) + channel) * filters) + filter];
                rows[(i * 3) + x] = sum;
            }
        }

        for (var i = 0; i < Side; i++)
        {
            for (var j = 0; j < Side; j++)
            {
                double sum = 0;
                for (var x = 0; x < 3; x++)
                    sum += rows[(i * 3) + x] * matrix[(j * 3) + x];
                target[((i * Side) + j) * positionStride] = (float)sum;
            }
        }
    }

    /// <summary>Tiles, row by row of tiles, to [position][block][tile].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformInput(int firstTile, int tiles, float* target, float* scratch)
    {
        for (var block = 0; block < _source.Blocks; block++)
        {
            for (var tile = firstTile; tile < firstTile + tiles;)
            {
                var (row, column) = Math.DivRem(tile, _plan.Columns);
                var count = Math.Min(Math.Min(TilesPerTransform, _plan.Columns - column), firstTile + tiles - tile);

                // The tile starts one pixel above and to the left of its outputs.
                var source = _source.Origin + (block * _source.Block) + ((((nint)row * T.Outputs) - 1) * _source.Row)
                    + ((((nint)column * T.Outputs) - 1) * S.Count);
                TransformTiles(source, _source.Row, count, scratch, target + (block * _tileStride) + ((nint)(tile - firstTile) * S.Count), _positionStride);
                tile += count;
            }
        }
    }

    /// <summary>Columns first, then the rows of each tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformTiles(float* source, nint sourceRow, int count, float* scratch, float* target, nint positionStride)
    {
        var column = scratch;
        for (var x = (T.Outputs * count) + 2; x > 0; x--, source += S.Count, column += Side * S.Count)
            T.Input(source, sourceRow, column, S.Count);

        for (; count > 0; count--, target += S.Count, scratch += T.Outputs * Side * S.Count)
        {
            var row = scratch;
            var to = target;
            for (var y = 0; y < Side; y++, row += S.Count, to += Side * positionStride)
                T.Input(row, Side * S.Count, to, positionStride);
        }
    }

    /// <summary>Transforms the products of neighbouring tiles of one block back, and stores what lies inside the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformOutput(int block, int firstTile, int tiles, float* products, float* scratch)
    {
        var finish = new BiasAndLimits<S, V>(S.Load(_bias + ((nint)block * S.Count)), S.Create(_limits.Low), S.Create(_limits.High));
        var result = scratch + (Positions * S.Count);
        var side = _pooled ? T.Outputs / 2 : T.Outputs;
        var map = _target.Origin + (block * _target.Block);
        var (row, column) = Math.DivRem(firstTile, _plan.Columns);
        for (; tiles > 0; tiles--, products += ProductTile)
        {
            var (y, x) = (row * side, column * side);
            var target = map + (y * _target.Row) + ((nint)x * S.Count);
            var (height, width) = (Math.Min(side, _target.Height - y), Math.Min(side, _target.Width - x));
            if (_pooled)
            {
                TransformBack(products, scratch, result, T.Outputs * S.Count, finish);
                for (var i = 0; i < height; i++)
                    ElementKernels<S, V>.Pool2x2(result + (2 * i * T.Outputs * S.Count), T.Outputs * S.Count, target + (i * _target.Row), width);
            }
            else if (height == side && width == side)
            {
                TransformBack(products, scratch, target, _target.Row, finish);
            }
            else
            {
                TransformBack(products, scratch, result, T.Outputs * S.Count, finish);
                for (var i = 0; i < height; i++)
                {
                    for (var j = 0; j < width; j++)
                        S.Store(target + (i * _target.Row) + ((nint)j * S.Count), S.Load(result + (((i * T.Outputs) + j) * S.Count)));
                }
            }

            if (++column == _plan.Columns)
                (row, column) = (row + 1, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformBack(float* products, float* scratch, float* target, nint targetRow, BiasAndLimits<S, V> finish)
    {
        for (var x = 0; x < Side; x++)
            T.Output(products + (x * S.Count), Side * S.Count, scratch + (x * S.Count), Side * S.Count, default(AsIs<V>));
        for (var y = 0; y < T.Outputs; y++, target += targetRow, scratch += Side * S.Count)
            T.Output(scratch, S.Count, target, S.Count, finish);
    }
}
