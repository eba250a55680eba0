using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FerRos.Ros2;

/// <summary>Types YAML scalars and sequences as rcl_yaml_param_parser does, which is neither YAML 1.1 nor 1.2.</summary>
internal static partial class YamlScalar
{
    private const string StringTag = "tag:yaml.org,2002:str";

    private static readonly HashSet<string> True = new(StringComparer.Ordinal) { "Y", "y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" };
    private static readonly HashSet<string> False = new(StringComparer.Ordinal) { "N", "n", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" };

    /// <summary>The value of a scalar.</summary>
    /// <exception cref="RosArgumentException">A plain scalar is empty.</exception>
    public static ParameterValue Resolve(Scalar scalar)
    {
        string text = scalar.Value;
        bool isText = scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted or ScalarStyle.Literal or ScalarStyle.Folded;
        if (isText || (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific && scalar.Tag.Value is StringTag or "!!str"))
            return ParameterValue.From(text);
        if (text.Length == 0)
            throw new RosArgumentException($"No value at line {scalar.Start.Line}");
        return ResolvePlain(text);
    }

    /// <summary>The value of a sequence; null when it is empty, because then it has no type.</summary>
    /// <exception cref="RosArgumentException">The elements are of different types, or are no scalars.</exception>
    public static ParameterValue? ResolveSequence(IParser parser, SequenceStart start)
    {
        var elements = new List<ParameterValue>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            ParsingEvent item = parser.Consume<ParsingEvent>();
            if (item is AnchorAlias)
                throw new RosArgumentException($"Will not support aliasing at line {item.Start.Line}");
            if (item is not Scalar scalar)
                throw new RosArgumentException($"Sequences can only hold single values, at line {item.Start.Line}");
            ParameterValue element = Resolve(scalar);
            if (elements.Count > 0 && elements[0].Type != element.Type)
            {
                throw new RosArgumentException(
                    $"Sequence should be of same type. Value type '{ParameterValue.TypeName(element.Type)}' does not belong at line {scalar.Start.Line}, the first is '{ParameterValue.TypeName(elements[0].Type)}'");
            }

            elements.Add(element);
        }

        if (elements.Count == 0)
            return null;
        return elements[0].Type switch
        {
            ParameterType.Bool => ParameterValue.From([.. elements.Select(static e => e.As<bool>())]),
            ParameterType.Integer => ParameterValue.From([.. elements.Select(static e => e.As<long>())]),
            ParameterType.Double => ParameterValue.From([.. elements.Select(static e => e.As<double>())]),
            _ => ParameterValue.From([.. elements.Select(static e => e.As<string>())]),
        };
    }

    internal static ParameterValue ResolvePlain(string text)
    {
        if (True.Contains(text))
            return ParameterValue.From(true);
        if (False.Contains(text))
            return ParameterValue.From(false);
        if (TryInteger(text, out long integer))
            return ParameterValue.From(integer);
        return TryDouble(text, out double number) ? ParameterValue.From(number) : ParameterValue.From(text);
    }

    // strtoll with base 0 over the whole text.
    private static bool TryInteger(string text, out long value)
    {
        value = 0;
        ReadOnlySpan<char> digits = text;
        bool negative = digits is ['-', ..];
        if (digits is ['-' or '+', ..])
            digits = digits[1..];
        int radix = 10;
        if (digits is ['0', 'x' or 'X', _, ..])
        {
            radix = 16;
            digits = digits[2..];
        }
        else if (digits is ['0', _, ..])
        {
            radix = 8;
            digits = digits[1..];
        }

        if (digits.IsEmpty)
            return false;
        Int128 sum = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : int.MaxValue;
            if (digit >= radix)
                return false;
            sum = (sum * radix) + digit;
            if (sum > (Int128)long.MaxValue + 1)
                return false;
        }

        if (negative)
            sum = -sum;
        if (sum > long.MaxValue)
            return false;
        value = (long)sum;
        return true;
    }

    // .nan and .inf as in YAML, else strtod over the whole text.
    private static bool TryDouble(string text, out double value)
    {
        value = 0;
        string unsigned = text is ['-' or '+', ..] ? text[1..] : text;
        double sign = text[0] == '-' ? -1 : 1;
        if (text is ".nan" or ".NaN" or ".NAN" || unsigned.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = double.NaN;
            return true;
        }

        if (unsigned is ".inf" or ".Inf" or ".INF" || unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = sign * double.PositiveInfinity;
            return true;
        }

        if (Decimal().IsMatch(unsigned))
        {
            value = sign * double.Parse(unsigned, CultureInfo.InvariantCulture);
            return true;
        }

        if (Hexadecimal().Match(unsigned) is not { Success: true } match)
            return false;
        string whole = match.Groups[1].Value, fraction = match.Groups[2].Value;
        if (whole.Length + fraction.Length == 0)
            return false;
        double mantissa = 0;
        foreach (char c in whole + fraction)
            mantissa = (mantissa * 16) + Convert.ToInt32(c.ToString(), 16);
        int exponent = match.Groups[3].Success ? int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) : 0;
        value = sign * Math.ScaleB(mantissa, exponent - (4 * fraction.Length));
        return true;
    }

    [GeneratedRegex(@"^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$", RegexOptions.ECMAScript)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?\d{1,6}))?$", RegexOptions.ECMAScript)]
    private static partial Regex Hexadecimal();
}
