using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Nodes.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rcl_node_init(nint node, string name, string namespace_, nint context, void* options);

    [LibraryImport(Library)]
    public static partial int rcl_node_fini(nint node);

    [LibraryImport(Library)]
    public static partial nint rcl_node_get_graph_guard_condition(RclNodeHandle node);
}
