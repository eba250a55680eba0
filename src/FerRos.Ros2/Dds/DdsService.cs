using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Dds;

/// <summary>
/// What rmw_cyclonedds_cpp puts before every request and response: the client's identifier (the instance handle of its
/// request writer) and the sequence number, 8 bytes each, in the byte order of the message.
/// </summary>
internal readonly record struct DdsServiceHeader(ulong Client, long SequenceNumber)
{
    public const int Size = 16;

    private const int EncapsulationSize = 4;

    /// <summary>The QoS of requests and responses, as rmw_cyclonedds_cpp has it: none may be overwritten by a later one.</summary>
    public static QosProfile Complete(QosProfile qos) => qos with { History = QosHistory.KeepAll, Reliability = QosReliability.Reliable };

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Client);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], SequenceNumber);
    }

    /// <summary>Takes the header out of a message and hands on what remains: encapsulation and body.</summary>
    /// <returns>False when the message is too short to have one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> cdr, out DdsServiceHeader header)
    {
        header = default;
        if (cdr.Length < EncapsulationSize + Size)
            return false;
        ReadOnlySpan<byte> bytes = cdr[EncapsulationSize..];
        header = (cdr[1] & 1) != 0
            ? new DdsServiceHeader(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]))
            : new DdsServiceHeader(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
        return true;
    }

    /// <summary>Copies encapsulation and body, without the header, into a rented array.</summary>
    public static byte[] RentBody(ReadOnlySpan<byte> cdr, out int length)
    {
        length = cdr.Length - Size;
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        cdr[..EncapsulationSize].CopyTo(rented);
        cdr[(EncapsulationSize + Size)..].CopyTo(rented.AsSpan(EncapsulationSize));
        return rented;
    }
}

/// <summary>A service as rmw_cyclonedds_cpp offers it.</summary>
internal sealed class DdsService : IMiddlewareService, IDdsNodeEndpoint
{
    // A response to a client whose reader is not discovered yet waits this long, and is dropped then. rmw_cyclonedds_cpp
    // waits 100 ms, which a machine under load may need for discovery; the client would wait for its response in vain.
    private const int ClientWaitMilliseconds = 1000;
    private const int ClientPollMilliseconds = 5;

    private readonly DdsNode _node;
    private readonly DdsParticipant _participant;
    private readonly RequestHandler _handler;
    private readonly DdsWriter _writer;
    private readonly DdsReader _reader;
    private readonly ConcurrentDictionary<ulong, string> _clients = new();
    private readonly ConcurrentDictionary<string, bool> _reachable = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _warned = [];

