namespace FerRos.Ros2.Generator;

/// <summary>A message whose nested types are found, with what follows from them.</summary>
internal sealed class Message(MessageSyntax syntax, InterfaceFile file, List<Field> fields)
{
    public MessageSyntax Syntax { get; } = syntax;

    public InterfaceFile File { get; } = file;

    public string RosName => Syntax.RosName;

    public List<Field> Fields { get; } = fields;

    /// <summary>All nested messages at any depth, sorted by name.</summary>
    public SortedDictionary<string, Message> Referenced { get; } = new(StringComparer.Ordinal);

    /// <summary>Fewest bytes in CDR, padding not counted.</summary>
    public long MinimumSize { get; set; }

    /// <summary>RIHS01 hash.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Name of the class, qualified from <c>global::</c>.</summary>
    public string ClassName { get; } = Naming.QualifiedName(file, syntax.RosName);
}

/// <summary>A field with its nested message.</summary>
internal sealed record Field(FieldSyntax Syntax, Message? Nested)
{
    public TypeSyntax Type => Syntax.Type;

    public string Name => Syntax.Name;
}

/// <summary>A service.</summary>
internal sealed record Service(InterfaceFile File, Message Request, Message Response, Message Event, string Hash);

/// <summary>Finds nested types over all files, and computes type hashes.</summary>
internal sealed class TypeTable
{
    private const string EventInfo = "service_msgs/msg/ServiceEventInfo";

    private readonly Dictionary<(string Variant, string RosName), (InterfaceFile File, MessageSyntax Syntax)> _syntaxes = [];
    private readonly Dictionary<(string Variant, string RosName), Message?> _messages = [];
    private readonly HashSet<(string Variant, string RosName)> _open = [];

    public TypeTable(IEnumerable<InterfaceFile> files)
    {
        InterfaceFile[] ordered = [.. files.OrderBy(f => f.Variant, StringComparer.Ordinal).ThenBy(f => f.RosName, StringComparer.Ordinal).ThenBy(f => f.Path, StringComparer.Ordinal)];
        foreach (InterfaceFile file in ordered)
        {
            Findings.AddRange(file.Findings);
            if (file.Findings.Count > 0)
            {
                // Those who refer to it must not be told that it does not exist.
                foreach (MessageSyntax message in file.Messages)
                    _messages[(file.Variant, message.RosName)] = null;
                if (file.Messages.Count == 0)
                    _messages[(file.Variant, file.RosName)] = null;
                continue;
            }

            foreach (MessageSyntax message in file.Messages)
            {
                (string, string) key = (file.Variant, message.RosName);
                if (!_syntaxes.TryGetValue(key, out (InterfaceFile File, MessageSyntax Syntax) other))
                    _syntaxes.Add(key, (file, message));
                else if (other.File.Text != file.Text)
                    Findings.Add(new Finding(Diagnostics.Duplicate, file.Path, 0, 0, 0, 0, $"{file.RosName} is also defined, differently, in {other.File.Path}"));
            }
        }

        foreach (InterfaceFile file in ordered)
        {
            if (file.Findings.Count > 0 || !file.Messages.All(m => ReferenceEquals(_syntaxes[(file.Variant, m.RosName)].File, file)))
                continue;
            if (file.Category == "msg")
            {
                if (Find(file.Variant, file.RosName) is { } message && file.Generate)
                    Messages.Add(message);
            }
            else if (file.Generate && ResolveService(file) is { } service)
            {
                Services.Add(service);
            }
        }
    }

    /// <summary>Messages to generate, without those of services.</summary>
    public List<Message> Messages { get; } = [];

    /// <summary>Services to generate.</summary>
    public List<Service> Services { get; } = [];

    public List<Finding> Findings { get; } = [];

    private static long Size(Field field)
    {
        long element = field.Type.Kind switch
        {
            Kind.Message => field.Nested!.MinimumSize,
            Kind.Int16 or Kind.UInt16 => 2,
            Kind.Int32 or Kind.UInt32 or Kind.Float32 or Kind.Text => 4,
            Kind.Int64 or Kind.UInt64 or Kind.Float64 => 8,
            _ => 1,
        };
        return field.Type.Shape switch
        {
            Shape.Single => element,
            Shape.Array => Math.Min(int.MaxValue, element * field.Type.Capacity),
            _ => 4,
        };
    }

