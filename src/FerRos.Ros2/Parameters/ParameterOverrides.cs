using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FerRos.Ros2;

/// <summary>
/// Parameter values from the command line and from parameter files, for nodes by name or wildcard.
/// Which one holds for a node: the command line (<c>-p</c>) before files; an exact node name before a wildcard; and
/// among equals the last. rclcpp and rclpy differ here (and rclcpp depends on the order in which names first appear,
/// rclcpp issue 953); this is rclpy's rule, with the command line last.
/// </summary>
public sealed partial class ParameterOverrides
{
    private const string AnyNode = "/**";
    private const string ParametersKey = "ros__parameters";

    private readonly List<Entry> _entries = [];

    /// <summary>Adds what a YAML file says.</summary>
    /// <exception cref="RosArgumentException">The file is not a parameter file; the message gives the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void AddFile(string path)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        AddYaml(reader);
    }

    /// <summary>Adds what YAML text in the form of a parameter file says.</summary>
    /// <exception cref="RosArgumentException">The text is not in that form; the message gives the line.</exception>
    public void AddYaml(TextReader text)
    {
        try
        {
            var parser = new Parser(text);
            parser.Consume<StreamStart>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                ParsingEvent root = parser.Consume<ParsingEvent>();
                if (root is MappingStart)
                    ReadNodes(parser, []);
                else if (root is not Scalar { Value: "" })
                    throw new RosArgumentException($"A parameter file must begin with the name of a node, at line {root.Start.Line}");
                parser.Consume<DocumentEnd>();
            }
        }
        catch (YamlException exception)
        {
            throw new RosArgumentException($"Error parsing the YAML at line {exception.Start.Line}: {exception.Message}", exception);
        }
    }

    /// <summary>Adds a rule of the form <c>[node:]name:=value</c>.</summary>
    /// <exception cref="RosArgumentException">It does not have that form.</exception>
    public void AddRule(string rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        int at = rule.IndexOf(":=", StringComparison.Ordinal);
        if (at < 0)
            throw new RosArgumentException("':=' is missing");
        string name = rule[..at];
        string node = AnyNode;
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            node = Absolute(name[..colon]);
            if (!NodeToken().IsMatch(name[..colon]))
                throw new RosArgumentException($"'{name[..colon]}' is not a node name");
            name = name[(colon + 1)..];
        }

        if (!ParameterName().IsMatch(name))
            throw new RosArgumentException($"'{name}' is not a parameter name");
        string value = rule[(at + 2)..];
        if (value.Length == 0)
            throw new RosArgumentException($"no value for '{name}'");
        if (ParseValue(value) is { } parsed)
            _entries.Add(new Entry(node, name, parsed, CommandLine: true));
    }

    /// <summary>Adds a value for one node, as if from the command line.</summary>
    /// <param name="node">Full name of the node, or a wildcard.</param>
    /// <param name="name">Parameter.</param>
    /// <param name="value">Value.</param>
    public void Add(string node, string name, ParameterValue value)
    {
        ArgumentNullException.ThrowIfNull(node);
        _entries.Add(new Entry(Absolute(node), name, value, CommandLine: true));
    }

    /// <summary>The values for a node.</summary>
    /// <param name="fullNodeName">Fully qualified name, after remapping.</param>
    public IReadOnlyDictionary<string, ParameterValue> For(string fullNodeName)
    {
        var values = new Dictionary<string, ParameterValue>(StringComparer.Ordinal);

        // Stable sort: within a rank, later entries overwrite earlier ones.
        foreach (Entry entry in _entries.Where(entry => Matches(entry.Node, fullNodeName)).OrderBy(entry => entry.Rank))
            values[entry.Name] = entry.Value;
        return values;
    }

    internal static bool Matches(string pattern, string fullNodeName)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal))
            return pattern == fullNodeName;
        var regex = new StringBuilder("^");
        foreach (string token in pattern[1..].Split('/'))
        {
            regex.Append(token switch
            {
                "**" => @"(/\w+)*",
                "*" => @"(/\w+)",
                _ => "/" + Regex.Escape(token),
            });
        }

        return Regex.IsMatch(fullNodeName, regex.Append('$').ToString(), RegexOptions.ECMAScript);
    }

    private static ParameterValue? ParseValue(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            ParsingEvent value = parser.Consume<ParsingEvent>();
            ParameterValue? result = value switch
            {
                Scalar scalar => YamlScalar.Resolve(scalar),
                SequenceStart start => YamlScalar.ResolveSequence(parser, start),
                _ => throw new RosArgumentException($"'{text}' is neither a single value nor a sequence"),
            };
            parser.Consume<DocumentEnd>();
            return result;
        }
        catch (YamlException exception)
        {
            throw new RosArgumentException($"'{text}' is not YAML: {exception.Message}", exception);
        }
    }

    private static string Absolute(string node) => node.StartsWith('/') ? node : "/" + node;

    private static string ReadKey(IParser parser)
    {
        ParsingEvent key = parser.Consume<ParsingEvent>();
        if (key is AnchorAlias)
            throw new RosArgumentException($"Will not support aliasing at line {key.Start.Line}");
        if (key is not Scalar { Value.Length: > 0 } scalar)
            throw new RosArgumentException($"Empty or complex key at line {key.Start.Line}");
        return scalar.Value;
    }

    private void ReadNodes(IParser parser, string[] path)
    {
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            string key = ReadKey(parser);
            ParsingEvent value = parser.Consume<ParsingEvent>();
            if (key == ParametersKey)
            {
                if (path.Length == 0)
                    throw new RosArgumentException($"'{ParametersKey}' without the name of a node above it at line {value.Start.Line}");
                if (value is not MappingStart)
                    throw new RosArgumentException($"'{ParametersKey}' must hold parameter names and values, at line {value.Start.Line}");
                ReadParameters(parser, NodeName(path, value.Start.Line), "");
            }
            else if (value is MappingStart)
            {
                ReadNodes(parser, [.. path, key]);
            }
            else
            {
                throw new RosArgumentException(
                    value is AnchorAlias
                        ? $"Will not support aliasing at line {value.Start.Line}"
                        : $"Cannot have a value before {ParametersKey} at line {value.Start.Line}");
            }
        }
    }

    private static string NodeName(string[] path, long line)
    {
        string name = Absolute(string.Join('/', path.Select(static part => part.Trim('/')).Where(static part => part.Length > 0)));
        string? wrong = name[1..].Split('/').FirstOrDefault(static token => token.Contains('*', StringComparison.Ordinal) && token is not ("*" or "**"));
        return wrong is null ? name : throw new RosArgumentException($"'{wrong}' in the node name '{name}' is no wildcard: '*' and '**' stand for whole tokens, at line {line}");
    }

    private void ReadParameters(IParser parser, string node, string prefix)
    {
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            string name = prefix + ReadKey(parser);
            ParsingEvent value = parser.Consume<ParsingEvent>();
            switch (value)
            {
                case Scalar scalar:
                    try
                    {
                        _entries.Add(new Entry(node, name, YamlScalar.Resolve(scalar), CommandLine: false));
                    }
                    catch (RosArgumentException exception)
                    {
                        throw new RosArgumentException($"Parameter '{name}' of '{node}': {exception.Message}", exception);
                    }

                    break;
                case SequenceStart start:
                    if (YamlScalar.ResolveSequence(parser, start) is { } sequence)
                        _entries.Add(new Entry(node, name, sequence, CommandLine: false));
                    break;
                case MappingStart:
                    ReadParameters(parser, node, name + ".");
                    break;
                default:
                    throw new RosArgumentException($"Will not support aliasing at line {value.Start.Line}");
            }
        }
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex NodeToken();

    // A dot and a slash may follow each other: qos_overrides./topic.publisher.depth.
    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*([.]?[./][A-Za-z0-9_]+)*$")]
    private static partial Regex ParameterName();

    private sealed record Entry(string Node, string Name, ParameterValue Value, bool CommandLine)
    {
        public int Rank => (CommandLine ? 2 : 0) + (Node.Contains('*', StringComparison.Ordinal) ? 0 : 1);
    }
}
