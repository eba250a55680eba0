using System.Runtime.InteropServices;

namespace FerRos.Ros2.Dds.Interop;

/// <summary>Domains, participants, endpoints: everything that is an entity handle.</summary>
internal static unsafe partial class Ddsc
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int dds_create_domain(uint domain, string config);

    [LibraryImport(Library)]
    public static partial int dds_create_participant(uint domain, nint qos, nint listener);

    [LibraryImport(Library)]
    public static partial int dds_create_writer(int participant, int topic, nint qos, nint listener);

    [LibraryImport(Library)]
    public static partial int dds_create_reader(int participant, int topic, nint qos, nint listener);

    [LibraryImport(Library)]
    public static partial int dds_delete(int entity);

    [LibraryImport(Library)]
    public static partial int dds_get_guid(int entity, byte* guid);

    [LibraryImport(Library)]
    public static partial int dds_get_instance_handle(int entity, ulong* handle);

    [LibraryImport(Library)]
    public static partial int dds_set_status_mask(int entity, uint mask);

    [LibraryImport(Library)]
    public static partial nint dds_strretcode(int code);

    [LibraryImport(Library)]
    public static partial void dds_free(void* memory);
}
