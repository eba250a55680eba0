using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Creation, data and properties (native/src/tensor.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial int ferros_torch_free(IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial long ferros_torch_live_tensors();

    [LibraryImport(Library)]
    internal static partial int ferros_torch_empty(ReadOnlySpan<long> shape, int dims, int dtype, int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_full(ReadOnlySpan<long> shape, int dims, double value, int dtype, int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_arange(double start, double end, double step, int dtype, int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_from_data(ReadOnlySpan<byte> data, long bytes, ReadOnlySpan<long> shape, int dims, int dtype, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_to_data(TensorHandle tensor, Span<byte> data, long bytes);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_alias(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_dim(TensorHandle tensor, out long dims);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_sizes(TensorHandle tensor, Span<long> sizes, int capacity);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_numel(TensorHandle tensor, out long count);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_dtype(TensorHandle tensor, out int dtype);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_device(TensorHandle tensor, out int deviceType, out int deviceIndex);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_item(TensorHandle tensor, out double value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_item_int64(TensorHandle tensor, out long value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_to(TensorHandle tensor, int dtype, int deviceType, int deviceIndex, int copy, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_clone(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_contiguous(TensorHandle tensor, int channelsLast, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_copy_(TensorHandle tensor, TensorHandle source);
}
