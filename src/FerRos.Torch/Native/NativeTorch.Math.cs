using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Arithmetic and comparison (native/src/math.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial int ferros_torch_add(TensorHandle left, TensorHandle right, double alpha, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_clamp(TensorHandle tensor, double low, double high, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_where(TensorHandle condition, TensorHandle yes, TensorHandle no, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_neg(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_exp(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_log(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_sqrt(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_abs(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_square(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_relu(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_sigmoid(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_tanh(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_isfinite(TensorHandle tensor, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_sub(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_mul(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_div(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_pow(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_maximum(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_minimum(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_eq(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_ne(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_lt(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_le(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_gt(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_ge(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_matmul(TensorHandle left, TensorHandle right, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_add_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_mul_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_div_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_pow_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_eq_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_ne_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_lt_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_le_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_gt_scalar(TensorHandle tensor, double value, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_ge_scalar(TensorHandle tensor, double value, out TensorHandle result);
}