    public DdsService(DdsNode node, DdsParticipant participant, string service, ServiceInterfaceType type, QosProfile qos, RequestHandler handler)
    {
        _node = node;
        _participant = participant;
        _handler = handler;
        ServiceName = service;
        qos = DdsServiceHeader.Complete(qos);
        string id = participant.NextServiceId();
        RosDistribution distribution = participant.Distribution;
        _writer = new DdsWriter(
            participant,
            DdsNames.ResponseTopic(service),
            DdsNames.Type(type.Response.Name),
            qos,
            DdsUserData.ServiceEndpoint(DdsUserData.ServiceId, id, type.Response.Hash, distribution),
            OnEvent);
        try
        {
            using DdsQos native = DdsQos.ForEndpoint(qos, DdsUserData.ServiceEndpoint(DdsUserData.ServiceId, id, type.Request.Hash, distribution));
            _reader = new DdsReader(participant, DdsNames.RequestTopic(service), DdsNames.Type(type.Request.Name), native, OnRequest, null);
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
    }

    public string ServiceName { get; }

    DdsWriter? IDdsNodeEndpoint.Writer => _writer;

    DdsReader? IDdsNodeEndpoint.Reader => _reader;

    public void Respond(RequestId id, in ReadOnlySequence<byte> response)
    {
        if (!WaitForClient(id.Client.Low))
        {
            DdsLog.ClientNotFound(_participant.Logger, ServiceName, id.SequenceNumber, ClientWaitMilliseconds);
            return;
        }

        Span<byte> header = stackalloc byte[DdsServiceHeader.Size];
        new DdsServiceHeader(id.Client.High, id.SequenceNumber).Write(header);
        _writer.Write(header, response);
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _writer.Dispose();
        _node.Remove(this);
        return ValueTask.CompletedTask;
    }

    private void OnEvent(in EndpointEvent endpointEvent)
    {
        if (endpointEvent.Kind == EndpointEventKind.Matched)
            _reachable.Clear();
    }

    private void OnRequest(DdsReader reader, ReadOnlySpan<byte> cdr, long sourceTimestamp, ulong publication)
    {
        if (!_clients.TryGetValue(publication, out string? client))
        {
            client = reader.ReadPublisherUserData(publication, DdsUserData.ClientId);
            _clients.TryAdd(publication, client);
        }

        if (client.Length == 0 || !DdsServiceHeader.TryRead(cdr, out DdsServiceHeader header))
        {
            if (_warned.Add(publication))
                DdsLog.ForeignServiceMessage(_participant.Logger, ServiceName, cdr.Length, reader.FindPublisher(publication).ToString());
            return;
        }

        byte[] body = DdsServiceHeader.RentBody(cdr, out int length);
        try
        {
            var id = new RequestId(new Gid(header.Client, publication), header.SequenceNumber);
            _handler(id, new ReceivedSample(body.AsSpan(0, length), sourceTimestamp, reader.FindPublisher(publication)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    // Requests and responses are matched separately: a client's request can be here before its response reader is.
    private bool WaitForClient(ulong publication)
    {
        if (!_clients.TryGetValue(publication, out string? client))
            return false;

        // Who was waited for in vain has most likely gone: further responses to it are dropped at once, until matches change.
        bool waits = !_reachable.TryGetValue(client, out bool reachable);
        if (reachable)
            return true;
        for (int waited = 0; ; waited += ClientPollMilliseconds)
        {
            if (_writer.ReadMatchedUserData(DdsUserData.ClientId).Contains(client))
                return _reachable[client] = true;
            if (!waits || waited >= ClientWaitMilliseconds)
                return _reachable[client] = false;
            Thread.Sleep(ClientPollMilliseconds);
        }
    }
}

/// <summary>A client as rmw_cyclonedds_cpp makes it.</summary>
internal sealed class DdsClient : IMiddlewareClient, IDdsNodeEndpoint
{
    private readonly DdsNode _node;
    private readonly DdsParticipant _participant;
    private readonly ResponseHandler _handler;
    private readonly DdsReader _reader;
    private readonly HashSet<ulong> _warned = [];
    private readonly DdsWriter? _writer;
    private long _sequence;

    public DdsClient(DdsNode node, DdsParticipant participant, string service, ServiceInterfaceType type, QosProfile qos, ResponseHandler handler)
    {
        _node = node;
        _participant = participant;
        _handler = handler;
        ServiceName = service;
        qos = DdsServiceHeader.Complete(qos);
        string id = participant.NextServiceId();
        RosDistribution distribution = participant.Distribution;
        using DdsQos native = DdsQos.ForEndpoint(qos, DdsUserData.ServiceEndpoint(DdsUserData.ClientId, id, type.Response.Hash, distribution));
        _reader = new DdsReader(participant, DdsNames.ResponseTopic(service), DdsNames.Type(type.Response.Name), native, OnResponse, null);
        try
        {
            _writer = new DdsWriter(
                participant,
                DdsNames.RequestTopic(service),
                DdsNames.Type(type.Request.Name),
                qos,
                DdsUserData.ServiceEndpoint(DdsUserData.ClientId, id, type.Request.Hash, distribution),
                null);
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    public string ServiceName { get; }

    public bool IsServiceAvailable
    {
        get
        {
            // A server is there for this client when both its endpoints are matched: they carry the same identifier.
            List<string> requestReaders = Writer.ReadMatchedUserData(DdsUserData.ServiceId);
            List<string> responseWriters = _reader.ReadMatchedUserData(DdsUserData.ServiceId);
            return requestReaders.Exists(id => id.Length > 0 && responseWriters.Contains(id));
        }
    }

    DdsWriter? IDdsNodeEndpoint.Writer => _writer;

    DdsReader? IDdsNodeEndpoint.Reader => _reader;

    private DdsWriter Writer => _writer!;

    public long Send(in ReadOnlySequence<byte> request)
    {
        long sequence = Interlocked.Increment(ref _sequence);
        Span<byte> header = stackalloc byte[DdsServiceHeader.Size];
        new DdsServiceHeader(Writer.InstanceHandle, sequence).Write(header);
        Writer.Write(header, request);
        return sequence;
    }

    public ValueTask DisposeAsync()
    {
        Writer.Dispose();
        _reader.Dispose();
        _node.Remove(this);
        return ValueTask.CompletedTask;
    }

    private void OnResponse(DdsReader reader, ReadOnlySpan<byte> cdr, long sourceTimestamp, ulong publication)
    {
        // All clients of a service share its response topic; the others' responses are no error.
        if (!DdsServiceHeader.TryRead(cdr, out DdsServiceHeader header))
        {
            if (_warned.Add(publication))
                DdsLog.ForeignServiceMessage(_participant.Logger, ServiceName, cdr.Length, reader.FindPublisher(publication).ToString());
            return;
        }

        if (_writer?.InstanceHandle != header.Client)
            return;

        byte[] body = DdsServiceHeader.RentBody(cdr, out int length);
        try
        {
            _handler(header.SequenceNumber, new ReceivedSample(body.AsSpan(0, length), sourceTimestamp, reader.FindPublisher(publication)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }
}
