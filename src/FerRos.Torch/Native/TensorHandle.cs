using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Owns one native tensor. libtorch counts the references to the storage, so views keep their base alive by themselves.</summary>
internal sealed class TensorHandle : SafeHandle
{
    /// <summary>Stands for "no tensor" where the native side allows one.</summary>
    internal static readonly TensorHandle None = new();

    public TensorHandle()
        : base(IntPtr.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle() => NativeTorch.ferros_torch_free(handle) == 0;
}
