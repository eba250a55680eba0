using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Views, slices and joins (native/src/shape.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial int ferros_torch_reshape(TensorHandle tensor, ReadOnlySpan<long> shape, int dims, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_permute(TensorHandle tensor, ReadOnlySpan<long> order, int dims, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_transpose(TensorHandle tensor, long first, long second, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_expand(TensorHandle tensor, ReadOnlySpan<long> shape, int dims, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_squeeze(TensorHandle tensor, long dim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_unsqueeze(TensorHandle tensor, long dim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_slice(TensorHandle tensor, long dim, long start, long end, long step, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_select(TensorHandle tensor, long dim, long index, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_index_select(TensorHandle tensor, long dim, TensorHandle index, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_flip(TensorHandle tensor, ReadOnlySpan<long> dims, int count, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_cat(ReadOnlySpan<IntPtr> tensors, int count, long dim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_stack(ReadOnlySpan<IntPtr> tensors, int count, long dim, out TensorHandle result);
}
