using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FerRos.Ros2.Dds.Interop;
using Microsoft.Win32.SafeHandles;

namespace FerRos.Ros2.Dds;

/// <summary>
/// Serialized samples of Cyclone DDS. A topic is created from a descriptor of one octet that carries the ROS type
/// name, so every ROS message travels as the CDR that it is. Writing needs the topic's sertype, for which the library
/// has no getter; it is read from a sample, see <see cref="SertypeTable"/>.
/// </summary>
internal static unsafe class Serdata
{
    private const int HeaderSize = 4;
    private const int MaxPinned = 16;

    /// <summary>Makes a sample from CDR with its encapsulation header: the one copy on the way out.</summary>
    /// <param name="sertype">The topic's type.</param>
    /// <param name="prefix">What goes between the encapsulation header and the body; a multiple of 8 bytes, so that alignment stays.</param>
    /// <param name="message">Header and body, in any number of segments.</param>
    /// <returns>A new reference for <see cref="Ddsc.dds_writecdr"/>.</returns>
    /// <exception cref="MiddlewareException">The message has no valid header, or there is no memory.</exception>
    public static nint Create(nint sertype, ReadOnlySpan<byte> prefix, in ReadOnlySequence<byte> message)
    {
        if (message.Length < HeaderSize)
            throw new MiddlewareException($"A serialized message has {message.Length} bytes; its encapsulation header alone takes {HeaderSize}.");

        // An empty message is one octet in CDR; the type's descriptor counts on it.
        bool pad = message.Length == HeaderSize && prefix.IsEmpty;
        byte* head = stackalloc byte[HeaderSize + 1];
        message.Slice(0, HeaderSize).CopyTo(new Span<byte>(head, HeaderSize));
        head[HeaderSize] = 0;

        var pins = default(Pins);
        Ddsc.IoVec* vectors = stackalloc Ddsc.IoVec[MaxPinned + 2];
        int count = 0;
        vectors[count++] = new Ddsc.IoVec { Base = head, Length = (nuint)(pad ? HeaderSize + 1 : HeaderSize) };
        ReadOnlySequence<byte> body = message.Slice(HeaderSize);
        nuint size = (nuint)(message.Length + prefix.Length + (pad ? 1 : 0));
        try
        {
            fixed (byte* p = prefix)
            {
                if (!prefix.IsEmpty)
                    vectors[count++] = new Ddsc.IoVec { Base = p, Length = (nuint)prefix.Length };

                int pinned = 0;
                foreach (ReadOnlyMemory<byte> segment in body)
                {
                    if (segment.IsEmpty)
                        continue;
                    if (pinned == MaxPinned)
                        return CreateFromCopy(sertype, prefix, message);
                    MemoryHandle pin = segment.Pin();
                    pins[pinned++] = pin;
                    vectors[count++] = new Ddsc.IoVec { Base = pin.Pointer, Length = (nuint)segment.Length };
                }

                nint serdata = Ddsc.ddsi_serdata_from_ser_iov(sertype, Ddsc.SerdataKindData, (nuint)count, vectors, size);
                return serdata != 0
                    ? serdata
                    : throw new MiddlewareException(
                        $"Cyclone DDS did not accept a message of {message.Length} bytes with encapsulation header {Convert.ToHexString(new ReadOnlySpan<byte>(head, HeaderSize))}.");
            }
        }
        finally
        {
            foreach (ref MemoryHandle pin in pins)
                pin.Dispose();
        }
    }

