using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace FerRos.Ros2.Generator;

/// <summary>
/// Reads .msg and .srv files by the rules of rosidl_adapter: one field or constant a line, a comment from any '#'
/// on, names by its patterns.
/// </summary>
internal sealed class InterfaceParser
{
    private static readonly Regex PackageName = new("^(?!.*__)(?!.*_$)[a-z][a-z0-9_]*$", RegexOptions.CultureInvariant);
    private static readonly Regex FieldName = PackageName;
    private static readonly Regex MessageName = new("^[A-Z][A-Za-z0-9]*$", RegexOptions.CultureInvariant);
    private static readonly Regex ConstantName = new("^[A-Z](?:_?[A-Z0-9])*$", RegexOptions.CultureInvariant);

    private static readonly Dictionary<string, Kind> Primitives = new(StringComparer.Ordinal)
    {
        ["bool"] = Kind.Bool,
        ["byte"] = Kind.Byte,

        // A char of ROS 2 is an unsigned octet, unlike the char of IDL.
        ["char"] = Kind.UInt8,
        ["int8"] = Kind.Int8,
        ["uint8"] = Kind.UInt8,
        ["int16"] = Kind.Int16,
        ["uint16"] = Kind.UInt16,
        ["int32"] = Kind.Int32,
        ["uint32"] = Kind.UInt32,
        ["int64"] = Kind.Int64,
        ["uint64"] = Kind.UInt64,
        ["float32"] = Kind.Float32,
        ["float64"] = Kind.Float64,
        ["string"] = Kind.Text,
    };

    private readonly InterfaceFile _file;
    private int _line;
    private int _lineOffset;
    private string _lineText = "";

    private InterfaceParser(InterfaceFile file) => _file = file;

    /// <summary>Parses a file. What is wrong with it stands in <see cref="InterfaceFile.Findings"/>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="text">Its content.</param>
    /// <param name="package">Package; empty: the folder above the one named msg or srv.</param>
    /// <param name="generate">Whether code is wanted for it, or it is only referred to.</param>
    /// <param name="variant">Set of types that it belongs to; empty for the usual ones.</param>
    public static InterfaceFile Parse(string path, string text, string package, bool generate, string variant)
    {
        string[] parts = path.Replace('\\', '/').Split('/');
        string fileName = parts[parts.Length - 1];
        int dot = fileName.LastIndexOf('.');
        string category = fileName.Substring(dot + 1);
        string name = fileName.Substring(0, dot);
        if (package.Length == 0 && parts.Length >= 3 && parts[parts.Length - 2] == category)
            package = parts[parts.Length - 3];

        var file = new InterfaceFile(path, package, category, name, variant, generate, text);
        var parser = new InterfaceParser(file);
        if (category is not ("msg" or "srv"))
            parser.Report(Diagnostics.Place, 0, 0, $"'{fileName}' is neither a .msg nor a .srv file; actions and .idl files are not supported");
        else if (!PackageName.IsMatch(package))
            parser.Report(Diagnostics.Place, 0, 0, $"the package of '{fileName}' is unknown or illegal ('{package}'): put the file into <package>/{category}/, or set Package on its RosInterface item");
        else if (!MessageName.IsMatch(name))
            parser.Report(Diagnostics.Name, 0, 0, $"'{name}' is not an interface name: a capital letter, then letters and digits");
        else
            parser.ParseFile();
        return file;
    }

