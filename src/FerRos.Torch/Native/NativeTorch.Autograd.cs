using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Gradients (native/src/autograd.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial int ferros_torch_get_requires_grad(TensorHandle tensor, out int value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_set_requires_grad(TensorHandle tensor, int value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_backward(TensorHandle tensor, TensorHandle gradient, int retainGraph);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_get_grad(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_set_grad(TensorHandle tensor, TensorHandle gradient);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_detach(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_is_leaf(TensorHandle tensor, out int value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_grad_mode(int enabled, out int previous);
}
