using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>ARCH-1 to ARCH-4: small networks on 48x48 gray faces, with a residual branch (1, 2) or plain (3, 4).</summary>
internal static class ArchNetworks
{
    private const string Source =
        "ARCH-1 to ARCH-4, four lightweight convolutional networks for facial expression recognition on FER2013, CK+ and IMED";

    private const string Notes =
        "All totals equal the paper's. Its tables contain misprints: ARCH-1's trainable count is 292,863, not 292,862 " +
        "(the difference to the total must be even); one convolution and two pools are printed with shapes that the " +
        "counts exclude; batch normalisations in tables 3 and 4 are printed with one size where their number follows " +
        "the channels. Activation of the dense layers (ReLU) and the pools' size (2x2) are not stated.";

    public static ImmutableArray<ZooEntry> Entries { get; } =
    [
        new("arch-1", "ARCH-1, separable convolutions and a residual branch", Source, Notes, o => Create("arch-1", o, Residual, ConvolutionHead)),
        new("arch-2", "ARCH-2, as ARCH-1 with dense layers", Source, Notes, o => Create("arch-2", o, Residual, DenseHead)),
        new("arch-3", "ARCH-3, plain convolutions", Source, Notes, o => Create("arch-3", o, Plain, ConvolutionHead)),
        new("arch-4", "ARCH-4, as ARCH-3 with dense layers", Source, Notes, o => Create("arch-4", o, Plain, DenseHead)),
    ];

    private static NetworkGraph Create(
        string name, ZooOptions options, Func<Table, SymbolicTensor, SymbolicTensor> body, Func<Table, SymbolicTensor, SymbolicTensor> head)
    {
        var size = options.InputSize ?? 48;
        var builder = new NetworkBuilder(name);
        var table = new Table(options);
        var x = body(table, builder.Image(size, size, options.InputChannels ?? 1));
        return builder.Build(head(table, x));
    }

    private static SymbolicTensor Residual(Table table, SymbolicTensor x)
    {
        x = Table.Convolution(x, 1, 8, 1, bias: false).Relu("activation");
        x = Table.Convolution(x, 2, 8, 2, bias: false).Relu("activation_1");
        x = Table.Convolution(x, 3, 16, 3, bias: false).Relu("activation_2");
        x = Pool(Table.Convolution(x, 4, 16, 4, bias: false), "max_pooling2d").Relu("activation_3");

        var branch = x.Conv2D("conv2d_5", 16, size: 1, bias: false).BatchNormalization("batch_normalization_5");
        branch = branch.Conv2D("conv2d_6", 32, size: 1, stride: 2, bias: false).BatchNormalization("batch_normalization_6");

        x = x.SeparableConv2D("separable_conv2d_1", 32, bias: false).BatchNormalization("batch_normalization_7").Relu("activation_4");
        x = x.SeparableConv2D("separable_conv2d_2", 32, bias: false).BatchNormalization("batch_normalization_8");
        x = Pool(x, "max_pooling2d_1").Relu("activation_5");
        x = x.Add("add", branch).Relu("activation_6");

        x = Table.Convolution(x, 7, 64, 9, bias: true).Relu("activation_7");
        x = Pool(Table.Convolution(x, 8, 64, 10, bias: true), "max_pooling2d_2").Relu("activation_8");
        x = Table.Convolution(x, 9, 128, 11, bias: true).Relu("activation_9");
        x = Table.Convolution(x, 10, 128, 12, bias: true).Relu("activation_10");
        table.Convolutions = 10;
        return x;
    }

    private static SymbolicTensor Plain(Table table, SymbolicTensor x)
    {
        x = Table.Convolution(x, 1, 8, 1, bias: false).Relu("activation");
        x = Table.Convolution(x, 2, 8, 2, bias: false).Relu("activation_1");
        x = Table.Convolution(x, 3, 16, 3, bias: false).Relu("activation_2");
        x = Table.Convolution(x, 4, 16, 4, bias: false).Relu("activation_3");
        x = Pool(Table.Convolution(x, 5, 16, 5, bias: false), "max_pooling2d").Relu("activation_4");
        x = Table.Convolution(x, 6, 32, 6, bias: false).Relu("activation_5");
        x = Pool(Table.Convolution(x, 7, 32, 7, bias: false), "max_pooling2d_1").Relu("activation_6");
        x = Table.Convolution(x, 8, 64, 8, bias: false).Relu("activation_7");
        x = Pool(Table.Convolution(x, 9, 64, 9, bias: false), "max_pooling2d_2").Relu("activation_8");
        x = Table.Convolution(x, 10, 128, 10, bias: false).Relu("activation_9");
        x = Table.Convolution(x, 11, 128, 11, bias: false).Relu("activation_10");
        table.Convolutions = 11;
        return x;
    }

    private static SymbolicTensor ConvolutionHead(Table table, SymbolicTensor x) =>
        x.Conv2D($"conv2d_{table.Convolutions + 1}", table.Classes).GlobalAveragePool("gap").Activate("expression", Activation.Softmax);

    private static SymbolicTensor DenseHead(Table table, SymbolicTensor x) => Pool(x, "max_pooling2d_3").Flatten()
        .Dense("dense_1", 512, Activation.Relu).Dropout("dropout_1", table.Dropout)
        .Dense("dense_2", 512, Activation.Relu).Dropout("dropout_2", table.Dropout)
        .Dense("expression", table.Classes, Activation.Softmax);

    private static SymbolicTensor Pool(SymbolicTensor x, string name) => x.MaxPool2D(name, padding: Padding.Same);

    /// <summary>What the rows of the tables share.</summary>
    private sealed class Table(ZooOptions options)
    {
        public int Classes { get; } = options.Classes ?? 7;

        public double Dropout { get; } = options.Dropout ?? 0.5;

        /// <summary>Number of convolutions in the body.</summary>
        public int Convolutions { get; set; }

        public static SymbolicTensor Convolution(SymbolicTensor x, int number, int filters, int normalization, bool bias) =>
            x.Conv2D($"conv2d_{number}", filters, bias: bias).BatchNormalization($"batch_normalization_{normalization}");
    }
}
