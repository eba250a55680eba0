using System.Runtime.InteropServices;
using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>Queries of the graph, copied out of rcl's arrays.</summary>
internal static unsafe class RclGraph
{
    // What rmw_dds_common tells of an endpoint whose node it has not heard of yet.
    private const string UnknownName = "_NODE_NAME_UNKNOWN_";
    private const string UnknownNamespace = "_NODE_NAMESPACE_UNKNOWN_";

    public static IReadOnlyList<NodeName> NodeNames(RclNodeHandle node)
    {
        var names = default(rcutils_string_array_t);
        var namespaces = default(rcutils_string_array_t);
        RclError.Check(NativeMethods.rcl_get_node_names(node, RclAllocator.Default, &names, &namespaces), "Asking for the nodes of the graph");
        try
        {
            var nodes = new NodeName[(int)names.size];
            for (var i = 0; i < nodes.Length; i++) nodes[i] = new NodeName(Text(names.data[i]), Text(namespaces.data[i]));
            return nodes;
        }
        finally
        {
            Free(&names);
            Free(&namespaces);
        }
    }

    public static IReadOnlyList<NameAndTypes> Topics(RclNodeHandle node)
    {
        var found = default(rmw_names_and_types_t);
        RclError.Check(NativeMethods.rcl_get_topic_names_and_types(node, RclAllocator.Pointer, 0, &found), "Asking for the topics of the graph");
        return Read(&found);
    }

    public static IReadOnlyList<NameAndTypes> Services(RclNodeHandle node)
    {
        var found = default(rmw_names_and_types_t);
        RclError.Check(NativeMethods.rcl_get_service_names_and_types(node, RclAllocator.Pointer, &found), "Asking for the services of the graph");
        return Read(&found);
    }

    public static IReadOnlyList<TopicEndpoint> Endpoints(RclNodeHandle node, string topic, bool publishers)
    {
        var found = default(rmw_topic_endpoint_info_array_t);
        var result = publishers
            ? NativeMethods.rcl_get_publishers_info_by_topic(node, RclAllocator.Pointer, topic, 0, &found)
            : NativeMethods.rcl_get_subscriptions_info_by_topic(node, RclAllocator.Pointer, topic, 0, &found);
        RclError.Check(result, "Asking for the endpoints of", topic);
        try
        {
            var layout = RclLayout.Current;
            var endpoints = new TopicEndpoint[(int)found.size];
            for (var i = 0; i < endpoints.Length; i++) endpoints[i] = Read(found.info_array + ((nint)i * layout.EndpointSize), topic, layout);
            return endpoints;
        }
        finally
        {
            if (NativeMethods.rmw_topic_endpoint_info_array_fini(&found, RclAllocator.Pointer) != rcl_ret_t.OK) NativeMethods.rcutils_reset_error();
        }
    }

    private static TopicEndpoint Read(byte* info, string topic, RclLayout layout)
    {
        var name = Text(*(byte**)(info + layout.EndpointNodeName));
        var @namespace = Text(*(byte**)(info + layout.EndpointNamespace));
        return new TopicEndpoint(
            new NodeName(name == UnknownName ? "" : name, @namespace == UnknownNamespace ? "" : @namespace),
            topic,
            Text(*(byte**)(info + layout.EndpointType)),
            layout.EndpointTypeHash < 0 ? "" : RclTypeSupport.ReadHash(new ReadOnlySpan<byte>(info + layout.EndpointTypeHash, RclTypeSupport.HashLength)),
            RclGid.Read(new ReadOnlySpan<byte>(info + layout.EndpointGid, RclGid.Length)),
            RclQos.FromNative(*(rmw_qos_profile_t*)(info + layout.EndpointQos)));
    }

    private static List<NameAndTypes> Read(rmw_names_and_types_t* found)
    {
        try
        {
            var result = new List<NameAndTypes>((int)found->names.size);
            for (nuint i = 0; i < found->names.size; i++)
            {
                var types = found->types + i;
                var names = new string[(int)types->size];
                for (var j = 0; j < names.Length; j++) names[j] = Text(types->data[j]);
                result.Add(new NameAndTypes(Text(found->names.data[i]), names));
            }

            result.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return result;
        }
        finally
        {
            if (NativeMethods.rcl_names_and_types_fini(found) != rcl_ret_t.OK) NativeMethods.rcutils_reset_error();
        }
    }

    private static void Free(rcutils_string_array_t* strings)
    {
        if (NativeMethods.rcutils_string_array_fini(strings) != rcl_ret_t.OK) NativeMethods.rcutils_reset_error();
    }

    private static string Text(byte* text) => text == null ? "" : Marshal.PtrToStringUTF8((nint)text) ?? "";
}
