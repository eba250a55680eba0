using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>
/// The FaceChannel: ten convolutions, the last inhibited by a parallel one, and a dense layer with its heads.
/// </summary>
internal static class FaceChannelNetworks
{
    private const string Source =
        "P. Barros, N. Churamani, A. Sciutti: The FaceChannel: A Fast and Furious Deep Neural Network for Facial Expression Recognition. SN Computer Science 1, 2020";

    private const string LibraryNotes =
        "As in the authors' published code, which their tables fit: 64x64 gray, constant decay 0.5, dropout 0.25. " +
        "The paper's text has 128x128, a learned decay and dropout 0.5, and states about 2 million parameters: " +
        "the ten convolutions and their inhibition alone have 2.77 million, without it 2.18 million.";

    private const string FigureNotes =
        "The network that the paper's figure shows. It fits neither the parameter count of the text nor the code.";

    public static ImmutableArray<ZooEntry> Entries { get; } =
    [
        new("facechannel-v1-av", "FaceChannel, arousal and valence", Source, LibraryNotes,
            o => Library("facechannel-v1-av", o, inhibited: true, ArousalAndValence)),
        new("facechannel-v1-fer8", "FaceChannel, expression", Source, LibraryNotes,
            o => Library("facechannel-v1-fer8", o, inhibited: true, Expression)),
        new("facechannel-v1-av-no-inhibition", "FaceChannel without inhibition, arousal and valence", Source, LibraryNotes,
            o => Library("facechannel-v1-av-no-inhibition", o, inhibited: false, ArousalAndValence)),
        new("facechannel-v1-fer8-no-inhibition", "FaceChannel without inhibition, expression", Source, LibraryNotes,
            o => Library("facechannel-v1-fer8-no-inhibition", o, inhibited: false, Expression)),
        new("facechannel-figure-av", "FaceChannel as in the paper's figure, arousal and valence", Source, FigureNotes, Figure),
    ];

    private static NetworkGraph Library(
        string name, ZooOptions options, bool inhibited, Func<SymbolicTensor, ZooOptions, SymbolicTensor[]> heads)
    {
        var dropout = options.Dropout ?? 0.25;
        var size = options.InputSize ?? 64;
        var builder = new NetworkBuilder(name, DataLayout.ChannelsFirst);
        var x = builder.Image(size, size, options.InputChannels ?? 1);

        x = Normalized(x, 1, 64);
        x = Normalized(x, 2, 64).MaxPool2D("pool2").Dropout("dropout2", dropout);

        x = Normalized(x, 3, 128);
        x = Normalized(x, 4, 128).MaxPool2D("pool4").Dropout("dropout4", dropout);

        x = Normalized(x, 5, 128);
        x = Normalized(x, 6, 128);
        x = Normalized(x, 7, 128).MaxPool2D("pool7").Dropout("dropout7", dropout);

        x = Normalized(x, 8, 256);
        x = Normalized(x, 9, 256);
        var excitation = x.ConvolutionUnit(options, "conv10", 256);
        x = inhibited
            ? excitation.InhibitedBy(x.ConvolutionUnit(options, "conv10_inhibition", 256), "shunting", constantDecay: 0.5f)
            : excitation;
        x = x.MaxPool2D("pool10").Dropout("dropout10", dropout);

        x = x.Flatten().Dense("dense", 200, Activation.Relu).Dropout("dropout_dense", dropout);
        return builder.Build(heads(x, options));
    }

    private static NetworkGraph Figure(ZooOptions options)
    {
        var dropout = options.Dropout ?? 0.5;
        var size = options.InputSize ?? 128;
        var builder = new NetworkBuilder("facechannel-figure-av");
        var x = builder.Image(size, size, options.InputChannels ?? 3);

        x = Normalized(x, 1, 16);
        x = Normalized(x, 2, 16).MaxPool2D("pool2").Dropout("dropout2", dropout);

        x = Normalized(x, 3, 16);
        x = Normalized(x, 4, 16).MaxPool2D("pool4").Dropout("dropout4", dropout);

        x = Normalized(x, 5, 32);
        x = Normalized(x, 6, 32);
        x = Normalized(x, 7, 32).MaxPool2D("pool7").Dropout("dropout7", dropout);

        x = Normalized(x, 8, 32);
        x = Normalized(x, 9, 32);
        var inhibition = x.ConvolutionUnit(options, "conv10_inhibition", 32);
        x = Normalized(x, 10, 32).InhibitedBy(inhibition, "shunting");
        x = x.MaxPool2D("pool10").Dropout("dropout10", dropout);

        x = x.Flatten().Dense("dense", 200, Activation.Relu).Dropout("dropout_dense", dropout);
        return builder.Build(ArousalAndValence(x, options));
    }

    private static SymbolicTensor Normalized(SymbolicTensor x, int number, int filters) =>
        x.Conv2D($"conv{number}", filters).BatchNormalization($"bn{number}").Relu($"relu{number}");

    private static SymbolicTensor[] ArousalAndValence(SymbolicTensor x, ZooOptions options) =>
        [x.Dense("arousal", 1, Activation.Tanh), x.Dense("valence", 1, Activation.Tanh)];

    private static SymbolicTensor[] Expression(SymbolicTensor x, ZooOptions options) =>
        [x.Dense("expression", options.Classes ?? 8, Activation.Softmax)];
}
