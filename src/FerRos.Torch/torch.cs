using System.Runtime.InteropServices;
using FerRos.Torch.Native;

namespace FerRos.Torch;

/// <summary>libtorch with TorchSharp's names: what is written <c>torch.zeros(2, 3)</c> there is written the same here.</summary>
/// <remarks>
/// Only what FerRos calls is bound. Tensors are released by <see cref="Tensor.Dispose()"/> or by the <see cref="DisposeScope"/>
/// in which they were made; a finalizer is the last resort. Everything throws <see cref="TorchException"/> with libtorch's
/// text, and <see cref="TorchNotInstalledException"/> where libtorch is missing.
/// </remarks>
public static partial class torch
{
    /// <summary>Version of the libtorch that the shim was built against: <c>1.13.0</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8(NativeTorch.ferros_torch_version()) ?? "unknown";

    /// <summary>Number of native tensors that are alive in the process, those of all threads.</summary>
    public static long LiveTensorCount => NativeTorch.ferros_torch_live_tensors();

    /// <summary>Opens a scope: tensors made on this thread until it is disposed are disposed with it, unless moved out.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Open();

    /// <summary>Number of threads that libtorch computes with.</summary>
    public static int get_num_threads()
    {
        NativeTorch.Check(NativeTorch.ferros_torch_get_num_threads(out var count));
        return count;
    }

    /// <summary>Sets the number of threads that libtorch computes with, at least 1.</summary>
    public static void set_num_threads(int count) => NativeTorch.Check(NativeTorch.ferros_torch_set_num_threads(count));

    /// <summary>Treats denormal numbers as 0 (where the processor can): momentum that fades away slows training otherwise.</summary>
    public static void set_flush_denormal(bool on) => NativeTorch.Check(NativeTorch.ferros_torch_set_flush_denormal(on ? 1 : 0));

    /// <summary>Whether CUDA picks algorithms that give the same result in each run; off, it picks the fastest.</summary>
    public static void use_deterministic_algorithms(bool on) => NativeTorch.Check(NativeTorch.ferros_torch_set_deterministic(on ? 1 : 0));

    /// <summary>A stretch on this thread without gradients: <c>using (torch.no_grad())</c>.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    /// <summary>A stretch on this thread with gradients, inside of <see cref="no_grad"/>.</summary>
    public static IDisposable enable_grad() => new GradMode(true);

    /// <summary>
    /// A stretch on this thread in which convolutions and products compute in 16-bit: <see cref="ScalarType.BFloat16"/>,
    /// which keeps the range of 32-bit floats.
    /// </summary>
    public static IDisposable autocast(DeviceType device, ScalarType type = ScalarType.BFloat16) => new Autocast(device, type);

    private sealed class GradMode : IDisposable
    {
        private readonly int _previous;
        private bool _disposed;

        internal GradMode(bool enabled) => NativeTorch.Check(NativeTorch.ferros_torch_grad_mode(enabled ? 1 : 0, out _previous));

        public void Dispose()
        {
            if (_disposed)
                return;
            _disposed = true;
            NativeTorch.Check(NativeTorch.ferros_torch_grad_mode(_previous, out _));
        }
    }

    private sealed class Autocast : IDisposable
    {
        private readonly DeviceType _device;
        private readonly int _enabled;
        private readonly int _type;
        private bool _disposed;

        internal Autocast(DeviceType device, ScalarType type)
        {
            _device = device;
            NativeTorch.Check(NativeTorch.ferros_torch_autocast_enter((int)device, (int)type, out _enabled, out _type));
        }

        public void Dispose()
        {
            if (_disposed)
                return;
            _disposed = true;
            NativeTorch.Check(NativeTorch.ferros_torch_autocast_leave((int)_device, _enabled, _type));
        }
    }
}
