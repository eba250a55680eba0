using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>The C interface of native/include/ferros_torch.h, one group of functions per file, and its loading.</summary>
internal static partial class NativeTorch
{
    internal const string Library = "ferros_torch";

    // An explicit static constructor, so that it runs before the first native call and not at some earlier time.
    static NativeTorch() => NativeLibrary.SetDllImportResolver(typeof(NativeTorch).Assembly, ShimLoader.Resolve);

    /// <summary>Throws what a status other than 0 stands for.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
            Throw(status);
    }

    /// <summary>The tensor that a call gave, or what its status stands for.</summary>
    internal static torch.Tensor Give(int status, TensorHandle handle)
    {
        if (status == 0)
            return new torch.Tensor(handle);
        handle.Dispose();
        Throw(status);
        return null!;
    }

    [DoesNotReturn]
    private static void Throw(int status)
    {
        var text = Marshal.PtrToStringUTF8(ferros_torch_last_error()) ?? "no text";
        throw status switch
        {
            2 => new TorchOutOfMemoryException(text),
            _ => new TorchException(text),
        };
    }

    [LibraryImport(Library)]
    private static partial IntPtr ferros_torch_last_error();
}
