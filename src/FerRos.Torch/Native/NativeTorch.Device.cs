using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Version, threads, CUDA and autocast (native/src/device.cpp).</summary>
internal static partial class NativeTorch
{
    [LibraryImport(Library)]
    internal static partial IntPtr ferros_torch_version();

    [LibraryImport(Library)]
    internal static partial int ferros_torch_cuda_count(out int count);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_synchronize(int deviceIndex);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_get_num_threads(out int count);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_set_num_threads(int count);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_set_flush_denormal(int on);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_set_deterministic(int on);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_autocast_enter(int deviceType, int dtype, out int previousEnabled, out int previousDtype);

    [LibraryImport(Library)]
    internal static partial int ferros_torch_autocast_leave(int deviceType, int previousEnabled, int previousDtype);
}
