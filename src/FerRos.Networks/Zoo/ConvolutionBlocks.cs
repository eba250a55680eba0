namespace FerRos.Networks;

/// <summary>The convolution with its activation, as plain layer or with the batch normalisation that training may add.</summary>
internal static class ConvolutionBlocks
{
    /// <summary>
    /// A convolution that includes its activation. With <see cref="ZooOptions.BatchNormalization"/> the three become
    /// layers of their own; folded, they are this one again.
    /// </summary>
    public static SymbolicTensor ConvolutionUnit(
        this SymbolicTensor input, ZooOptions options, string name, int filters, int size = 3, int stride = 1,
        Activation activation = Activation.Relu)
    {
        if (!options.BatchNormalization)
            return input.Conv2D(name, filters, size, stride, activation: activation);
        var normalized = input.Conv2D(name, filters, size, stride).BatchNormalization($"{name}_bn");
        return activation == Activation.Linear ? normalized : normalized.Activate($"{name}_activation", activation);
    }
}
