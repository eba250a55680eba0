using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>The FaceChannel as trained on AffWild2: frame networks, and FaceChannelS with an LSTM over ten frames.</summary>
internal static class AffWild2Networks
{
    private const string Source =
        "P. Barros, A. Sciutti: The FaceChannelS: Strike of the Sequences for the AffWild 2 Challenge. 2020";

    private const string Notes =
        "112x112 as in every published script (the paper has 120x120, with the same parameter count). The joint " +
        "networks have a dense layer of 100 per output, as in the code.";

    private enum Head
    {
        Arousal,
        Valence,
        Expression,
    }

    public static ImmutableArray<ZooEntry> Entries { get; } =
    [
        .. Both("affwild2-frame-arousal", "AffWild2 frame network, arousal", Frame, Head.Arousal),
        .. Both("affwild2-frame-valence", "AffWild2 frame network, valence", Frame, Head.Valence),
        .. Both("affwild2-frame-expression", "AffWild2 frame network, expression", Frame, Head.Expression),
        .. Both("affwild2-frame-joint", "AffWild2 frame network, all three", Frame, Head.Arousal, Head.Valence, Head.Expression),
        .. Both("facechannels-arousal", "FaceChannelS, arousal", Sequence, Head.Arousal),
        .. Both("facechannels-valence", "FaceChannelS, valence", Sequence, Head.Valence),
        .. Both("facechannels-expression", "FaceChannelS, expression", Sequence, Head.Expression),
        .. Both("facechannels-joint", "FaceChannelS, all three", Sequence, Head.Arousal, Head.Valence, Head.Expression),
    ];

    private static ZooEntry[] Both(
        string name, string title, Func<string, ZooOptions, bool, Head[], NetworkGraph> create, params Head[] heads) =>
    [
        new(name, title, Source, Notes, o => create(name, o, false, heads)),
        new($"{name}-shunting", $"{title}, with inhibition", Source, Notes, o => create($"{name}-shunting", o, true, heads)),
    ];

    private static NetworkGraph Frame(string name, ZooOptions options, bool inhibited, Head[] heads)
    {
        var size = options.InputSize ?? 112;
        var builder = new NetworkBuilder(name);
        var features = Encoder(builder.Image(size, size, options.InputChannels ?? 3), options, inhibited);
        features = features.Dropout("dropout_dense", Rate(options));
        if (heads is [var single])
            return builder.Build(Output(features, single, options));
        return builder.Build([.. heads.Select(head => Output(HeadDense(features, head, options), head, options))]);
    }

    private static NetworkGraph Sequence(string name, ZooOptions options, bool inhibited, Head[] heads)
    {
        var size = options.InputSize ?? 112;
        var builder = new NetworkBuilder(name);
        var frames = builder.Sequence(options.SequenceLength ?? 10, size, size, options.InputChannels ?? 3);
        var features = Encoder(frames, options, inhibited);
        return builder.Build([.. heads.Select(head =>
        {
            var state = features.Lstm($"{NameOf(head)}_lstm", 100);
            return Output(HeadDense(state, head, options), head, options);
        })]);
    }

    private static SymbolicTensor Encoder(SymbolicTensor x, ZooOptions options, bool inhibited)
    {
        var dropout = Rate(options);
        x = x.ConvolutionUnit(options, "conv1", 16);
        x = x.ConvolutionUnit(options, "conv2", 16).MaxPool2D("pool2").Dropout("dropout2", dropout);

        x = x.ConvolutionUnit(options, "conv3", 32);
        x = x.ConvolutionUnit(options, "conv4", 32).MaxPool2D("pool4").Dropout("dropout4", dropout);

        x = x.ConvolutionUnit(options, "conv5", 32);
        x = x.ConvolutionUnit(options, "conv6", 32);
        x = x.ConvolutionUnit(options, "conv7", 32).MaxPool2D("pool7").Dropout("dropout7", dropout);

        x = x.ConvolutionUnit(options, "conv8", 64);
        x = x.ConvolutionUnit(options, "conv9", 64);
        var excitation = x.ConvolutionUnit(options, "conv10", 64);
        x = inhibited
            ? excitation.InhibitedBy(x.ConvolutionUnit(options, "conv10_inhibition", 64), "shunting")
            : excitation;
        x = x.MaxPool2D("pool10").Dropout("dropout10", dropout);

        return x.Flatten().Dense("dense", 500, Activation.Relu);
    }

    private static SymbolicTensor HeadDense(SymbolicTensor x, Head head, ZooOptions options) =>
        x.Dense($"{NameOf(head)}_dense", 100, Activation.Relu).Dropout($"{NameOf(head)}_dropout", Rate(options));

    private static SymbolicTensor Output(SymbolicTensor x, Head head, ZooOptions options) => head == Head.Expression
        ? x.Dense("expression", options.Classes ?? 7, Activation.Softmax)
        : x.Dense(NameOf(head), 1, Activation.Tanh);

    private static double Rate(ZooOptions options) => options.Dropout ?? 0.5;

    private static string NameOf(Head head) => head switch
    {
        Head.Arousal => "arousal",
        Head.Valence => "valence",
        _ => "expression",
    };
}
