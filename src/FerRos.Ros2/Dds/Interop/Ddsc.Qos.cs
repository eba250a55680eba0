using System.Runtime.InteropServices;

namespace FerRos.Ros2.Dds.Interop;

/// <summary>QoS objects. Flags are one byte; the C functions that return <c>bool</c> say whether the policy is set.</summary>
internal static unsafe partial class Ddsc
{
    /// <summary><c>DDS_INFINITY</c>.</summary>
    public const long Infinity = long.MaxValue;

    /// <summary><c>DDS_LENGTH_UNLIMITED</c>.</summary>
    public const int Unlimited = -1;

    [LibraryImport(Library)]
    public static partial nint dds_create_qos();

    [LibraryImport(Library)]
    public static partial void dds_delete_qos(nint qos);

    [LibraryImport(Library)]
    public static partial void dds_qset_userdata(nint qos, byte* value, nuint size);

    [LibraryImport(Library)]
    public static partial void dds_qset_durability(nint qos, int kind);

    [LibraryImport(Library)]
    public static partial void dds_qset_durability_service(nint qos, long cleanupDelay, int history, int depth, int maxSamples, int maxInstances, int maxSamplesPerInstance);

    [LibraryImport(Library)]
    public static partial void dds_qset_history(nint qos, int kind, int depth);

    [LibraryImport(Library)]
    public static partial void dds_qset_resource_limits(nint qos, int maxSamples, int maxInstances, int maxSamplesPerInstance);

    [LibraryImport(Library)]
    public static partial void dds_qset_reliability(nint qos, int kind, long maxBlockingTime);

    [LibraryImport(Library)]
    public static partial void dds_qset_deadline(nint qos, long deadline);

    [LibraryImport(Library)]
    public static partial void dds_qset_lifespan(nint qos, long lifespan);

    [LibraryImport(Library)]
    public static partial void dds_qset_liveliness(nint qos, int kind, long lease);

    [LibraryImport(Library)]
    public static partial void dds_qset_writer_data_lifecycle(nint qos, [MarshalAs(UnmanagedType.U1)] bool autodispose);

    [LibraryImport(Library)]
    public static partial void dds_qset_ignorelocal(nint qos, int kind);

    [LibraryImport(Library)]
    public static partial byte dds_qget_userdata(nint qos, void** value, nuint* size);

    [LibraryImport(Library)]
    public static partial byte dds_qget_durability(nint qos, int* kind);

    [LibraryImport(Library)]
    public static partial byte dds_qget_history(nint qos, int* kind, int* depth);

    [LibraryImport(Library)]
    public static partial byte dds_qget_reliability(nint qos, int* kind, long* maxBlockingTime);

    [LibraryImport(Library)]
    public static partial byte dds_qget_deadline(nint qos, long* deadline);

    [LibraryImport(Library)]
    public static partial byte dds_qget_lifespan(nint qos, long* lifespan);

    [LibraryImport(Library)]
    public static partial byte dds_qget_liveliness(nint qos, int* kind, long* lease);
}
