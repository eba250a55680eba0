using System.Runtime.InteropServices;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>
/// Owns one entity of rcl: zeroed native memory at a fixed address (rcl keeps addresses of contexts and nodes), and
/// the duty to finish the entity. Holds a reference to its parent, so that whatever the order of disposal or
/// finalization is, children are finished first.
/// </summary>
/// <remarks>
/// All-zero memory is what each <c>rcl_get_zero_initialized_*</c> returns, in every distribution. Blocks are larger
/// than any of the structures, so that fields which a later distribution appends read as zero.
/// </remarks>
internal abstract unsafe class RclHandle : SafeHandle
{
    /// <summary>
    /// rcl's functions that create and finish entities are not thread-safe, and touch state of the process besides.
    /// Never held while calling anything that can wait for another thread.
    /// </summary>
    private static readonly Lock Lifecycle = new();

    private readonly RclHandle? _parent;
    private bool _initialized;

    /// <summary>Allocates the memory.</summary>
    /// <param name="parent">The entity that must outlive this one.</param>
    /// <param name="extra">Bytes of scratch memory behind the entity's own block, at <see cref="Scratch"/>.</param>
    protected RclHandle(RclHandle? parent, int extra = 0)
        : base(0, ownsHandle: true)
    {
        if (parent is not null)
        {
            var added = false;
            parent.DangerousAddRef(ref added);
            _parent = parent;
        }

        SetHandle((nint)NativeMemory.AllocZeroed((nuint)(RclLayout.BlockSize + extra)));
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Address of the entity. Valid while the handle is referenced.</summary>
    public nint Pointer => handle;

    /// <summary>Scratch memory behind the entity.</summary>
    protected nint Scratch => handle + RclLayout.BlockSize;

    /// <summary>Address of the parent entity.</summary>
    protected nint ParentPointer => _parent is null ? 0 : _parent.handle;

    /// <summary>Initializes the entity under the lifecycle lock. Disposes the handle and throws when that fails.</summary>
    protected void Initialize(Func<int> initialize, string operation, string subject)
    {
        try
        {
            lock (Lifecycle)
            {
                RclError.Check(initialize(), operation, subject);
                _initialized = true;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Finishes the entity; the lifecycle lock is held.</summary>
    /// <returns>rcl's return code.</returns>
    protected abstract int Finish();

    /// <summary>Frees what lives in the scratch memory. Called also when initialization failed.</summary>
    protected virtual void ReleaseScratch()
    {
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var finished = true;
        if (_initialized)
        {
            lock (Lifecycle)
            {
                finished = Finish() == rcl_ret_t.OK;
                if (!finished) NativeMethods.rcutils_reset_error();
            }
        }

        ReleaseScratch();
        NativeMemory.Free((void*)handle);
        handle = 0;
        _parent?.DangerousRelease();
        return finished;
    }
}
