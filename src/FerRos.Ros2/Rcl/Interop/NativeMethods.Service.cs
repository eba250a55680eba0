using System.Runtime.InteropServices;

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Services, clients, and the translation between CDR and native messages that they need.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rcl_service_init(nint service, nint node, nint type_support, string service_name, void* options);

    [LibraryImport(Library)]
    public static partial int rcl_service_fini(nint service, nint node);

    [LibraryImport(Library)]
    public static partial int rcl_take_request_with_info(nint service, rmw_service_info_t* request_header, nint ros_request);

    [LibraryImport(Library)]
    public static partial int rcl_send_response(RclServiceHandle service, rmw_request_id_t* response_header, nint ros_response);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rcl_client_init(nint client, nint node, nint type_support, string service_name, void* options);

    [LibraryImport(Library)]
    public static partial int rcl_client_fini(nint client, nint node);

    [LibraryImport(Library)]
    public static partial int rcl_send_request(RclClientHandle client, nint ros_request, long* sequence_number);

    [LibraryImport(Library)]
    public static partial int rcl_take_response_with_info(nint client, rmw_service_info_t* request_header, nint ros_response);

    [LibraryImport(Library)]
    public static partial int rcl_service_server_is_available(RclNodeHandle node, RclClientHandle client, byte* is_available);

    [LibraryImport(Library)]
    public static partial int rmw_serialize(nint ros_message, nint type_support, rcutils_uint8_array_t* serialized_message);

    [LibraryImport(Library)]
    public static partial int rmw_deserialize(rcutils_uint8_array_t* serialized_message, nint type_support, nint ros_message);

    [LibraryImport(Library)]
    public static partial byte* rmw_get_implementation_identifier();

    [LibraryImport(Library)]
    public static partial byte* rmw_get_serialization_format();
}
