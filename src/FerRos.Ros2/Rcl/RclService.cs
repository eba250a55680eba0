using System.Buffers;
using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>
/// Answers requests. rcl has no serialized path for services: requests are taken into native messages that the type
/// support's own functions make, and serialized by rmw; responses go the other way. No field is touched here.
/// </summary>
internal sealed unsafe class RclService : RclEndpoint, IMiddlewareService
{
    // A request can be here before its client's reader of responses is: RMWs wait 100 ms for it, which a machine under load
    // may need for discovery, and then report a time-out. The client would wait for its response in vain.
    private const int MostTries = 10;

    private readonly RclServiceSupport _support;
    private readonly ServiceInterfaceType _type;
    private readonly RclServiceHandle _handle;
    private readonly RequestHandler _handler;
    private readonly FlattenBuffer _flatten = new();

    public RclService(RclNode node, string service, ServiceInterfaceType type, QosProfile qos, RequestHandler handler)
        : base(node, service, events: null)
    {
        _type = type;
        _handler = handler;
        _support = RclTypeSupport.Service(type);
        _handle = new RclServiceHandle(node.Handle, _support.Handle, service, qos);
        TakeWith(new Taker(this));
    }

    /// <inheritdoc/>
    public string ServiceName => Name;

    protected override RclHandle EntityHandle => _handle;

    protected override int MatchCount => 0;

    /// <inheritdoc/>
    public void Respond(RequestId id, in ReadOnlySequence<byte> response)
    {
        using var flat = _flatten.Flatten(in response, Name);
        var native = _support.Response.Allocate(_type.Response.Name);
        try
        {
            RclSerialized.Deserialize(flat.Span, _support.Response.Handle, native, Name);
            var header = new rmw_request_id_t { sequence_number = id.SequenceNumber };
            RclGid.Write(id.Client, ref header.writer_guid);
            var result = NativeMethods.rcl_send_response(_handle, &header, native);
            for (var tries = 1; result == rcl_ret_t.TIMEOUT && tries < MostTries; tries++)
            {
                RclError.Take();
                result = NativeMethods.rcl_send_response(_handle, &header, native);
            }

            RclError.Check(result, "Responding on", Name);
        }
        finally
        {
            _support.Response.Free(native);
        }
    }

    private void Hand(rcutils_uint8_array_t* message, rmw_service_info_t* info)
    {
        var client = RclGid.Read(in info->request_id.writer_guid);
        var request = new ReceivedSample(RclSerialized.Span(message), info->source_timestamp, client);
        try
        {
            _handler(new RequestId(client, info->request_id.sequence_number), in request);
        }
#pragma warning disable CA1031 // A handler's failure must not end the wait thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Logger.HandlerFailed(Name, exception);
        }
    }

    private sealed class Taker(RclService service) : RclWaitable(RclWaitableKind.Service, service._handle, service.Name)
    {
        public override void Take()
        {
            var handle = service._handle;
            var support = service._support.Request;

            // A message made afresh each time: type supports of some distributions leak what a used one holds.
            var native = support.Allocate(service._type.Request.Name);
            try
            {
                var result = NativeMethods.rcl_take_request_with_info(handle.Pointer, handle.Info, native);
                if (result == rcl_ret_t.SERVICE_TAKE_FAILED)
                {
                    RclError.Take();
                    return;
                }

                RclError.Check(result, "Taking a request of", Name);
                RclError.Check(NativeMethods.rmw_serialize(native, support.Handle, handle.Message), "Serializing a request of", Name);
            }
            finally
            {
                support.Free(native);
            }

            service.Hand(handle.Message, handle.Info);
        }
    }
}