    private void ParseFile()
    {
        var parts = new List<Part> { new() };
        string text = _file.Text;
        int start = text.Length > 0 && text[0] == '\uFEFF' ? 1 : 0;
        _line = -1;
        while (start <= text.Length)
        {
            int end = text.IndexOf('\n', start);
            if (end < 0)
                end = text.Length;
            _line++;
            _lineOffset = start;
            _lineText = text.Substring(start, end - start).TrimEnd('\r').Replace('\t', ' ');
            if (_lineText.TrimEnd() == "---" && _file.Category == "srv")
                parts.Add(new Part());
            else
                ParseLine(parts[parts.Count - 1]);
            start = end + 1;
        }

        if (_file.Category == "msg")
        {
            Add(_file.RosName, parts[0]);
            return;
        }

        if (parts.Count != 2)
        {
            _line = 0;
            _lineOffset = 0;
            _lineText = "";
            Report(Diagnostics.Syntax, 0, 0, $"a service has one line '---' between request and response, not {parts.Count - 1}");
            return;
        }

        Add(_file.RosName + "_Request", parts[0]);
        Add(_file.RosName + "_Response", parts[1]);
    }

    private void Add(string rosName, Part part) =>
        _file.Messages.Add(new MessageSyntax(rosName, part.Fields.ToImmutableArray(), part.Constants.ToImmutableArray()));

    private void ParseLine(Part part)
    {
        int comment = _lineText.IndexOf('#');
        string line = (comment < 0 ? _lineText : _lineText.Substring(0, comment)).TrimEnd();
        int typeStart = 0;
        while (typeStart < line.Length && line[typeStart] == ' ')
            typeStart++;
        if (typeStart == line.Length)
            return;

        int typeEnd = line.IndexOf(' ', typeStart);
        if (typeEnd < 0)
        {
            Report(Diagnostics.Syntax, typeStart, line.Length, $"'{line.Substring(typeStart)}' is not a field ('type name [default]') or constant ('type NAME=value')");
            return;
        }

        string typeText = line.Substring(typeStart, typeEnd - typeStart);
        int nameStart = typeEnd;
        while (line[nameStart] == ' ')
            nameStart++;
        int nameEnd = nameStart;
        while (nameEnd < line.Length && line[nameEnd] is not (' ' or '='))
            nameEnd++;
        string name = line.Substring(nameStart, nameEnd - nameStart);
        int rest = nameEnd;
        while (rest < line.Length && line[rest] == ' ')
            rest++;
        bool isConstant = rest < line.Length && line[rest] == '=';

        TypeSyntax? type = ParseType(typeText, typeStart);
        if (type is null)
            return;
        var place = new Place(_line, nameStart, nameEnd - nameStart, _lineOffset + nameStart);
        if (isConstant)
            ParseConstant(part, type, name, place, line, rest + 1);
        else
            ParseField(part, type, name, place, line, rest);
    }

    private void ParseField(Part part, TypeSyntax type, string name, Place place, string line, int valueStart)
    {
        if (!FieldName.IsMatch(name))
        {
            Report(Diagnostics.Name, place.Column, place.Column + place.Length, $"'{name}' is not a field name: a small letter, then small letters, digits and single underscores, none at the end");
            return;
        }

        if (part.Fields.Any(f => f.Name == name))
        {
            Report(Diagnostics.Duplicate, place.Column, place.Column + place.Length, $"there are two fields '{name}'");
            return;
        }

        string text = line.Substring(valueStart);
        object? value = null;
        if (text.Length > 0)
        {
            if (type.Kind == Kind.Message)
            {
                Report(Diagnostics.Value, valueStart, line.Length, $"a field of the message type '{type.Text}' cannot have a default");
                return;
            }

            if (!ValueParser.TryParse(type, text, out value, out string error))
            {
                Report(Diagnostics.Value, valueStart, line.Length, error);
                return;
            }
        }

        part.Fields.Add(new FieldSyntax(type, name, value, text, place));
    }

