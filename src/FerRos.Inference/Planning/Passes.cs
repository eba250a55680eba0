using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Rewrites a network into fewer and larger nodes that compute the same.</summary>
internal sealed class Passes
{
    private readonly List<Node> _nodes;
    private readonly HashSet<string> _visible;

    private Passes(NetworkGraph network, HashSet<string> visible)
    {
        _nodes = [.. network.Layers.Skip(1).Select(l => new Node(l.Name, l.Operation, l.Inputs, l.InputShapes, l.Shape))];
        _visible = visible;
    }

    /// <summary>Applies all passes.</summary>
    /// <param name="network">The network, normalisations folded.</param>
    /// <param name="visible">Names of the tensors that must be there afterwards.</param>
    public static List<Node> Apply(NetworkGraph network, HashSet<string> visible)
    {
        var passes = new Passes(network, visible);
        passes.RemoveDropout();
        passes.SplitSeparableConvolutions();
        passes.ActivateBeforePooling();
        passes.MergeAdditions();
        passes.MergePooling();
        passes.MergeDepthwise();
        return passes._nodes;
    }

    private void RemoveDropout()
    {
        foreach (var node in _nodes.Where(n => n.Operation is Dropout && !_visible.Contains(n.Name)).ToArray())
        {
            _nodes.Remove(node);
            Rename(node.Name, node.Inputs[0]);
        }
    }

    private void SplitSeparableConvolutions()
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            if (_nodes[i] is not { Operation: SeparableConv2D o } node)
                continue;
            var middle = Shape.Image(node.Shape.Height, node.Shape.Width, node.InputShapes[0].Channels);
            var depthwise = new Node(
                $"{node.Name}/depthwise", new DepthwiseConv2D(o.Size, o.Stride, o.Padding, false, Activation.Linear),
                node.Inputs, node.InputShapes, middle) { Layer = node.Layer, KernelName = "depthwise_kernel" };
            var pointwise = new Node(
                node.Name, new Conv2D(o.Filters, 1, 1, Padding.Valid, o.UseBias, o.Activation), [depthwise.Name], [middle], node.Shape)
            { Layer = node.Layer, KernelName = "pointwise_kernel" };
            _nodes[i] = depthwise;
            _nodes.Insert(i + 1, pointwise);
        }
    }

    /// <summary>The largest of activated values is the activated largest value: convolution, pool, ReLU becomes convolution with ReLU, pool.</summary>
    private void ActivateBeforePooling()
    {
        foreach (var relu in _nodes.Where(n => n.Operation is ActivationLayer { Activation: Activation.Relu }).ToArray())
        {
            if (Producer(relu.Inputs[0]) is { Operation: MaxPool2D } pool && IsPrivate(pool)
                && Producer(pool.Inputs[0]) is { Operation: Conv2D { Activation: Activation.Linear } convolution } node && IsPrivate(node))
            {
                node.Operation = convolution with { Activation = Activation.Relu };
                _nodes.Remove(relu);
                pool.Name = relu.Name;
            }
        }
    }

    /// <summary>A convolution whose result is added to another tensor adds it itself, and applies the activation that follows.</summary>
    private void MergeAdditions()
    {
        foreach (var sum in _nodes.Where(n => n.Operation is Add && n.Inputs.Count == 2).ToArray())
        {
            var which = Enumerable.Range(0, 2).LastOrDefault(i => IsMergeable(sum.Inputs[i]) && sum.Inputs[0] != sum.Inputs[1], -1);
            if (which < 0)
                continue;
            var convolution = Producer(sum.Inputs[which])!;
            var (other, shape) = (sum.Inputs[1 - which], sum.InputShapes[1 - which]);

            // Channels of zeros that are added change nothing.
            if (Producer(other) is { Operation: ZeroPad { Top: 0, Bottom: 0, Left: 0, Right: 0 } } pad && IsPrivate(pad))
            {
                (other, shape) = (pad.Inputs[0], pad.InputShapes[0]);
                _nodes.Remove(pad);
            }

            convolution.Residual = (other, shape);
            convolution.Name = sum.Name;
            var last = sum;
            if (IsPrivate(sum) && Consumer(sum.Name) is { Operation: ActivationLayer { Activation: Activation.Relu or Activation.Relu6 } activation } after)
            {
                convolution.Operation = (Conv2D)convolution.Operation with { Activation = activation.Activation };
                convolution.Name = after.Name;
                _nodes.Remove(sum);
                last = after;
            }

            // It runs where the last of the merged nodes stood: by then both inputs are there.
            _nodes.Remove(convolution);
            _nodes[_nodes.IndexOf(last)] = convolution;
        }
    }

    private bool IsMergeable(string tensor) =>
        Producer(tensor) is { Operation: Conv2D { Activation: Activation.Linear }, Residual: null } node && IsPrivate(node);

    /// <summary>A 3x3 convolution followed by pooling of 2x2 stores the pooled result only.</summary>
    private void MergePooling()
    {
        foreach (var pool in _nodes.Where(n => n.Operation is MaxPool2D { Size: 2, Stride: 2 }).ToArray())
        {
            var input = pool.InputShapes[0];
            var whole = input.Height % 2 == 0 && input.Width % 2 == 0;
            if ((whole || pool.Operation is MaxPool2D { Padding: Padding.Valid })
                && Producer(pool.Inputs[0]) is { Operation: Conv2D { Size: 3, Stride: 1, Padding: Padding.Same }, Residual: null } node && IsPrivate(node))
            {
                node.Pooled = true;
                node.Name = pool.Name;
                node.Shape = pool.Shape;
                _nodes.Remove(pool);
            }
        }
    }

    /// <summary>A 1x1 convolution takes over the depthwise one before it.</summary>
    private void MergeDepthwise()
    {
        foreach (var node in _nodes.Where(n => n.Operation is Conv2D { Size: 1, Stride: 1 }).ToArray())
        {
            if (Producer(node.Inputs[0]) is { Operation: DepthwiseConv2D { Stride: <= 2 } o } depthwise
                && Limits.Of(o.Activation) is not null && IsPrivate(depthwise))
            {
                node.Depthwise = depthwise;
                node.Inputs[0] = depthwise.Inputs[0];
                _nodes.Remove(depthwise);
            }
        }
    }

    private Node? Producer(string tensor) => _nodes.Find(n => n.Name == tensor);

    private Node? Consumer(string tensor) => _nodes.Find(n => n.Reads.Contains(tensor));

    /// <summary>Whether one other node alone reads it, once.</summary>
    private bool IsPrivate(Node node) =>
        !_visible.Contains(node.Name) && _nodes.Sum(n => n.Reads.Count(r => r == node.Name)) == 1;

    private void Rename(string from, string to)
    {
        foreach (var node in _nodes)
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] == from)
                    node.Inputs[i] = to;
            }
        }
    }
}
