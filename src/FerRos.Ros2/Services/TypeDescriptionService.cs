using System.Collections.Concurrent;
using FerRos.Interfaces.TypeDescriptionInterfaces.Msg;
using FerRos.Interfaces.TypeDescriptionInterfaces.Srv;
using FerRos.Ros2.Middleware;
using FieldMessage = FerRos.Interfaces.TypeDescriptionInterfaces.Msg.Field;
using FieldTypeMessage = FerRos.Interfaces.TypeDescriptionInterfaces.Msg.FieldType;

namespace FerRos.Ros2;

/// <summary>A node's <c>~/get_type_description</c> (REP-2016, Iron and later): describes the types that the node uses.</summary>
internal sealed class TypeDescriptionService
{
    private readonly ConcurrentDictionary<string, string> _hashes = new(StringComparer.Ordinal);

    /// <summary>Remembers a type that the node uses.</summary>
    public void Add(InterfaceType type) => _hashes.TryAdd(type.Name, type.Hash);

    /// <summary>Remembers a service that the node offers or calls, and its messages.</summary>
    public void Add(ServiceInterfaceType type)
    {
        _hashes.TryAdd(type.Name, type.Hash);
        Add(type.Request);
        Add(type.Response);
    }

    /// <summary>Offers the service.</summary>
    public void Start(RosNode node) =>
        node.CreateService(GetTypeDescription.Type, "~/get_type_description", (request, _) => ValueTask.FromResult(Describe(request)));

    /// <summary>Answers one request.</summary>
    internal GetTypeDescription.Response Describe(GetTypeDescription.Request request)
    {
        if (!_hashes.TryGetValue(request.TypeName, out string? hash) || hash != request.TypeHash)
            return new GetTypeDescription.Response { FailureReason = $"Type not currently in use by this node: {request.TypeName} {request.TypeHash}" };

        MessageDescriptor[] described;
        var main = new IndividualTypeDescription { TypeName = request.TypeName };
        if (InterfaceRegistry.TryGetMessage(request.TypeName, out MessageDescriptor? message))
        {
            main.Fields.AddRange(Fields(message));
            described = [.. message.ReferencedTypes];
        }
        else if (InterfaceRegistry.TryGetService(request.TypeName, out ServiceDescriptor? service))
        {
            main.Fields.AddRange(
            [
                ToMessage(new FieldDescriptor("request_message", new FieldType(FieldKind.Message, Nested: service.Request))),
                ToMessage(new FieldDescriptor("response_message", new FieldType(FieldKind.Message, Nested: service.Response))),
                ToMessage(new FieldDescriptor("event_message", new FieldType(FieldKind.Message, Nested: service.Event))),
            ]);
            MessageDescriptor[] parts = [service.Request, service.Response, service.Event];
            described = [.. parts.Concat(parts.SelectMany(static part => part.ReferencedTypes)).DistinctBy(static type => type.Name).OrderBy(static type => type.Name, StringComparer.Ordinal)];
        }
        else
        {
            return new GetTypeDescription.Response { FailureReason = $"Type {request.TypeName} is used as serialized data only; its definition is not known here" };
        }

        var response = new GetTypeDescription.Response { Successful = true };
        response.TypeDescription.TypeDescriptionValue = main;
        response.TypeDescription.ReferencedTypeDescriptions.AddRange(described.Select(static type =>
        {
            var description = new IndividualTypeDescription { TypeName = type.Name };
            description.Fields.AddRange(Fields(type));
            return description;
        }));
        if (request.IncludeTypeSources)
            response.TypeSources.AddRange(Sources(request.TypeName, described));
        return response;
    }

    // An empty message has one octet on the wire, and in its description.
    private static IEnumerable<FieldMessage> Fields(MessageDescriptor type) => type.Fields.Count == 0
        ? [ToMessage(new FieldDescriptor("structure_needs_at_least_one_member", new FieldType(FieldKind.UInt8)))]
        : type.Fields.Select(ToMessage);

    private static FieldMessage ToMessage(FieldDescriptor field) => new()
    {
        Name = field.Name,
        DefaultValue = field.DefaultValue,
        Type = new FieldTypeMessage
        {
            TypeId = field.Type.TypeId,
            Capacity = (ulong)field.Type.Capacity,
            StringCapacity = (ulong)field.Type.StringCapacity,
            NestedTypeName = field.Type.NestedTypeName,
        },
    };

    private static IEnumerable<TypeSource> Sources(string name, IEnumerable<MessageDescriptor> described)
    {
        InterfaceSource? own = InterfaceRegistry.TryGetMessage(name, out MessageDescriptor? message) ? message.Source
            : InterfaceRegistry.TryGetService(name, out ServiceDescriptor? service) ? service.Source : null;
        if (own is not null)
            yield return new TypeSource { TypeName = name, Encoding = own.Encoding, RawFileContents = own.Text };
        foreach (MessageDescriptor type in described)
        {
            // What a service's parts are follows from the service: their source is "implicit".
            bool isPart = type.Name.Contains("/srv/", StringComparison.Ordinal);
            yield return new TypeSource
            {
                TypeName = type.Name,
                Encoding = isPart ? "implicit" : type.Source.Encoding,
                RawFileContents = isPart ? "" : type.Source.Text,
            };
        }
    }
}