    private void ParseConstant(Part part, TypeSyntax type, string name, Place place, string line, int valueStart)
    {
        while (valueStart < line.Length && line[valueStart] == ' ')
            valueStart++;
        if (type.Kind == Kind.Message || type.Shape != Shape.Single || type.StringCapacity > 0)
        {
            Report(Diagnostics.Syntax, place.Column, place.Column + place.Length, $"a constant has a primitive type, not '{type.Text}'");
            return;
        }

        if (!ConstantName.IsMatch(name))
        {
            Report(Diagnostics.Name, place.Column, place.Column + place.Length, $"'{name}' is not a constant name: a capital letter, then capital letters, digits and single underscores, none at the end");
            return;
        }

        if (part.Constants.Any(c => c.Name == name))
        {
            Report(Diagnostics.Duplicate, place.Column, place.Column + place.Length, $"there are two constants '{name}'");
            return;
        }

        if (!ValueParser.TryParse(type, line.Substring(valueStart), out object? value, out string error))
        {
            Report(Diagnostics.Value, valueStart, line.Length, error);
            return;
        }

        part.Constants.Add(new ConstantSyntax(type, name, value!, place));
    }

    private TypeSyntax? ParseType(string text, int column)
    {
        string element = text;
        Shape shape = Shape.Single;
        int capacity = 0;
        if (text.EndsWith("]", StringComparison.Ordinal))
        {
            int bracket = text.LastIndexOf('[');
            if (bracket <= 0)
            {
                Report(Diagnostics.Syntax, column, column + text.Length, $"'{text}' has no '[' for its ']'");
                return null;
            }

            element = text.Substring(0, bracket);
            string size = text.Substring(bracket + 1, text.Length - bracket - 2);
            shape = size.Length == 0 ? Shape.Sequence : size.StartsWith("<=", StringComparison.Ordinal) ? Shape.BoundedSequence : Shape.Array;
            if (shape != Shape.Sequence && !TryParseSize(shape == Shape.BoundedSequence ? size.Substring(2) : size, out capacity))
            {
                Report(Diagnostics.Size, column + bracket + 1, column + text.Length - 1, $"'{size}' is not a size: 1 to {int.MaxValue}, after '<=' for a bound");
                return null;
            }
        }

        if (element == "wstring" || element.StartsWith("wstring<", StringComparison.Ordinal))
        {
            Report(Diagnostics.WideString, column, column + text.Length, "wstring is not supported, because the middlewares disagree on its encoding; use string, which holds UTF-8");
            return null;
        }

        if (Primitives.TryGetValue(element, out Kind kind))
            return new TypeSyntax(kind, shape, capacity, 0, "", text);

        if (element.StartsWith("string<", StringComparison.Ordinal))
        {
            if (element.StartsWith("string<=", StringComparison.Ordinal) && TryParseSize(element.Substring(8), out int bound))
                return new TypeSyntax(Kind.Text, shape, capacity, bound, "", text);
            Report(Diagnostics.Size, column, column + element.Length, $"'{element}' is not a bounded string: 'string<=N', N from 1 to {int.MaxValue}");
            return null;
        }

        if (element is "time" or "duration")
        {
            Report(Diagnostics.UnknownType, column, column + text.Length, $"'{element}' is a type of ROS 1; use builtin_interfaces/{char.ToUpperInvariant(element[0])}{element.Substring(1)}");
            return null;
        }

        string[] parts = element.Split('/');
        string package = parts.Length == 2 ? parts[0] : element == "Header" ? "std_msgs" : _file.Package;
        string name = parts[parts.Length - 1];
        if (parts.Length > 2 || !PackageName.IsMatch(package) || !MessageName.IsMatch(name))
        {
            Report(Diagnostics.UnknownType, column, column + text.Length, $"'{text}' is neither a primitive type nor a message ('package/Name', or 'Name' in the same package)");
            return null;
        }

        return new TypeSyntax(Kind.Message, shape, capacity, 0, $"{package}/msg/{name}", text);
    }

    private static bool TryParseSize(string text, out int size) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out size) && size > 0;

    private void Report(DiagnosticDescriptor descriptor, int start, int end, string message)
    {
        int length = Math.Max(0, Math.Min(end, _lineText.Length) - start);
        _file.Findings.Add(new Finding(descriptor, _file.Path, Math.Max(0, _line), start, length, _lineOffset + start, message));
    }

    private sealed class Part
    {
        public List<FieldSyntax> Fields { get; } = [];

        public List<ConstantSyntax> Constants { get; } = [];
    }
}
