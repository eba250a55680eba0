using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Random numbers and their state (native/src/random.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial int ferros_torch_manual_seed(long seed);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_get_rng_state(int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_set_rng_state(int deviceType, int deviceIndex, TensorHandle state);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_rand(ReadOnlySpan<long> shape, int dims, int dtype, int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_randn(ReadOnlySpan<long> shape, int dims, int dtype, int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_randperm(long count, out TensorHandle result);
}
