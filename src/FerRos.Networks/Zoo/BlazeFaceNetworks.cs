using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>
/// MediaPipe's two face detectors. Input: RGB in [-1, 1], channels last. Outputs: <c>regressors</c>, one row of 16 per
/// anchor (box centre, size, six points; input pixels relative to the anchor), and <c>classifiers</c>, one logit each.
/// </summary>
internal static class BlazeFaceNetworks
{
    private const string Source =
        "V. Bazarevsky, Y. Kartynnik, A. Vakunov, K. Raveendran, M. Grundmann: BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs. 2019; MediaPipe";

    public static ImmutableArray<ZooEntry> Entries { get; } =
    [
        new("blazeface-short-range", "Face detector for faces within about two metres", Source, "", _ => ShortRange()),
        new("blazeface-full-range", "Face detector for faces within about five metres", Source, "", _ => FullRange()),
    ];

    private static NetworkGraph ShortRange()
    {
        var builder = new NetworkBuilder("blazeface-short-range");
        var stage = new Stage();
        var x = builder.Image(128, 128, 3).Conv2D(stage.NextLayer(), 24, size: 5, stride: 2, activation: Activation.Relu);

        x = stage.Single(x, 24);
        x = stage.Single(x, 28);
        x = stage.Single(x, 32, stride: 2);
        x = stage.Single(x, 36);
        x = stage.Single(x, 42);
        x = stage.Single(x, 48, stride: 2);
        x = stage.Single(x, 56);
        x = stage.Single(x, 64);
        x = stage.Single(x, 72);
        x = stage.Single(x, 80);
        var fine = stage.Single(x, 88);
        x = stage.Single(fine, 96, stride: 2);
        x = stage.Single(x, 96);
        x = stage.Single(x, 96);
        x = stage.Single(x, 96);
        var coarse = stage.Single(x, 96);

        // Two anchors per cell of the 16x16 map, six per cell of the 8x8 map.
        var fineScores = fine.Conv2D(stage.NextLayer(), 2 * 1, size: 1).ReshapeToTable("fine_scores", 1);
        var coarseScores = coarse.Conv2D(stage.NextLayer(), 6 * 1, size: 1).ReshapeToTable("coarse_scores", 1);
        var fineBoxes = fine.Conv2D(stage.NextLayer(), 2 * 16, size: 1).ReshapeToTable("fine_boxes", 16);
        var coarseBoxes = coarse.Conv2D(stage.NextLayer(), 6 * 16, size: 1).ReshapeToTable("coarse_boxes", 16);
        return builder.Build(
            fineBoxes.Concatenate("regressors", coarseBoxes),
            fineScores.Concatenate("classifiers", coarseScores));
    }

    private static NetworkGraph FullRange()
    {
        var builder = new NetworkBuilder("blazeface-full-range");
        var stage = new Stage();
        var x = builder.Image(192, 192, 3).Conv2D(stage.NextLayer(), 32, stride: 2, activation: Activation.Relu);

        x = stage.Double(x, 8, 32);
        x = stage.Double(x, 8, 32);
        x = stage.Double(x, 12, 48, stride: 2);
        x = stage.Double(x, 12, 48);
        var at48 = stage.Double(x, 16, 64);
        x = stage.Double(at48, 24, 96, stride: 2);
        x = stage.Double(x, 32, 128);
        var at24 = stage.Double(x, 32, 128);
        x = stage.Double(at24, 36, 144, stride: 2);
        x = stage.Double(x, 48, 192);
        var at12 = stage.Double(x, 64, 256);
        x = stage.Double(at12, 96, 384, stride: 2);
        x = stage.Double(x, 96, 384);
        x = stage.Double(x, 96, 384);
        x = stage.Double(x, 96, 384);

        // Back up, each time joined with the map of that size on the way down.
        x = stage.Join(x, at12, 96);
        x = stage.Double(x, 48, 96);
        x = stage.Double(x, 48, 96);
        x = stage.Join(x, at24, 64);
        x = stage.Double(x, 32, 64);
        x = stage.Double(x, 32, 64);
        x = stage.Join(x, at48, 48);
        x = stage.Double(x, 24, 48);

        var scores = x.Conv2D(stage.NextLayer(), 1, size: 1).ReshapeToTable("classifiers", 1);
        var boxes = x.Conv2D(stage.NextLayer(), 16, size: 1).ReshapeToTable("regressors", 16);
        return builder.Build(boxes, scores);
    }

    /// <summary>Counts layers and blocks: the weights are named <c>layer1</c>, <c>layer2</c>, ... in the order of the original file.</summary>
    private sealed class Stage
    {
        private int _layer;
        private int _block;

        public string NextLayer() => $"layer{++_layer}";

        /// <summary>Depthwise and 1x1 convolution beside a shortcut.</summary>
        public SymbolicTensor Single(SymbolicTensor x, int filters, int stride = 1)
        {
            var block = $"block{++_block}";
            var main = x.DepthwiseConv2D(NextLayer(), stride: stride).Conv2D(NextLayer(), filters, size: 1);
            return Shortcut(x, block, filters, stride).Add($"{block}_add", main).Relu(block);
        }

        /// <summary>Two of them in a row, narrow in the middle, beside a shortcut.</summary>
        public SymbolicTensor Double(SymbolicTensor x, int narrow, int filters, int stride = 1)
        {
            var block = $"block{++_block}";
            var main = x.DepthwiseConv2D(NextLayer(), stride: stride).Conv2D(NextLayer(), narrow, size: 1, activation: Activation.Relu);
            main = main.DepthwiseConv2D(NextLayer()).Conv2D(NextLayer(), filters, size: 1);
            return Shortcut(x, block, filters, stride).Add($"{block}_add", main).Relu(block);
        }

        /// <summary>A coarse map enlarged to the size of a fine one, and both added.</summary>
        public SymbolicTensor Join(SymbolicTensor coarse, SymbolicTensor fine, int filters)
        {
            var block = $"join{++_block}";
            var up = coarse.Conv2D(NextLayer(), filters, size: 1, activation: Activation.Relu);
            var side = fine.Conv2D(NextLayer(), filters, size: 1, activation: Activation.Relu);
            return side.Add(block, up.ResizeBilinear($"{block}_resize", fine.Shape.Height, fine.Shape.Width));
        }

        /// <summary>The input itself: pooled where the block halves the size, with channels of zeros where it adds channels.</summary>
        private static SymbolicTensor Shortcut(SymbolicTensor x, string block, int filters, int stride)
        {
            if (stride > 1)
                x = x.MaxPool2D($"{block}_pool", padding: Padding.Same);
            return filters > x.Shape.Channels ? x.PadChannels($"{block}_pad", filters - x.Shape.Channels) : x;
        }
    }
}
