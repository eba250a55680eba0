using System.Runtime.InteropServices;

namespace FerRos.Networks;

/// <summary>
/// An ONNX file in the making: nodes and constants by name. Field numbers are those of onnx.proto (github.com/onnx/onnx),
/// intermediate representation version 8.
/// </summary>
internal sealed class OnnxModel(string name)
{
    public const int OperatorSet = 17;

    private const int IntermediateRepresentation = 8;
    private const int FloatType = 1;
    private const int Int64Type = 7;

    private readonly ProtobufWriter _graph = new();

    /// <summary>A node with one output.</summary>
    /// <returns>The output's name.</returns>
    public string Node(string operation, string output, IEnumerable<string> inputs, params (string Name, object Value)[] attributes)
    {
        NodeWithOutputs(operation, [output], inputs, attributes);
        return output;
    }

    public void NodeWithOutputs(
        string operation, IReadOnlyList<string> outputs, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) =>
        _graph.Write(1, node =>
        {
            foreach (var input in inputs)
                node.Write(1, input);
            foreach (var output in outputs)
                node.Write(2, output);
            node.Write(3, outputs.First(o => o.Length > 0));
            node.Write(4, operation);
            foreach (var (attribute, value) in attributes)
                node.Write(5, a => WriteAttribute(a, attribute, value));
        });

    /// <summary>A constant of floats.</summary>
    public string Constant(string constant, IEnumerable<int> shape, ReadOnlySpan<float> values)
    {
        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        _graph.Write(5, tensor => WriteTensor(tensor, constant, shape, FloatType, bytes));
        return constant;
    }

    /// <summary>A vector of whole numbers.</summary>
    public string Constant(string constant, params long[] values)
    {
        _graph.Write(5, tensor => WriteTensor(tensor, constant, [values.Length], Int64Type, MemoryMarshal.AsBytes<long>(values)));
        return constant;
    }

    /// <summary>Declares an input; axes are numbers, or names of free sizes.</summary>
    public void Input(string input, params object[] axes) => _graph.Write(11, value => WriteValue(value, input, axes));

    /// <summary>Declares an output.</summary>
    public void Output(string output, params object[] axes) => _graph.Write(12, value => WriteValue(value, output, axes));

    public void Save(Stream stream)
    {
        _graph.Write(2, name);
        var model = new ProtobufWriter();
        model.Write(1, IntermediateRepresentation);
        model.Write(2, "FerRos");
        model.Write(7, _graph.Written);
        model.Write(8, set => set.Write(2, OperatorSet));
        stream.Write(model.Written);
    }

    private static void WriteAttribute(ProtobufWriter attribute, string attributeName, object value)
    {
        const int FloatAttribute = 1, IntAttribute = 2, StringAttribute = 3, IntsAttribute = 7, StringsAttribute = 8;
        attribute.Write(1, attributeName);
        switch (value)
        {
            case float number:
                attribute.Write(2, number);
                attribute.Write(20, FloatAttribute);
                break;
            case int number:
                attribute.Write(3, number);
                attribute.Write(20, IntAttribute);
                break;
            case string text:
                attribute.Write(4, text);
                attribute.Write(20, StringAttribute);
                break;
            case int[] numbers:
                foreach (var number in numbers)
                    attribute.Write(8, number);
                attribute.Write(20, IntsAttribute);
                break;
            case string[] texts:
                foreach (var text in texts)
                    attribute.Write(9, text);
                attribute.Write(20, StringsAttribute);
                break;
            default:
                throw new ArgumentException($"no attribute can be a {value.GetType().Name}", nameof(value));
        }
    }

    private static void WriteTensor(ProtobufWriter tensor, string tensorName, IEnumerable<int> shape, int type, ReadOnlySpan<byte> data)
    {
        foreach (var axis in shape)
            tensor.Write(1, axis);
        tensor.Write(2, type);
        tensor.Write(8, tensorName);
        tensor.Write(9, data);
    }

    private static void WriteValue(ProtobufWriter value, string valueName, object[] axes)
    {
        value.Write(1, valueName);
        value.Write(2, type => type.Write(1, tensor =>
        {
            tensor.Write(1, FloatType);
            tensor.Write(2, shape =>
            {
                foreach (var axis in axes)
                {
                    shape.Write(1, dimension =>
                    {
                        if (axis is string free)
                            dimension.Write(2, free);
                        else
                            dimension.Write(1, Convert.ToInt64(axis, System.Globalization.CultureInfo.InvariantCulture));
                    });
                }
            });
        }));
    }
}
