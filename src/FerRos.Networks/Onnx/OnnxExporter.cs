using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>
/// Writes a network with its weights as an ONNX file (operator set 17). The input is that of the network, with a free
/// batch axis before it, and for sequences a free time axis; outputs have the network's names.
/// </summary>
public static class OnnxExporter
{
    /// <summary>Writes a file: to a temporary one beside it first, which is then renamed.</summary>
    /// <exception cref="WeightsException">The weights are not the network's.</exception>
    /// <exception cref="NetworkException">A layer cannot be expressed in ONNX.</exception>
    public static void Save(NetworkGraph network, WeightSet weights, string path)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = File.Create(temporary))
                Write(network, weights, stream);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes to a stream.</summary>
    /// <exception cref="WeightsException">The weights are not the network's.</exception>
    /// <exception cref="NetworkException">A layer cannot be expressed in ONNX.</exception>
    public static void Write(NetworkGraph network, WeightSet weights, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(stream);
        weights.Check(network);
        new Export(network, weights).Write(stream);
    }

    /// <summary>Images are channels first within the file; they are transposed where the network's order matters.</summary>
    private sealed class Export(NetworkGraph network, WeightSet weights)
    {
        private static readonly int[] _toChannelsFirst = [0, 3, 1, 2];
        private static readonly int[] _toChannelsLast = [0, 2, 3, 1];
        private static readonly int[] _toStepsFirst = [1, 0, 2];

        /// <summary>The number of steps that the input has, a vector of one.</summary>
        private const string Steps = "input/steps";

        private readonly OnnxModel _model = new(network.Name);
        private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

        public void Write(Stream stream)
        {
            WriteInput();
            foreach (var layer in network.Layers.Skip(1))
                _values.Add(layer.Name, WriteLayer(layer, [.. layer.Inputs.Select(i => _values[i])]));
            foreach (var output in network.Outputs)
            {
                if (network[output].Shape.Rank == 3)
                    throw new NetworkException($"output '{output}' of '{network.Name}' is an image; only vectors and tables can be outputs here");
                if (_values[output] != output)
                    _model.Node("Identity", output, [_values[output]]);
                _model.Output(output, ["batch", .. Axes(network[output].Shape)]);
            }

            _model.Save(stream);
        }

        private IEnumerable<object> Axes(Shape shape) => shape.Dimensions(network.Layout).Select(n => (object)n);

        private void WriteInput()
        {
            var (name, shape) = (network.Input.Name, network.InputShape);
            if (network.SequenceLength > 0)
            {
                _model.Input(name, ["batch", "steps", .. Axes(shape)]);
                _model.Node("Shape", Steps, [name], ("start", 1), ("end", 2));

                // Every step is an image of its own until an LSTM takes them together.
                long[] image = [-1, .. shape.Dimensions(network.Layout)];
                name = _model.Node("Reshape", "input/images", [name, _model.Constant("input/shape", image)]);
            }
            else
            {
                _model.Input(name, ["batch", .. Axes(shape)]);
            }

            _values.Add(network.Input.Name, shape.Rank == 3 && network.Layout == DataLayout.ChannelsLast
                ? _model.Node("Transpose", "input/transposed", [name], ("perm", _toChannelsFirst))
                : name);
        }

        private string WriteLayer(Layer layer, ImmutableArray<string> inputs)
        {
            var (name, from, to) = (layer.Name, layer.InputShapes.FirstOrDefault(), layer.Shape);
            switch (layer.Operation)
            {
                case Conv2D o:
                    return Activated(name, o.Activation, to, x => Convolution(x, inputs[0], layer, o, "kernel", o.Filters, 1, o.UseBias));
                case DepthwiseConv2D o:
                    return Activated(name, o.Activation, to, x => Convolution(x, inputs[0], layer, o, "kernel", to.Channels, to.Channels, o.UseBias));
                case SeparableConv2D o:
                    var middle = Convolution($"{name}/depthwise", inputs[0], layer, o, "depthwise_kernel", from.Channels, from.Channels, false);
                    var mix = new Conv2D(o.Filters, 1, 1, Padding.Valid, o.UseBias, Activation.Linear);
                    return Activated(name, o.Activation, to, x => Convolution(x, middle, layer, mix, "pointwise_kernel", o.Filters, 1, o.UseBias));
                case Dense o:
                    return Activated(name, o.Activation, to, x =>
                        _model.Node("Gemm", x, [inputs[0], Weight(layer, "kernel"), .. o.UseBias ? [Weight(layer, "bias")] : Array.Empty<string>()]));
                case BatchNormalization o:
                    string[] statistics = [Weight(layer, "gamma"), Weight(layer, "beta"), Weight(layer, "moving_mean"), Weight(layer, "moving_variance")];
                    return _model.Node("BatchNormalization", name, [inputs[0], .. statistics], ("epsilon", (float)o.Epsilon));
                case ActivationLayer { Activation: Activation.Linear } or Dropout:
                    return inputs[0];
                case ActivationLayer o:
                    return Activate(name, o.Activation, to, inputs[0]);
                case MaxPool2D o:
                    return _model.Node("MaxPool", name, [inputs[0]], Window(o, from));
                case AveragePool2D o:
                    return _model.Node("AveragePool", name, [inputs[0]], [.. Window(o, from), ("count_include_pad", 0)]);
                case GlobalAveragePool:
                    return _model.Node("Flatten", name, [_model.Node("GlobalAveragePool", $"{name}/mean", [inputs[0]])]);
                case Add:
                    return _model.Node("Sum", name, inputs);
                case Concatenate:
                    return _model.Node("Concat", name, inputs, ("axis", 1));
                case ZeroPad o:
                    var pads = _model.Constant($"{name}/pads", 0, 0, o.Top, o.Left, 0, o.Channels, o.Bottom, o.Right);
                    return _model.Node("Pad", name, [inputs[0], pads]);
                case ResizeBilinear:
                    return Resize(name, inputs[0], from, to);
                case Flatten:
                    return _model.Node("Flatten", name, [InOrder(name, inputs[0], from, network.Layout)]);
                case ReshapeToTable:
                    var shape = _model.Constant($"{name}/shape", -1, to.Height, to.Channels);
                    return _model.Node("Reshape", name, [InOrder(name, inputs[0], from, DataLayout.ChannelsLast), shape]);
                case ShuntingInhibition o:
                    float[] values = o.ConstantDecay is { } constant ? [constant] : [.. weights[$"{name}/decay"].Values];
                    var decay = _model.Constant($"{name}/decay", [values.Length, 1, 1], values);
                    return _model.Node("Div", name, [inputs[0], _model.Node("Add", $"{name}/divisor", [decay, inputs[1]])]);
                case Lstm o:
                    return Recurrent(layer, o, inputs[0]);
                default:
                    throw new NetworkException($"layer '{name}': {layer.Operation.Kind} cannot be written as ONNX");
            }
        }

        private string Convolution(
            string output, string input, Layer layer, WindowOperation o, string kernelName, int filters, int groups, bool bias)
        {
            // From height, width, in, out (depthwise: height, width, channel, 1) to out, in, height, width.
            var kernel = weights[$"{layer.Name}/{kernelName}"];
            var (area, inner) = (o.Size * o.Size, kernel.Shape[2] / groups);
            var transposed = new float[kernel.Values.Length];
            for (var k = 0; k < area; k++)
            {
                for (var i = 0; i < inner; i++)
                {
                    for (var f = 0; f < filters; f++)
                        transposed[(((f * inner) + i) * area) + k] = kernel.Values[(((k * inner) + i) * filters) + f];
                }
            }

            var constant = _model.Constant($"{layer.Name}/{kernelName}", [filters, inner, o.Size, o.Size], transposed);
            return _model.Node(
                "Conv", output, bias ? [input, constant, Weight(layer, "bias")] : [input, constant],
                [.. Window(o, layer.InputShapes[0]), ("group", groups)]);
        }

        private static (string, object)[] Window(WindowOperation o, Shape input)
        {
            var (rows, columns) = (o.Rows(input), o.Columns(input));
            return
            [
                ("kernel_shape", new[] { o.Size, o.Size }),
                ("strides", new[] { o.Stride, o.Stride }),
                ("pads", new[] { rows.Before, columns.Before, rows.After, columns.After }),
            ];
        }

        private string Resize(string name, string input, Shape from, Shape to)
        {
            // The batch axis is free, so that factors must do; they give the size only where they divide.
            float[] scales = [1, 1, (float)to.Height / from.Height, (float)to.Width / from.Width];
            if ((int)(from.Height * scales[2]) != to.Height || (int)(from.Width * scales[3]) != to.Width)
                throw new NetworkException($"layer '{name}': {from} cannot be resized to {to} in ONNX");
            return _model.Node(
                "Resize", name, [input, "", _model.Constant($"{name}/scales", [4], scales)],
                ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"));
        }

        private string Recurrent(Layer layer, Lstm o, string input)
        {
            var (name, units, length) = (layer.Name, o.Units, layer.InputShapes[0].Count);

            // ONNX orders the gates input, output, forget, cell; Keras input, forget, cell, output.
            ReadOnlySpan<int> order = [0, 3, 1, 2];
            var kernel = Gates(weights[$"{name}/kernel"].Values, length, units, order);
            var recurrent = Gates(weights[$"{name}/recurrent_kernel"].Values, units, units, order);
            var bias = new float[8 * units];
            Gates(weights[$"{name}/bias"].Values, 1, units, order).CopyTo(bias, 0);

            var shape = _model.Node(
                "Concat", $"{name}/shape", [_model.Constant($"{name}/batch", -1L), Steps, _model.Constant($"{name}/features", (long)length)], ("axis", 0));
            var sequence = _model.Node("Reshape", $"{name}/sequence", [input, shape]);
            var stepsFirst = _model.Node("Transpose", $"{name}/steps", [sequence], ("perm", _toStepsFirst));
            string[] matrices =
            [
                _model.Constant($"{name}/kernel", [1, 4 * units, length], kernel),
                _model.Constant($"{name}/recurrent_kernel", [1, 4 * units, units], recurrent),
                _model.Constant($"{name}/bias", [1, 8 * units], bias),
            ];
            string[] activations = [NameOf(o.RecurrentActivation), NameOf(o.Activation), NameOf(o.Activation)];
            _model.NodeWithOutputs(
                "LSTM", ["", $"{name}/state"], [stepsFirst, .. matrices], ("hidden_size", units), ("activations", activations));
            return _model.Node("Squeeze", name, [$"{name}/state", _model.Constant($"{name}/axis", 0)]);
        }

        /// <summary>From in, 4 x units to 4 x units, in, the gates in another order.</summary>
        private static float[] Gates(ReadOnlySpan<float> matrix, int inputs, int units, ReadOnlySpan<int> order)
        {
            var result = new float[matrix.Length];
            for (var gate = 0; gate < 4; gate++)
            {
                for (var unit = 0; unit < units; unit++)
                {
                    for (var i = 0; i < inputs; i++)
                        result[(((gate * units) + unit) * inputs) + i] = matrix[(i * 4 * units) + (order[gate] * units) + unit];
                }
            }

            return result;
        }

        private string InOrder(string name, string input, Shape shape, DataLayout layout) =>
            shape.Rank == 3 && layout == DataLayout.ChannelsLast
                ? _model.Node("Transpose", $"{name}/ordered", [input], ("perm", _toChannelsLast))
                : input;

        private string Activated(string name, Activation activation, Shape shape, Func<string, string> linear) =>
            activation == Activation.Linear ? linear(name) : Activate(name, activation, shape, linear($"{name}/linear"));

        private string Activate(string name, Activation activation, Shape shape, string input) => activation switch
        {
            Activation.Relu6 => _model.Node(
                "Clip", name, [input, _model.Constant($"{name}/low", [], [0f]), _model.Constant($"{name}/high", [], [6f])]),
            Activation.Softmax => _model.Node("Softmax", name, [input], ("axis", shape.Rank == 3 ? 1 : -1)),
            _ => _model.Node(NameOf(activation), name, [input]),
        };

        private static string NameOf(Activation activation) => activation switch
        {
            Activation.Relu => "Relu",
            Activation.Sigmoid => "Sigmoid",
            Activation.Tanh => "Tanh",
            _ => throw new NetworkException($"activation {activation} has no name in ONNX"),
        };

        private string Weight(Layer layer, string name)
        {
            var tensor = weights[$"{layer.Name}/{name}"];
            return _model.Constant($"{layer.Name}/{name}", tensor.Shape, tensor.Values);
        }
    }
}
