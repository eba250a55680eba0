using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>A step that goes over a map row by row; a chunk is a block of channels.</summary>
internal abstract unsafe class ElementStep(string name, FeatureMap target, params FeatureMap[] sources) : Step(name)
{
    protected FeatureMap Target { get; } = target;

    protected FeatureMap[] Sources { get; } = sources;

    public override IReadOnlyList<FeatureMap> Reads => Sources;

    public override IReadOnlyList<FeatureMap> Writes { get; } = [target];

    public override int Chunks => Target.Blocks;

    protected static float* RowOf(FeatureMap map, int block, int y) => map.Origin + (block * map.Block) + (y * map.Row);

    protected nint RowFloats => (nint)Target.Width * Target.Lanes;
}

/// <summary>The sum of several tensors.</summary>
internal sealed unsafe class SumStep<S, V>(string name, FeatureMap target, FeatureMap[] sources) : ElementStep(name, target, sources)
    where S : struct, ISimd<V>
    where V : struct
{
    public override void Run(int chunk, in StepContext context)
    {
        for (var y = 0; y < Target.Height; y++)
        {
            var target = RowOf(Target, chunk, y);
            ElementKernels<S, V>.Add(RowOf(Sources[0], chunk, y), RowOf(Sources[Math.Min(1, Sources.Length - 1)], chunk, y), target, RowFloats);
            for (var i = 2; i < Sources.Length; i++)
                ElementKernels<S, V>.Add(target, RowOf(Sources[i], chunk, y), target, RowFloats);
        }
    }
}

/// <summary>An activation as a step of its own.</summary>
internal sealed unsafe class ActivationStep<S, V>(string name, FeatureMap target, FeatureMap source, Activation activation)
    : ElementStep(name, target, source)
    where S : struct, ISimd<V>
    where V : struct
{
    public override void Run(int chunk, in StepContext context)
    {
        var source = Sources[0];
        if (activation == Activation.Softmax)
        {
            if (!Target.IsFlat)
                throw new NetworkException($"'{Name}': softmax over the channels of an image cannot be run");
            Scalar.Softmax(new ReadOnlySpan<float>(source.Origin, source.Count), new Span<float>(Target.Origin, Target.Count), Target.Shape.Channels);
            return;
        }

        for (var y = 0; y < Target.Height; y++)
        {
            var from = RowOf(source, chunk, y);
            var to = RowOf(Target, chunk, y);
            if (Limits.Of(activation) is { } limits)
            {
                ElementKernels<S, V>.Limit(from, to, RowFloats, limits.Low, limits.High);
                continue;
            }

            // Lanes without a channel stay zeros, whatever the function makes of a zero.
            var channels = Target.IsFlat ? Target.Count : Target.ChannelsOf(chunk);
            for (nint i = 0; i < RowFloats; i++)
                to[i] = i % Target.Lanes < channels ? Scalar.Activate(from[i], activation) : 0;
        }
    }
}

/// <summary>Shunting inhibition: excitation / (decay + inhibition).</summary>
internal sealed unsafe class InhibitionStep<S, V>(string name, FeatureMap target, FeatureMap excitation, FeatureMap inhibition, float[] decay)
    : ElementStep(name, target, excitation, inhibition)
    where S : struct, ISimd<V>
    where V : struct
{
    private float* _decay;

    public override nint WeightFloats => Target.Blocks * S.Count;

    public override void Prepare(float* weights)
    {
        // Lanes without a channel: 0 / (1 + 0).
        _decay = weights;
        new Span<float>(_decay, Target.Blocks * S.Count).Fill(1);
        decay.CopyTo(new Span<float>(_decay, decay.Length));
    }

    public override void Run(int chunk, in StepContext context)
    {
        for (var y = 0; y < Target.Height; y++)
        {
            ElementKernels<S, V>.Inhibit(
                RowOf(Sources[0], chunk, y), RowOf(Sources[1], chunk, y), RowOf(Target, chunk, y), RowFloats, _decay + (chunk * S.Count));
        }
    }
}

