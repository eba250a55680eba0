using System.Buffers;
using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>Sends requests and receives their responses, by way of native messages as <see cref="RclService"/> does.</summary>
internal sealed unsafe class RclClient : RclEndpoint, IMiddlewareClient
{
    private readonly RclServiceSupport _support;
    private readonly ServiceInterfaceType _type;
    private readonly RclClientHandle _handle;
    private readonly ResponseHandler _handler;
    private readonly FlattenBuffer _flatten = new();

    public RclClient(RclNode node, string service, ServiceInterfaceType type, QosProfile qos, ResponseHandler handler)
        : base(node, service, events: null)
    {
        _type = type;
        _handler = handler;
        _support = RclTypeSupport.Service(type);
        _handle = new RclClientHandle(node.Handle, _support.Handle, service, qos);
        TakeWith(new Taker(this));
    }

    /// <inheritdoc/>
    public string ServiceName => Name;

    /// <inheritdoc/>
    public bool IsServiceAvailable
    {
        get
        {
            byte available;
            RclError.Check(NativeMethods.rcl_service_server_is_available(Node.Handle, _handle, &available), "Looking for service", Name);
            return available != 0;
        }
    }

    protected override RclHandle EntityHandle => _handle;

    protected override int MatchCount => 0;

    /// <inheritdoc/>
    public long Send(in ReadOnlySequence<byte> request)
    {
        using var flat = _flatten.Flatten(in request, Name);
        var native = _support.Request.Allocate(_type.Request.Name);
        try
        {
            RclSerialized.Deserialize(flat.Span, _support.Request.Handle, native, Name);
            long sequenceNumber;
            RclError.Check(NativeMethods.rcl_send_request(_handle, native, &sequenceNumber), "Sending a request to", Name);
            return sequenceNumber;
        }
        finally
        {
            _support.Request.Free(native);
        }
    }

    private void Hand(rcutils_uint8_array_t* message, rmw_service_info_t* info)
    {
        var response = new ReceivedSample(RclSerialized.Span(message), info->source_timestamp, RclGid.Read(in info->request_id.writer_guid));
        try
        {
            _handler(info->request_id.sequence_number, in response);
        }
#pragma warning disable CA1031 // A handler's failure must not end the wait thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.HandlerFailed(Name, exception);
        }
    }

    private sealed class Taker(RclClient client) : RclWaitable(RclWaitableKind.Client, client._handle, client.Name)
    {
        public override void Take()
        {
            var handle = client._handle;
            var support = client._support.Response;
            var native = support.Allocate(client._type.Response.Name);
            try
            {
                var result = NativeMethods.rcl_take_response_with_info(handle.Pointer, handle.Info, native);
                if (result == rcl_ret_t.CLIENT_TAKE_FAILED)
                {
                    RclError.Take();
                    return;
                }

                RclError.Check(result, "Taking a response of", Name);
                RclError.Check(NativeMethods.rmw_serialize(native, support.Handle, handle.Message), "Serializing a response of", Name);
            }
            finally
            {
                support.Free(native);
            }

            client.Hand(handle.Message, handle.Info);
        }
    }
}
