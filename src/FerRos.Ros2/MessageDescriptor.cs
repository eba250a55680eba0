using FerRos.Ros2.Middleware;

namespace FerRos.Ros2;

/// <summary>What is known of a message type at run time: name, type hash, fields, constants, and how to make one.</summary>
public sealed class MessageDescriptor
{
    private readonly Func<IMessage> _create;

    /// <summary>Creates the description; generated code calls this.</summary>
    /// <param name="name">ROS name, <c>sensor_msgs/msg/Image</c> or <c>std_srvs/srv/Trigger_Request</c>.</param>
    /// <param name="hash">RIHS01 hash; empty when unknown.</param>
    /// <param name="fields">Fields in order; empty for a message without fields.</param>
    /// <param name="constants">Constants in order.</param>
    /// <param name="create">Makes a message with its default values.</param>
    /// <param name="source">The interface file that defines it.</param>
    public MessageDescriptor(
        string name,
        string hash,
        IReadOnlyList<FieldDescriptor> fields,
        IReadOnlyList<ConstantDescriptor> constants,
        Func<IMessage> create,
        InterfaceSource source)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Interface = new InterfaceType(name, hash);
        Fields = fields;
        Constants = constants;
        Source = source;
        _create = create;

        var referenced = new SortedDictionary<string, MessageDescriptor>(StringComparer.Ordinal);
        foreach (FieldDescriptor field in fields)
        {
            if (field.Type.Nested is not { } nested)
                continue;
            referenced[nested.Name] = nested;
            foreach (MessageDescriptor deeper in nested.ReferencedTypes)
                referenced[deeper.Name] = deeper;
        }

        ReferencedTypes = [.. referenced.Values];
    }

    /// <summary>Name and hash as the middleware needs them.</summary>
    public InterfaceType Interface { get; }

    /// <summary>ROS name, <c>sensor_msgs/msg/Image</c>.</summary>
    public string Name => Interface.Name;

    /// <summary>RIHS01 hash (REP-2011); empty when unknown.</summary>
    public string TypeHash => Interface.Hash;

    /// <summary>Fields in order; empty for a message without fields, which is one octet on the wire.</summary>
    public IReadOnlyList<FieldDescriptor> Fields { get; }

    /// <summary>Constants in order.</summary>
    public IReadOnlyList<ConstantDescriptor> Constants { get; }

    /// <summary>All message types nested in it at any depth, each once, sorted by name (ordinal).</summary>
    public IReadOnlyList<MessageDescriptor> ReferencedTypes { get; }

    /// <summary>The interface file that defines it.</summary>
    public InterfaceSource Source { get; }

    /// <summary>Makes a message with its default values.</summary>
    public IMessage Create() => _create();

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The text that defines an interface.</summary>
/// <param name="TypeName">ROS name of what the file defines; for requests and responses that of the service.</param>
/// <param name="Encoding"><c>msg</c> or <c>srv</c>.</param>
/// <param name="Text">The file's content.</param>
public sealed record InterfaceSource(string TypeName, string Encoding, string Text);

/// <summary>A field of a message.</summary>
/// <param name="Name">ROS name, <c>frame_id</c>.</param>
/// <param name="Type">Type.</param>
/// <param name="DefaultValue">Default as written in the interface file; empty: none.</param>
public sealed record FieldDescriptor(string Name, FieldType Type, string DefaultValue = "")
{
    /// <inheritdoc/>
    public override string ToString() => DefaultValue.Length == 0 ? $"{Type} {Name}" : $"{Type} {Name} {DefaultValue}";
}

/// <summary>A constant of a message.</summary>
/// <param name="Name">ROS name.</param>
/// <param name="Type">Primitive type.</param>
/// <param name="Value">Value: bool, integer, float, double or string in the type's .NET form.</param>
public sealed record ConstantDescriptor(string Name, FieldType Type, object Value)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Type} {Name}={Value}");
}

/// <summary>A service's description: its messages and hash.</summary>
/// <param name="Interface">Names and hashes as the middleware needs them.</param>
/// <param name="Request">Request message.</param>
/// <param name="Response">Response message.</param>
/// <param name="Event">Event message of service introspection.</param>
/// <param name="Source">The interface file that defines it.</param>
public sealed record ServiceDescriptor(
    ServiceInterfaceType Interface,
    MessageDescriptor Request,
    MessageDescriptor Response,
    MessageDescriptor Event,
    InterfaceSource Source)
{
    /// <summary>ROS name, <c>std_srvs/srv/Trigger</c>.</summary>
    public string Name => Interface.Name;

    /// <summary>RIHS01 hash of the service.</summary>
    public string TypeHash => Interface.Hash;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