/// <summary>A batch normalisation that could not be folded.</summary>
internal sealed unsafe class ScaleStep<S, V>(string name, FeatureMap target, FeatureMap source, float[] scale, float[] offset)
    : ElementStep(name, target, source)
    where S : struct, ISimd<V>
    where V : struct
{
    private float* _scale;
    private float* _offset;

    private int Lanes => Target.IsFlat ? Target.Lanes : Target.Blocks * S.Count;

    public override nint WeightFloats => 2 * Lanes;

    public override void Prepare(float* weights)
    {
        _scale = weights;
        _offset = weights + Lanes;
        scale.CopyTo(new Span<float>(_scale, Lanes));
        offset.CopyTo(new Span<float>(_offset, Lanes));
    }

    public override void Run(int chunk, in StepContext context)
    {
        if (Target.IsFlat)
        {
            for (nint i = 0; i < Target.Lanes; i += S.Count)
                ElementKernels<S, V>.ScaleAndShift(Sources[0].Origin + i, Target.Origin + i, S.Count, _scale + i, _offset + i);
            return;
        }

        for (var y = 0; y < Target.Height; y++)
        {
            ElementKernels<S, V>.ScaleAndShift(
                RowOf(Sources[0], chunk, y), RowOf(Target, chunk, y), RowFloats, _scale + (chunk * S.Count), _offset + (chunk * S.Count));
        }
    }
}

/// <summary>The largest or the mean of every window, which at the edges is cut to the image.</summary>
internal sealed unsafe class PoolStep<S, V>(string name, FeatureMap target, FeatureMap source, WindowOperation operation, Shape input)
    : ElementStep(name, target, source)
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly WindowAxis _rows = operation.Rows(input);
    private readonly WindowAxis _columns = operation.Columns(input);

    public override void Run(int chunk, in StepContext context)
    {
        var source = Sources[0];
        var whole = operation is MaxPool2D { Size: 2, Stride: 2 } && _columns is { Before: 0, After: 0 };
        for (var y = 0; y < Target.Height; y++)
        {
            var top = Math.Max((y * operation.Stride) - _rows.Before, 0);
            var bottom = Math.Min((y * operation.Stride) - _rows.Before + operation.Size, source.Height);
            var target = RowOf(Target, chunk, y);
            if (whole && bottom - top == 2)
            {
                ElementKernels<S, V>.Pool2x2(RowOf(source, chunk, top), source.Row, target, Target.Width);
                continue;
            }

            for (var x = 0; x < Target.Width; x++)
            {
                var left = Math.Max((x * operation.Stride) - _columns.Before, 0);
                var right = Math.Min((x * operation.Stride) - _columns.Before + operation.Size, source.Width);
                var from = RowOf(source, chunk, top) + ((nint)left * S.Count);
                if (operation is MaxPool2D)
                    ElementKernels<S, V>.Max(from, source.Row, bottom - top, right - left, target + ((nint)x * S.Count));
                else
                    ElementKernels<S, V>.Mean(from, source.Row, bottom - top, right - left, target + ((nint)x * S.Count));
            }
        }
    }
}

/// <summary>The mean of each channel.</summary>
internal sealed unsafe class GlobalAverageStep<S, V>(string name, FeatureMap target, FeatureMap source) : ElementStep(name, target, source)
    where S : struct, ISimd<V>
    where V : struct
{
    public override int Chunks => Sources[0].Blocks;

    public override nint ScratchFloats => S.Count;

    public override void Run(int chunk, in StepContext context)
    {
        var source = Sources[0];
        ElementKernels<S, V>.Mean(RowOf(source, chunk, 0), source.Row, source.Height, source.Width, context.Scratch);
        var channels = source.ChannelsOf(chunk);
        new ReadOnlySpan<float>(context.Scratch, channels).CopyTo(new Span<float>(Target.Origin + (chunk * source.Lanes), channels));
    }
}

/// <summary>Bilinear interpolation to another size.</summary>
internal sealed unsafe class ResizeStep<S, V>(string name, FeatureMap target, FeatureMap source) : ElementStep(name, target, source)
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly (int First, int Second, float Weight)[] _rows = Axis(target.Height, source.Height);
    private readonly (int First, int Second, float Weight)[] _columns = Axis(target.Width, source.Width);

    public override void Run(int chunk, in StepContext context)
    {
        for (var y = 0; y < Target.Height; y++)
        {
            var (first, second, down) = _rows[y];
            var top = RowOf(Sources[0], chunk, first);
            var bottom = RowOf(Sources[0], chunk, second);
            var target = RowOf(Target, chunk, y);
            for (var x = 0; x < _columns.Length; x++, target += S.Count)
            {
                var (left, right, across) = _columns[x];
                var (l, r) = ((nint)left * S.Count, (nint)right * S.Count);
                ElementKernels<S, V>.Interpolate(top + l, top + r, bottom + l, bottom + r, across, down, target);
            }
        }
    }

    private static (int First, int Second, float Weight)[] Axis(int to, int from) =>
        [.. Enumerable.Range(0, to).Select(i => ReferenceKernels.Interpolation(i, from, to))];
}
