using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>What runs, in order, and where its tensors are to be found.</summary>
/// <param name="Input">The first step.</param>
/// <param name="Steps">All steps.</param>
/// <param name="Visible">The maps of outputs and kept tensors, by name.</param>
internal sealed record Plan(InputStep Input, IReadOnlyList<Step> Steps, IReadOnlyDictionary<string, FeatureMap> Visible);

/// <summary>Makes steps of a network's layers for one width of vectors.</summary>
internal sealed class Planner<S, V>
    where S : struct, ISimd<V>
    where V : struct
{
    private readonly NetworkGraph _network;
    private readonly WeightSet _weights;
    private readonly int _threads;
    private readonly List<Step> _steps = [];
    private readonly Dictionary<string, FeatureMap> _maps = new(StringComparer.Ordinal);
    private readonly Dictionary<FeatureMap, FeatureMap> _blocked = [];

    private Planner(NetworkGraph network, WeightSet weights, int threads) => (_network, _weights, _threads) = (network, weights, threads);

    /// <summary>Plans a network.</summary>
    public static Plan Make(NetworkGraph network, WeightSet weights, CpuRunnerOptions options)
    {
        var keep = options.KeepTensors.ToHashSet(StringComparer.Ordinal);
        var (folded, foldedWeights) = BatchNormalizationFolding.Apply(network, weights, keep);
        var visible = network.Outputs.Concat(keep).ToHashSet(StringComparer.Ordinal);

        var planner = new Planner<S, V>(folded, foldedWeights, options.Threads);
        var input = planner.MakeInput();
        foreach (var node in Passes.Apply(folded, visible))
            planner._maps.Add(node.Name, planner.Lower(node));
        return new Plan(input, planner._steps, visible.ToDictionary(name => name, name => planner._maps[name], StringComparer.Ordinal));
    }

    private InputStep MakeInput()
    {
        var (name, shape) = (_network.Input.Name, _network.InputShape);
        var map = shape.Rank == 3
            ? FeatureMap.Image(name, shape, InputStep.LanesFor(shape, _network.Layout))
            : FeatureMap.Flat(name, Shape.Vector(shape.Count * Math.Max(_network.SequenceLength, 1)), S.Count);
        var step = new InputStep(map);
        _steps.Add(step);
        _maps.Add(name, map);
        return step;
    }

    /// <summary>Adds the steps of a node.</summary>
    /// <returns>The map of its tensor.</returns>
    private FeatureMap Lower(Node node)
    {
        // What is no mere limit becomes a step of its own, behind the linear operation.
        var activation = node.Operation switch
        {
            Conv2D o => o.Activation,
            DepthwiseConv2D o => o.Activation,
            Dense o => o.Activation,
            _ => Activation.Linear,
        };
        if (Limits.Of(activation) is not null)
            return LowerLinear(node);
        node.Operation = node.Operation switch
        {
            Conv2D o => o with { Activation = Activation.Linear },
            DepthwiseConv2D o => o with { Activation = Activation.Linear },
            Dense o => o with { Activation = Activation.Linear },
            var other => other,
        };
        var linear = LowerLinear(node);
        return Append(MapLike(node), target => new ActivationStep<S, V>(node.Name, target, linear, activation));
    }

    private FeatureMap LowerLinear(Node node)
    {
        var (name, source, target) = (node.Name, _maps[node.Inputs[0]], MapLike(node));
        switch (node.Operation)
        {
            case Conv2D o:
                return LowerConvolution(node, o, target);
            case DepthwiseConv2D o:
                return Append(target, t => new DepthwiseStep<S, V>(node, Blocked(source), t, WeightsOf(node, o.UseBias)));
            case Dense o:
                return Append(target, t => new DenseStep<S, V>(node, source, t, WeightsOf(node, o.UseBias)));
            case Lstm:
                return Append(target, t => new LstmStep<S, V>(node, source, t, Weight(node, "kernel"), Weight(node, "recurrent_kernel"), Weight(node, "bias")));
            case BatchNormalization o:
                return LowerNormalization(node, o, target);
            case ActivationLayer o:
                return Append(target, t => new ActivationStep<S, V>(name, t, Blocked(source), o.Activation));
            case Dropout:
                return Append(target, t => new ActivationStep<S, V>(name, t, Blocked(source), Activation.Linear));
            case MaxPool2D or AveragePool2D:
                return Append(target, t => new PoolStep<S, V>(name, t, Blocked(source), (WindowOperation)node.Operation, node.InputShapes[0]));
            case GlobalAveragePool:
                return Append(target, t => new GlobalAverageStep<S, V>(name, t, Blocked(source)));
            case Add:
                return Append(target, t => new SumStep<S, V>(name, t, [.. node.Inputs.Select(i => Blocked(_maps[i]))]));
            case ShuntingInhibition o:
                var decay = o.ConstantDecay is { } constant ? [.. Enumerable.Repeat(constant, node.Shape.Channels)] : Weight(node, "decay");
                return Append(target, t => new InhibitionStep<S, V>(name, t, Blocked(source), Blocked(_maps[node.Inputs[1]]), decay));
            case ResizeBilinear:
                return Append(target, t => new ResizeStep<S, V>(name, t, Blocked(source)));
            case ZeroPad o:
                return Append(target, t => new PlaceStep(name, t, [(source, o.Top, o.Left, 0)]));
            case Flatten:
                return Append(target, t => new FlattenStep(name, t, source, _network.Layout));
            case ReshapeToTable:
                return Append(target, t => new FlattenStep(name, t, source, DataLayout.ChannelsLast));
            case Concatenate when target.IsFlat:
                return Append(target, t => new JoinStep(name, t, [.. node.Inputs.Select(i => _maps[i])]));
            case Concatenate:
                var channel = 0;
                var pieces = new List<(FeatureMap, int, int, int)>();
                foreach (var input in node.Inputs)
                {
                    pieces.Add((_maps[input], 0, 0, channel));
                    channel += _maps[input].Shape.Channels;
                }

                return Append(target, t => new PlaceStep(name, t, [.. pieces]));
            default:
                throw new NetworkException($"layer '{name}': {node.Operation.Kind} cannot be run");
        }
    }

    private FeatureMap LowerConvolution(Node node, Conv2D o, FeatureMap target)
    {
        var source = _maps[node.Inputs[0]];
        var residual = node.Residual is { } added ? Blocked(_maps[added.Name]) : null;
        var weights = WeightsOf(node, o.UseBias);
        if (o is { Size: 3, Stride: 1, Padding: Padding.Same } && residual is null && source.Lanes == S.Count)
        {
            var (height, width) = node.Pooled ? (2 * target.Height, 2 * target.Width) : (target.Height, target.Width);
            switch (ConvolutionChoice.Choose(height, width, source.Shape.Channels, source.Blocks, target.Blocks, S.Count))
            {
                case (2, var plan):
                    return Append(target, t => new WinogradStep<S, V, Winograd2<S, V>>(node, source, t, weights, plan, _threads));
                case (4, var plan):
                    return Append(target, t => new WinogradStep<S, V, Winograd4<S, V>>(node, source, t, weights, plan, _threads));
                case (6, var plan):
                    return Append(target, t => new WinogradStep<S, V, Winograd6<S, V>>(node, source, t, weights, plan, _threads));
                default:
                    break;
            }
        }

        DepthwiseRows<S, V>? depthwise = null;
        if (node.Depthwise is { } before)
        {
            source = Blocked(source);
            depthwise = new DepthwiseRows<S, V>(before, source, WeightsOf(before, ((DepthwiseConv2D)before.Operation).UseBias));
        }

        return Append(target, t => new ConvolutionStep<S, V>(node, source, t, residual, weights, depthwise));
    }

    private FeatureMap LowerNormalization(Node node, BatchNormalization o, FeatureMap target)
    {
        var (gamma, beta, mean, variance) = (Weight(node, "gamma"), Weight(node, "beta"), Weight(node, "moving_mean"), Weight(node, "moving_variance"));
        var scale = gamma.Select((g, c) => g / Math.Sqrt(variance[c] + o.Epsilon)).ToArray();
        var offset = beta.Select((b, c) => (float)(b - (mean[c] * scale[c]))).ToArray();
        var source = Blocked(_maps[node.Inputs[0]]);
        return Append(target, t => new ScaleStep<S, V>(node.Name, t, source, [.. scale.Select(s => (float)s)], offset));
    }

    private FeatureMap Append(FeatureMap target, Func<FeatureMap, Step> step)
    {
        _steps.Add(step(target));
        return target;
    }

    private static FeatureMap MapLike(Node node) => node.Shape.Rank == 3
        ? FeatureMap.Image(node.Name, node.Shape, S.Count)
        : FeatureMap.Flat(node.Name, node.Shape, S.Count);

    /// <summary>The tensor in blocks of vectors: the input may lie otherwise.</summary>
    private FeatureMap Blocked(FeatureMap map)
    {
        if (map.IsFlat || map.Lanes == S.Count)
            return map;
        if (!_blocked.TryGetValue(map, out var blocked))
        {
            blocked = Append(FeatureMap.Image(map.Name, map.Shape, S.Count), t => new PlaceStep(map.Name, t, [(map, 0, 0, 0)]));
            _blocked.Add(map, blocked);
        }

        return blocked;
    }

    private KernelWeights WeightsOf(Node node, bool bias) => new(Weight(node, node.KernelName), bias ? Weight(node, "bias") : null);

    private float[] Weight(Node node, string name) => _weights[$"{node.Layer}/{name}"].Values.ToArray();
}