    private Service? ResolveService(InterfaceFile file)
    {
        Message? request = Find(file.Variant, file.RosName + "_Request");
        Message? response = Find(file.Variant, file.RosName + "_Response");
        Message? info = Find(file.Variant, EventInfo);
        if (info is null)
            Findings.Add(new Finding(Diagnostics.UnknownType, file.Path, 0, 0, 0, 0, $"the event message of {file.RosName} needs {EventInfo}, which is not among the interface files"));
        if (request is null || response is null || info is null)
            return null;

        List<Field> fields =
        [
            EventField("info", info, Shape.Single),
            EventField("request", request, Shape.BoundedSequence),
            EventField("response", response, Shape.BoundedSequence),
        ];
        var syntax = new MessageSyntax(file.RosName + "_Event", [.. fields.Select(f => f.Syntax)], []);
        Message @event = Complete(new Message(syntax, file, fields));

        // The type of the service itself: a structure of its three messages that is never sent.
        List<Field> parts =
        [
            EventField("request_message", request, Shape.Single),
            EventField("response_message", response, Shape.Single),
            EventField("event_message", @event, Shape.Single),
        ];
        Message whole = Complete(new Message(new MessageSyntax(file.RosName, [.. parts.Select(f => f.Syntax)], []), file, parts));
        return new Service(file, request, response, @event, whole.Hash);
    }

    private static Field EventField(string name, Message nested, Shape shape)
    {
        int capacity = shape == Shape.Single ? 0 : 1;
        string text = nested.RosName.Replace("/msg/", "/").Replace("/srv/", "/") + (capacity == 0 ? "" : "[<=1]");
        return new Field(new FieldSyntax(new TypeSyntax(Kind.Message, shape, capacity, 0, nested.RosName, text), name, null, "", default), nested);
    }

    private static Message Complete(Message message)
    {
        foreach (Field field in message.Fields)
        {
            if (field.Nested is not { } nested)
                continue;
            message.Referenced[nested.RosName] = nested;
            foreach (KeyValuePair<string, Message> deeper in nested.Referenced)
                message.Referenced[deeper.Key] = deeper.Value;
        }

        message.MinimumSize = message.Fields.Count == 0 ? 1 : Math.Min(int.MaxValue, message.Fields.Sum(Size));
        message.Hash = TypeHash.Compute(message);
        return message;
    }

    private Message? Find(string variant, string rosName)
    {
        (string, string) key = (variant, rosName);
        if (_messages.TryGetValue(key, out Message? known))
            return known;
        if (!_syntaxes.TryGetValue(key, out (InterfaceFile File, MessageSyntax Syntax) found))
            return variant.Length == 0 ? null : Find("", rosName);

        _open.Add(key);
        var fields = new List<Field>();
        bool complete = true;
        foreach (FieldSyntax field in found.Syntax.Fields)
        {
            Message? nested = null;
            if (field.Type.Kind == Kind.Message)
            {
                string target = field.Type.Target;
                if (_open.Contains((variant, target)) || _open.Contains(("", target)))
                    Report(Diagnostics.Cycle, found.File, field, $"{rosName} contains itself by its field '{field.Name}'");
                else if (!_syntaxes.ContainsKey((variant, target)) && !_syntaxes.ContainsKey(("", target)) && !_messages.ContainsKey((variant, target)) && !_messages.ContainsKey(("", target)))
                    Report(Diagnostics.UnknownType, found.File, field, $"the type '{field.Type.Text}' of '{field.Name}' is unknown: {target} is not among the interface files");
                else
                    nested = Find(variant, target);
                complete &= nested is not null;
            }

            fields.Add(new Field(field, nested));
        }

        _open.Remove(key);
        Message? message = complete ? Complete(new Message(found.Syntax, found.File, fields)) : null;
        _messages[key] = message;
        return message;
    }

    private void Report(Microsoft.CodeAnalysis.DiagnosticDescriptor descriptor, InterfaceFile file, FieldSyntax field, string message) =>
        Findings.Add(new Finding(descriptor, file.Path, field.Place.Line, field.Place.Column, field.Place.Length, field.Place.Offset, message));
}
