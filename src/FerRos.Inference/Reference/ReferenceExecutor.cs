using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>
/// Plain loops over every layer as it is declared, images channels last. Nothing is merged and every layer's output
/// stays to be read: slow, and simple enough to check the engine against.
/// </summary>
internal sealed class ReferenceExecutor : IExecutor
{
    private readonly NetworkGraph _network;
    private readonly (Layer Layer, float[][] Inputs, float[] Output, Action<int> Run)[] _steps;
    private readonly Dictionary<string, float[]> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _readable = new(StringComparer.Ordinal);
    private readonly float[] _input;

    public ReferenceExecutor(NetworkGraph network, WeightSet weights, IReadOnlyCollection<string> keep)
    {
        _network = network;
        _input = new float[network.InputLength];
        _tensors.Add(network.Input.Name, _input);
        _steps = [.. network.Layers.Skip(1).Select(layer =>
        {
            var output = new float[layer.Shape.Count];
            _tensors.Add(layer.Name, output);
            float[][] inputs = [.. layer.Inputs.Select(i => _tensors[i])];
            return (layer, inputs, output, Compile(layer, weights, inputs, output));
        })];
        foreach (var name in network.Outputs.Concat(keep))
            _readable.TryAdd(name, new float[_tensors[name].Length]);
    }

    public string Device => "cpu (reference)";

    public void Run(ReadOnlySpan<float> input, int steps)
    {
        if (_network.InputShape.Rank == 3)
            Layouts.ToChannelsLast(input, _input, _network.InputShape, _network.Layout);
        else
            input.CopyTo(_input);
        foreach (var step in _steps)
            step.Run(steps);
    }

    public ReadOnlySpan<float> Output(string name)
    {
        if (!_readable.TryGetValue(name, out var values))
            throw new KeyNotFoundException($"'{_network.Name}' has no output '{name}'; there are {string.Join(", ", _readable.Keys)}");
        Layouts.FromChannelsLast(_tensors[name], values, _network[name].Shape, _network.Layout);
        return values;
    }

    public void Dispose()
    {
    }

    private Action<int> Compile(Layer layer, WeightSet weights, float[][] inputs, float[] output)
    {
        float[] Weight(string name) => [.. weights[$"{layer.Name}/{name}"].Values];
        var (from, to) = (layer.InputShapes[0], layer.Shape);
        var x = inputs[0];
        switch (layer.Operation)
        {
            case Conv2D o:
            {
                var (kernel, bias) = (Weight("kernel"), o.UseBias ? Weight("bias") : new float[o.Filters]);
                return _ =>
                {
                    ReferenceKernels.Convolve(x, from, kernel, bias, o, output, to);
                    ReferenceKernels.Activate(output, o.Activation, to.Channels);
                };
            }

            case DepthwiseConv2D o:
            {
                var (kernel, bias) = (Weight("kernel"), o.UseBias ? Weight("bias") : new float[to.Channels]);
                return _ =>
                {
                    ReferenceKernels.ConvolveDepthwise(x, from, kernel, bias, o, output, to);
                    ReferenceKernels.Activate(output, o.Activation, to.Channels);
                };
            }

            case SeparableConv2D o:
            {
                var (depthwise, pointwise) = (Weight("depthwise_kernel"), Weight("pointwise_kernel"));
                var bias = o.UseBias ? Weight("bias") : new float[o.Filters];
                var middleShape = Shape.Image(to.Height, to.Width, from.Channels);
                var middle = new float[middleShape.Count];
                var nothing = new float[from.Channels];
                var mix = new Conv2D(o.Filters, 1, 1, Padding.Valid, o.UseBias, o.Activation);
                return _ =>
                {
                    ReferenceKernels.ConvolveDepthwise(x, from, depthwise, nothing, o, middle, middleShape);
                    ReferenceKernels.Convolve(middle, middleShape, pointwise, bias, mix, output, to);
                    ReferenceKernels.Activate(output, o.Activation, to.Channels);
                };
            }

            case Dense o:
            {
                var (kernel, bias) = (Weight("kernel"), o.UseBias ? Weight("bias") : new float[o.Units]);
                return _ =>
                {
                    ReferenceKernels.Multiply(x, kernel, bias, output);
                    ReferenceKernels.Activate(output, o.Activation, to.Channels);
                };
            }

            case Lstm o:
            {
                var (kernel, recurrent, bias) = (Weight("kernel"), Weight("recurrent_kernel"), Weight("bias"));
                var (gates, cell) = (new float[4 * o.Units], new float[o.Units]);
                return steps => ReferenceKernels.Lstm(x, steps, from.Count, kernel, recurrent, bias, o, gates, cell, output);
            }

            case BatchNormalization o:
            {
                var (gamma, beta, mean, variance) = (Weight("gamma"), Weight("beta"), Weight("moving_mean"), Weight("moving_variance"));
                return _ => ReferenceKernels.Normalize(x, gamma, beta, mean, variance, o.Epsilon, output);
            }

            case ShuntingInhibition o:
            {
                var decay = o.ConstantDecay is { } constant ? [.. Enumerable.Repeat(constant, to.Channels)] : Weight("decay");
                return _ =>
                {
                    for (var i = 0; i < output.Length; i++)
                        output[i] = inputs[0][i] / (decay[i % decay.Length] + inputs[1][i]);
                };
            }

            case ActivationLayer o:
                return _ =>
                {
                    x.CopyTo(output, 0);
                    ReferenceKernels.Activate(output, o.Activation, to.Channels);
                };
            case MaxPool2D o:
                return _ => ReferenceKernels.MaxPool(x, from, o, output, to);
            case AveragePool2D o:
                return _ => ReferenceKernels.AveragePool(x, from, o, output, to);
            case GlobalAveragePool:
                return _ => ReferenceKernels.GlobalAverage(x, output);
            case Add:
                return _ =>
                {
                    for (var i = 0; i < output.Length; i++)
                        output[i] = inputs.Sum(input => input[i]);
                };
            case Concatenate:
                return _ => ReferenceKernels.Concatenate(inputs, layer.InputShapes, output, to);
            case ZeroPad o:
                return _ => ReferenceKernels.Pad(x, from, o, output, to);
            case ResizeBilinear:
                return _ => ReferenceKernels.Resize(x, from, output, to);
            case Flatten:
                return _ => Layouts.FromChannelsLast(x, output, from, _network.Layout);
            case ReshapeToTable or Dropout:
                return _ => x.CopyTo(output, 0);
            default:
                throw new NetworkException($"layer '{layer.Name}': {layer.Operation.Kind} cannot be run");
        }
    }
}
