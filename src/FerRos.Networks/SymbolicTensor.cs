namespace FerRos.Networks;

/// <summary>A tensor of a network under construction. Its methods add the next layer, so that a network reads like its table.</summary>
public readonly struct SymbolicTensor : IEquatable<SymbolicTensor>
{
    private readonly Layer _layer;

    internal SymbolicTensor(NetworkBuilder builder, Layer layer)
    {
        Builder = builder;
        _layer = layer;
    }

    /// <summary>Name of the layer that gives it.</summary>
    public string Name => _layer.Name;

    /// <summary>Its shape.</summary>
    public Shape Shape => _layer.Shape;

    internal NetworkBuilder Builder { get; }

    /// <summary>A convolution, by default with zero padding that keeps the size, and a bias.</summary>
    public SymbolicTensor Conv2D(
        string name, int filters, int size = 3, int stride = 1, Padding padding = Padding.Same, bool bias = true,
        Activation activation = Activation.Linear) =>
        Builder.Add(name, new Conv2D(filters, size, stride, padding, bias, activation), this);

    /// <summary>A convolution of each channel by itself.</summary>
    public SymbolicTensor DepthwiseConv2D(
        string name, int size = 3, int stride = 1, Padding padding = Padding.Same, bool bias = true,
        Activation activation = Activation.Linear) =>
        Builder.Add(name, new DepthwiseConv2D(size, stride, padding, bias, activation), this);

    /// <summary>A depthwise and a 1x1 convolution.</summary>
    public SymbolicTensor SeparableConv2D(
        string name, int filters, int size = 3, int stride = 1, Padding padding = Padding.Same, bool bias = true,
        Activation activation = Activation.Linear) =>
        Builder.Add(name, new SeparableConv2D(filters, size, stride, padding, bias, activation), this);

    /// <summary>A dense layer.</summary>
    public SymbolicTensor Dense(string name, int units, Activation activation = Activation.Linear, bool bias = true) =>
        Builder.Add(name, new Dense(units, bias, activation), this);

    /// <summary>Batch normalisation with Keras's defaults.</summary>
    public SymbolicTensor BatchNormalization(string name) => Builder.Add(name, new BatchNormalization(), this);

    /// <summary>An activation as a layer of its own.</summary>
    public SymbolicTensor Activate(string name, Activation activation) => Builder.Add(name, new ActivationLayer(activation), this);

    /// <summary>max(x, 0) as a layer of its own.</summary>
    public SymbolicTensor Relu(string name) => Activate(name, Activation.Relu);

    /// <summary>The largest of each window, by default 2x2 with stride 2.</summary>
    public SymbolicTensor MaxPool2D(string name, int size = 2, int stride = 2, Padding padding = Padding.Valid) =>
        Builder.Add(name, new MaxPool2D(size, stride, padding), this);

    /// <summary>The mean of each window, by default 2x2 with stride 2.</summary>
    public SymbolicTensor AveragePool2D(string name, int size = 2, int stride = 2, Padding padding = Padding.Valid) =>
        Builder.Add(name, new AveragePool2D(size, stride, padding), this);

    /// <summary>The mean of each channel.</summary>
    public SymbolicTensor GlobalAveragePool(string name) => Builder.Add(name, new GlobalAveragePool(), this);

    /// <summary>The sum of this and <paramref name="others"/>.</summary>
    public SymbolicTensor Add(string name, params ReadOnlySpan<SymbolicTensor> others) => Builder.Add(name, new Add(), [this, .. others]);

    /// <summary>This and <paramref name="others"/> side by side.</summary>
    public SymbolicTensor Concatenate(string name, params ReadOnlySpan<SymbolicTensor> others) =>
        Builder.Add(name, new Concatenate(), [this, .. others]);

    /// <summary>Channels of zeros after the own ones.</summary>
    public SymbolicTensor PadChannels(string name, int channels) => Builder.Add(name, new ZeroPad(0, 0, 0, 0, channels), this);

    /// <summary>Zeros around the image.</summary>
    public SymbolicTensor ZeroPad(string name, int top, int bottom, int left, int right) =>
        Builder.Add(name, new ZeroPad(top, bottom, left, right, 0), this);

    /// <summary>Bilinear interpolation to another size.</summary>
    public SymbolicTensor ResizeBilinear(string name, int height, int width) => Builder.Add(name, new ResizeBilinear(height, width), this);

    /// <summary>An image as a vector.</summary>
    public SymbolicTensor Flatten(string name = "flatten") => Builder.Add(name, new Flatten(), this);

    /// <summary>An image as rows of so many columns.</summary>
    public SymbolicTensor ReshapeToTable(string name, int columns) => Builder.Add(name, new ReshapeToTable(columns), this);

    /// <summary>Dropout in training.</summary>
    public SymbolicTensor Dropout(string name, double rate) => Builder.Add(name, new Dropout(rate), this);

    /// <summary>This, inhibited by <paramref name="inhibition"/>; the decay is learned unless a constant is given.</summary>
    public SymbolicTensor InhibitedBy(SymbolicTensor inhibition, string name, float? constantDecay = null) =>
        Builder.Add(name, new ShuntingInhibition(constantDecay), this, inhibition);

    /// <summary>An LSTM over the sequence; gives the last state.</summary>
    public SymbolicTensor Lstm(string name, int units, Activation activation = Activation.Relu) =>
        Builder.Add(name, new Lstm(units, activation), this);

    /// <inheritdoc/>
    public bool Equals(SymbolicTensor other) => ReferenceEquals(_layer, other._layer);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SymbolicTensor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _layer.GetHashCode();

    /// <summary>Whether both are the output of one layer.</summary>
    public static bool operator ==(SymbolicTensor left, SymbolicTensor right) => left.Equals(right);

    /// <summary>Whether they are outputs of different layers.</summary>
    public static bool operator !=(SymbolicTensor left, SymbolicTensor right) => !left.Equals(right);
}
