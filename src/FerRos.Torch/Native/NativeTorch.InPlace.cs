using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Arithmetic in place (native/src/inplace.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial int ferros_torch_add_(TensorHandle tensor, TensorHandle other, double alpha);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_mul_(TensorHandle tensor, TensorHandle other);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_add_scalar_(TensorHandle tensor, double value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_mul_scalar_(TensorHandle tensor, double value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_fill_(TensorHandle tensor, double value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_sqrt_(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_clamp_(TensorHandle tensor, double low, double high);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_lerp_(TensorHandle tensor, TensorHandle end, double weight);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_addcmul_(TensorHandle tensor, TensorHandle left, TensorHandle right, double value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_addcdiv_(TensorHandle tensor, TensorHandle numerator, TensorHandle denominator, double value);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_maximum_(TensorHandle tensor, TensorHandle other);
}
