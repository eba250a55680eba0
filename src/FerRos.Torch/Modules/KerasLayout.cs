using FerRos.Networks;

namespace FerRos.Torch;

/// <summary>
/// Between Keras's layouts and libtorch's: convolution kernels height, width, in, out to out, in, height, width (depthwise
/// kernels have one "out" and as many groups as channels); dense kernels in, out to out, in. Recurrent layers stay as they are.
/// </summary>
internal static class KerasLayout
{
    /// <summary>For every parameter of a network, the axes of Keras's layout in libtorch's order.</summary>
    internal static Dictionary<string, long[]> Orders(NetworkGraph network) =>
        network.Layers.SelectMany(l => l.Parameters, (layer, parameter) => (parameter.Name, Order: Order(layer, parameter)))
            .ToDictionary(p => p.Name, p => p.Order, StringComparer.Ordinal);

    /// <summary>The way back.</summary>
    internal static long[] Inverse(long[] order)
    {
        var back = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
            back[order[i]] = i;
        return back;
    }

    private static long[] Order(Layer layer, Parameter parameter) => (layer.Operation, parameter.Shape.Length) switch
    {
        (DepthwiseConv2D, 4) => [2, 3, 0, 1],
        (SeparableConv2D, 4) when parameter.Name.EndsWith("/depthwise_kernel", StringComparison.Ordinal) => [2, 3, 0, 1],
        (_, 4) => [3, 2, 0, 1],
        (Dense, 2) => [1, 0],
        (_, var axes) => [.. Enumerable.Range(0, axes).Select(i => (long)i)],
    };
}
