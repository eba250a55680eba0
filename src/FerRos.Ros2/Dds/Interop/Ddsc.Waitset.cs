using System.Runtime.InteropServices;

namespace FerRos.Ros2.Dds.Interop;

/// <summary>Waiting.</summary>
internal static unsafe partial class Ddsc
{
    [LibraryImport(Library)]
    public static partial int dds_create_waitset(int owner);

    [LibraryImport(Library)]
    public static partial int dds_create_readcondition(int reader, uint mask);

    [LibraryImport(Library)]
    public static partial int dds_create_guardcondition(int owner);

    [LibraryImport(Library)]
    public static partial int dds_set_guardcondition(int condition, [MarshalAs(UnmanagedType.U1)] bool triggered);

    [LibraryImport(Library)]
    public static partial int dds_take_guardcondition(int condition, byte* triggered);

    [LibraryImport(Library)]
    public static partial int dds_waitset_attach(int waitset, int entity, nint cookie);

    [LibraryImport(Library)]
    public static partial int dds_waitset_detach(int waitset, int entity);

    [LibraryImport(Library)]
    public static partial int dds_waitset_wait(int waitset, nint* cookies, nuint count, long timeout);
}
