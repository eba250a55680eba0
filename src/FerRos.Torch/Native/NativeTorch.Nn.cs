using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Layers as functions (native/src/nn.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial int ferros_torch_conv2d(TensorHandle input, TensorHandle weight, TensorHandle bias, long strideY, long strideX, long paddingY, long paddingX, long groups, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_linear(TensorHandle input, TensorHandle weight, TensorHandle bias, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_batch_norm(TensorHandle input, TensorHandle gamma, TensorHandle beta, TensorHandle mean, TensorHandle variance, int training, double momentum, double epsilon, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_max_pool2d(TensorHandle input, long kernelY, long kernelX, long strideY, long strideX, long paddingY, long paddingX, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_avg_pool2d(TensorHandle input, long kernelY, long kernelX, long strideY, long strideX, long paddingY, long paddingX, int countPadding, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_pad(TensorHandle input, ReadOnlySpan<long> amounts, int count, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_upsample_bilinear2d(TensorHandle input, long height, long width, int alignCorners, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_softmax(TensorHandle input, long dim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_log_softmax(TensorHandle input, long dim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_dropout(TensorHandle input, double probability, int training, out TensorHandle result);
}
