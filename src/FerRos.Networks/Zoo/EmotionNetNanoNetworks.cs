using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>EmotionNet Nano: three blocks of narrow 3x3 convolutions whose outputs are added across the block.</summary>
internal static class EmotionNetNanoNetworks
{
    private const string Source =
        "J. R. Lee, L. Wang, A. Wong: EmotionNet Nano: An Efficient Deep Convolutional Neural Network Design for Real-Time Facial Expression Recognition. Frontiers in Artificial Intelligence 3, 2021";

    private const string FigureNotes =
        "Nano-B as its figure reads: 141,098 parameters, 3.7 % above the stated 136 thousand. The cause is not known.";

    private const string NanoBNotes =
        "A reconstruction, not the authors' network: the figure's Nano-B with e4 narrowed from 24 to 20 channels, which " +
        "meets the stated 136 thousand parameters.";

    private const string NanoANotes =
        "A reconstruction, not the authors' network: Nano-A's channels are published nowhere. Nano-B's, widened by 1.28 " +
        "so that tensors which are added have one width, meet the stated 232 thousand parameters.";

    private static readonly Widths _figure = new([11, 9, 11, 8, 11, 7, 11, 27], 27, [27, 19, 27, 26, 27, 36], 64, [64, 39, 64, 24, 64]);
    private static readonly Widths _nanoB = _figure with { Third = [64, 39, 64, 20, 64] };
    private static readonly Widths _nanoA = new([14, 12, 14, 10, 14, 9, 14, 35], 35, [35, 24, 35, 33, 35, 46], 82, [82, 50, 82, 31, 82]);

    public static ImmutableArray<ZooEntry> Entries { get; } =
    [
        new("nano-a-232", "EmotionNet Nano-A (reconstruction)", Source, NanoANotes, o => Create("nano-a-232", o, _nanoA)),
        new("nano-b-136", "EmotionNet Nano-B (reconstruction)", Source, NanoBNotes, o => Create("nano-b-136", o, _nanoB)),
        new("nano-b-figure", "EmotionNet Nano-B as in the figure", Source, FigureNotes, o => Create("nano-b-figure", o, _figure)),
    ];

    private static NetworkGraph Create(string name, ZooOptions options, Widths widths)
    {
        var size = options.InputSize ?? 48;
        var builder = new NetworkBuilder(name);
        var x = builder.Image(size, size, options.InputChannels ?? 1);

        SymbolicTensor Convolve(SymbolicTensor from, string layer, int filters, int stride = 1) =>
            from.ConvolutionUnit(options, layer, filters, stride: stride);

        SymbolicTensor Shortcut(SymbolicTensor from, string layer, int filters) =>
            from.ConvolutionUnit(options, layer, filters, size: 1, stride: 2, activation: Activation.Linear);

        var w = widths.First;
        var c1 = Convolve(x, "c1", w[0]);
        var c2 = Convolve(c1, "c2", w[1]);
        var c3 = Convolve(c2, "c3", w[2]);
        var c4 = Convolve(c1.Add("add", c3), "c4", w[3]);
        var c5 = Convolve(c4, "c5", w[4]);
        var c6 = Convolve(c1.Add("add_1", c3, c5), "c6", w[5]);
        var c7 = Convolve(c6, "c7", w[6]);
        var c8 = Convolve(c1.Add("add_2", c5, c7), "c8", w[7], stride: 2);
        var i1 = Shortcut(c1.Add("add_3", c3, c5), "i1", widths.FirstShortcut);

        w = widths.Second;
        var d1 = Convolve(c8, "d1", w[0]);
        var d2 = Convolve(d1.Add("add_4", i1), "d2", w[1]);
        var d3 = Convolve(d2, "d3", w[2]);
        var d4 = Convolve(d1.Add("add_5", d3), "d4", w[3]);
        var d5 = Convolve(d4, "d5", w[4]);
        var d6 = Convolve(d1.Add("add_6", d3, d5, i1), "d6", w[5], stride: 2);
        var i2 = Shortcut(c8.Add("add_7", d3, d5, i1), "i2", widths.SecondShortcut);

        w = widths.Third;
        var e1 = Convolve(d6, "e1", w[0]);
        var e2 = Convolve(e1.Add("add_8", i2), "e2", w[1]);
        var e3 = Convolve(e2, "e3", w[2]);
        var e4 = Convolve(e1.Add("add_9", e3, i2), "e4", w[3]);
        var e5 = Convolve(e4, "e5", w[4]);
        return builder.Build(e1.Add("add_10", e3, e5, i2).GlobalAveragePool("gap")
            .Dense("expression", options.Classes ?? 7, Activation.Softmax));
    }

    /// <summary>Output channels of the convolutions of the three blocks, and of the two shortcuts between them.</summary>
    private sealed record Widths(
        ImmutableArray<int> First, int FirstShortcut, ImmutableArray<int> Second, int SecondShortcut, ImmutableArray<int> Third);
}
