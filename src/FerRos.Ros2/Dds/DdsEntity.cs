using System.Runtime.InteropServices;
using FerRos.Ros2.Dds.Interop;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Dds;

/// <summary>
/// Owns one entity of Cyclone DDS. An entity keeps its parents alive: a topic is deleted after its writers, the
/// participant after everything in it, in whatever order they are disposed.
/// </summary>
internal sealed class DdsEntity : SafeHandle
{
    private readonly DdsEntity?[] _parents;

    private DdsEntity(int handle, DdsEntity?[] parents)
        : base(0, ownsHandle: true)
    {
        _parents = parents;
        foreach (DdsEntity? parent in parents)
        {
            bool added = false;
            parent?.DangerousAddRef(ref added);
        }

        SetHandle(handle);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle <= 0;

    /// <summary>The handle for native calls. Stale handles are refused by the library.</summary>
    public int Id => IsClosed ? throw new ObjectDisposedException(nameof(DdsEntity)) : (int)handle;

    /// <summary>Takes over what a creating function returned.</summary>
    /// <param name="result">A handle, or a negative code.</param>
    /// <param name="operation">What was asked, for the error.</param>
    /// <param name="parents">Entities that must outlive this one.</param>
    /// <exception cref="MiddlewareException">The result is an error.</exception>
    public static DdsEntity Own(int result, string operation, params DdsEntity?[] parents) =>
        new(DdsResult.Check(result, operation), parents);

    /// <summary>The entity's GUID.</summary>
    public unsafe Gid GetGid()
    {
        byte* guid = stackalloc byte[Gid.Size];
        DdsResult.Check(Ddsc.dds_get_guid(Id, guid), "read an entity's GUID");
        return Gid.Read(new ReadOnlySpan<byte>(guid, Gid.Size));
    }

    /// <summary>The entity's instance handle: how this process's samples name it.</summary>
    public unsafe ulong GetInstanceHandle()
    {
        ulong value;
        DdsResult.Check(Ddsc.dds_get_instance_handle(Id, &value), "read an entity's instance handle");
        return value;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        int code = Ddsc.dds_delete((int)handle);
        foreach (DdsEntity? parent in _parents)
            parent?.DangerousRelease();
        return code is >= 0 or DdsResult.AlreadyDeleted or DdsResult.BadParameter;
    }
}
