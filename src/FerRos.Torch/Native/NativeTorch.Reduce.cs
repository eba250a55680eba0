using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Sums, means and extremes (native/src/reduce.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial int ferros_torch_sum(TensorHandle tensor, ReadOnlySpan<long> dims, int count, int keepdim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_mean(TensorHandle tensor, ReadOnlySpan<long> dims, int count, int keepdim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_var(TensorHandle tensor, ReadOnlySpan<long> dims, int count, int unbiased, int keepdim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_max_all(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_min_all(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_max_dim(TensorHandle tensor, long dim, int keepdim, out TensorHandle values, out TensorHandle indices);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_argmax(TensorHandle tensor, long dim, int keepdim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_all(TensorHandle tensor, out TensorHandle result);
}
