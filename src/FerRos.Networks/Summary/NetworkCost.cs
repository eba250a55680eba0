using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>What one run of a network costs.</summary>
/// <param name="MultiplyAccumulates">Of one run from scratch: all frames of a sequence.</param>
/// <param name="MultiplyAccumulatesPerFrame">
/// Of one new frame where earlier frames' features are at hand: the same as the former for single images.
/// </param>
/// <param name="Parameters">Number of weights.</param>
/// <param name="ByLayer">Multiply-accumulates of one application of each layer, in order.</param>
public sealed record NetworkCost(
    long MultiplyAccumulates, long MultiplyAccumulatesPerFrame, long Parameters, ImmutableArray<(Layer Layer, long MultiplyAccumulates)> ByLayer)
{
    /// <summary>Counts convolutions, dense and recurrent layers; additions, activations and pooling are left out, as is usual.</summary>
    public static NetworkCost Of(NetworkGraph network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var byLayer = network.Layers.Select(l => (Layer: l, Cost: l.Operation.MultiplyAccumulates(l.InputShapes))).ToImmutableArray();
        var steps = Math.Max(network.SequenceLength, 1);
        long perStep = byLayer.Where(l => l.Layer.PerStep).Sum(l => l.Cost);
        long recurrent = byLayer.Where(l => l.Layer.Operation is Lstm).Sum(l => l.Cost) * steps;
        long rest = byLayer.Where(l => l.Layer is { PerStep: false, Operation: not Lstm }).Sum(l => l.Cost);
        return new NetworkCost((perStep * steps) + recurrent + rest, perStep + recurrent + rest, network.ParameterCount, byLayer);
    }
}