    // A message in very many pieces is rare and small; joining it first keeps the common way simple.
    private static nint CreateFromCopy(nint sertype, ReadOnlySpan<byte> prefix, in ReadOnlySequence<byte> message)
    {
        byte[] joined = ArrayPool<byte>.Shared.Rent(checked((int)message.Length));
        try
        {
            message.CopyTo(joined);
            return Create(sertype, prefix, new ReadOnlySequence<byte>(joined, 0, (int)message.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    [InlineArray(MaxPinned)]
    private struct Pins
    {
        private MemoryHandle _first;
    }
}

/// <summary>
/// The native type objects (<c>ddsi_sertype</c>) of one participant's topics. Each is found by writing one sample to a
/// topic that only this participant uses and reading <c>ddsi_serdata.type</c> of what comes back. That field is the
/// only private knowledge about the library (offset 24 in all releases from 0.9 on, on 64-bit systems); it is checked
/// every time before it is used, without ever following a pointer that may be wrong.
/// </summary>
internal sealed unsafe class SertypeTable : IDisposable
{
    private const int SerdataOperationsOffset = 0;
    private const int SerdataTypeOffset = 24;
    private const int SertypeSerdataOperationsOffset = 8;

    // "struct { octet }": OP_ADR | TYPE_1BY, offset 0; OP_RTS. Every ROS body begins with at least one octet.
    private static readonly uint[] OneOctet = [0x0101_0000, 0, 0];

    private readonly DdsEntity _participant;
    private readonly string _probeTopic;
    private readonly ConcurrentDictionary<string, Lazy<Sertype>> _types = new(StringComparer.Ordinal);

    public SertypeTable(DdsEntity participant)
    {
        _participant = participant;

        // The probe's endpoints are announced like any others: under a name of its own nobody else's match them.
        _probeTopic = $"ferros_type_probe/p{participant.GetGid()}/";
    }

    /// <summary>The type object for a DDS type name. It lives as long as the entity beside it.</summary>
    public Sertype Get(string ddsType) =>
        _types.GetOrAdd(ddsType, static (type, self) => new Lazy<Sertype>(() => self.Probe(type)), this).Value;

    /// <summary>Creates a topic that carries opaque CDR under the given type name.</summary>
    public static DdsEntity CreateTopic(DdsEntity participant, string topic, string ddsType)
    {
        byte[] typeName = System.Text.Encoding.UTF8.GetBytes(ddsType + "\0");
        byte none = 0;
        fixed (byte* name = typeName)
        fixed (uint* operations = OneOctet)
        {
            // The library copies all of it.
            var descriptor = new Ddsc.TopicDescriptor
            {
                Size = 1,
                Alignment = 1,
                Flags = Ddsc.TopicRestrictDataRepresentation,
                TypeName = name,
                OperationCount = 2,
                Operations = operations,
                Meta = &none,
                RestrictRepresentation = Ddsc.DataRepresentationXcdr1,
            };
            int result = Ddsc.dds_create_topic(participant.Id, &descriptor, topic, 0, 0);
            if (result == DdsResult.PreconditionNotMet)
                throw new MiddlewareException($"The topic '{topic}' exists in this process with another type than '{ddsType}'.");
            return DdsEntity.Own(result, $"create the topic '{topic}' of type '{ddsType}'", participant);
        }
    }

    public void Dispose()
    {
        foreach (Lazy<Sertype> type in _types.Values)
        {
            if (type.IsValueCreated)
                type.Value.Anchor.Dispose();
        }
    }

    private Sertype Probe(string ddsType)
    {
        // The topic stays: it keeps the native type object alive. Topics are not announced to peers.
        DdsEntity topic = CreateTopic(_participant, _probeTopic + ddsType.Replace("::", "/", StringComparison.Ordinal), ddsType);
        try
        {
            using DdsQos qos = DdsQos.ForEndpoint(new QosProfile { Depth = 4 }, "");
            using DdsEntity reader = DdsEntity.Own(Ddsc.dds_create_reader(_participant.Id, topic.Id, qos.Pointer, 0), "create the probe's reader", _participant, topic);
            using DdsEntity writer = DdsEntity.Own(Ddsc.dds_create_writer(_participant.Id, topic.Id, qos.Pointer, 0), "create the probe's writer", _participant, topic);

            byte octet = 0x2a;
            DdsResult.Check(Ddsc.dds_write(writer.Id, &octet), "write the probe");
            nint sertype = TakeProbe(reader, [0x2a], TypeOf);

            // With the type in hand, a sample must make the round trip unchanged, and come back with the same type.
            ReadOnlySpan<byte> body = [1, 2, 3, 4, 5, 6, 7, 8];
            nint serdata = Serdata.Create(sertype, [], new ReadOnlySequence<byte>(new byte[] { 0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 }));
            DdsResult.Check(Ddsc.dds_writecdr(writer.Id, serdata), "write the probe's second sample");
            nint again = TakeProbe(reader, body, TypeOf);
            if (again != sertype)
                throw Unusable("a sample came back with another type object");
            return new Sertype(sertype, topic);
        }
        catch
        {
            topic.Dispose();
            throw;
        }
    }

    private static nint TakeProbe(DdsEntity reader, ReadOnlySpan<byte> expected, Func<nint, nint> read)
    {
        nint serdata;
        Ddsc.SampleInfo info;
        if (DdsResult.Check(Ddsc.dds_takecdr(reader.Id, &serdata, 1, &info, Ddsc.AnyState), "take the probe") != 1 || info.ValidData == 0)
            throw Unusable("a sample written to the process's own reader did not arrive");
        try
        {
            Ddsc.IoVec vector;
            nint reference = Ddsc.ddsi_serdata_to_ser_ref(serdata, 0, Ddsc.ddsi_serdata_size(serdata), &vector);
            bool same = vector.Length >= (nuint)(4 + expected.Length) && new ReadOnlySpan<byte>(vector.Base, (int)vector.Length).Slice(4, expected.Length).SequenceEqual(expected);
            Ddsc.ddsi_serdata_to_ser_unref(reference, &vector);
            return same ? read(serdata) : throw Unusable("a sample came back changed");
        }
        finally
        {
            Ddsc.ddsi_serdata_unref(serdata);
        }
    }

    // Both objects hold the same table of functions: that identifies the field. Reading through /proc/self/mem gives
    // an error instead of a crash should the pointer be none.
    private static nint TypeOf(nint serdata)
    {
        using SafeFileHandle memory = OpenMemory();
        nint operations = ReadPointer(memory, serdata + SerdataOperationsOffset);
        nint type = ReadPointer(memory, serdata + SerdataTypeOffset);
        if (operations == 0 || type == 0 || ReadPointer(memory, type + SertypeSerdataOperationsOffset) != operations)
            throw Unusable("the type object is not where it is in the known releases");
        return type;
    }

    private static SafeFileHandle OpenMemory()
    {
        try
        {
            return File.OpenHandle("/proc/self/mem");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MiddlewareException("/proc/self/mem could not be opened; it is needed once a message type to check the installed Cyclone DDS.", exception);
        }
    }

    private static nint ReadPointer(SafeFileHandle memory, nint address)
    {
        nint value = 0;
        try
        {
            int read = RandomAccess.Read(memory, new Span<byte>(&value, sizeof(nint)), address);
            return read == sizeof(nint) ? value : 0;
        }
        catch (Exception exception) when (exception is IOException or ArgumentOutOfRangeException)
        {
            return 0;
        }
    }

    private static MiddlewareException Unusable(string what) => new(
        $"The installed Cyclone DDS ({DdsLibrary.Path}) cannot be used: {what}. Known to work: 0.10.2 (Debian 12) to 0.10.5 (Humble to Kilted). "
        + $"Set {Ddsc.PathVariable} to the path of such a library, or use the installed ROS 2 (middleware 'rcl').");
}

/// <summary>A native type object, and the topic that keeps it alive.</summary>
internal sealed record Sertype(nint Pointer, DdsEntity Anchor);
