using System.Globalization;
using System.Text;

namespace FerRos.Ros2.Generator;

/// <summary>Reads values of constants and defaults by the rules of rosidl_adapter, which are mostly those of Python literals.</summary>
internal static class ValueParser
{
    /// <summary>Reads a value: bool, a .NET integer, float, double or string; for arrays and sequences an object[] of those.</summary>
    public static bool TryParse(TypeSyntax type, string text, out object? value, out string error)
    {
        value = null;
        if (type.Shape == Shape.Single)
            return TryParseOne(type, text, out value, out error);

        if (!text.StartsWith("[", StringComparison.Ordinal) || !text.EndsWith("]", StringComparison.Ordinal) || text.Length < 2)
        {
            error = $"the default of '{type.Text}' stands in brackets: [1, 2], not {text}";
            return false;
        }

        if (!TrySplit(text.Substring(1, text.Length - 2), out List<string> elements, out error))
            return false;
        if (type.Shape == Shape.Array && elements.Count != type.Capacity)
        {
            error = $"'{type.Text}' has {type.Capacity} elements, its default {elements.Count}";
            return false;
        }

        if (type.Shape == Shape.BoundedSequence && elements.Count > type.Capacity)
        {
            error = $"'{type.Text}' has at most {type.Capacity} elements, its default {elements.Count}";
            return false;
        }

        var values = new object[elements.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (!TryParseOne(type, elements[i], out object? element, out error))
                return false;
            values[i] = element!;
        }

        value = values;
        return true;
    }

    private static bool TryParseOne(TypeSyntax type, string text, out object? value, out string error)
    {
        error = "";
        value = type.Kind switch
        {
            Kind.Bool => ParseBool(text),
            Kind.Byte or Kind.UInt8 => ParseInteger(text, byte.MinValue, byte.MaxValue) is { } v ? (object)(byte)v : null,
            Kind.Int8 => ParseInteger(text, sbyte.MinValue, sbyte.MaxValue) is { } v ? (object)(sbyte)v : null,
            Kind.Int16 => ParseInteger(text, short.MinValue, short.MaxValue) is { } v ? (object)(short)v : null,
            Kind.UInt16 => ParseInteger(text, ushort.MinValue, ushort.MaxValue) is { } v ? (object)(ushort)v : null,
            Kind.Int32 => ParseInteger(text, int.MinValue, int.MaxValue) is { } v ? (object)(int)v : null,
            Kind.UInt32 => ParseInteger(text, uint.MinValue, uint.MaxValue) is { } v ? (object)(uint)v : null,
            Kind.Int64 => ParseInteger(text, long.MinValue, long.MaxValue) is { } v ? (object)(long)v : null,
            Kind.UInt64 => ParseInteger(text, ulong.MinValue, ulong.MaxValue) is { } v ? (object)(ulong)v : null,
            Kind.Float32 => ParseFloat(text) is { } v ? (object)(float)v : null,
            Kind.Float64 => ParseFloat(text) is { } v ? (object)v : null,
            _ => ParseString(text, ref error),
        };
        if (value is null)
        {
            if (error.Length == 0)
                error = text.Length == 0 ? $"the value of the '{type.Text}' is missing" : $"'{text}' is not a value of '{type.Text}'";
            return false;
        }

        if (value is string s && type.StringCapacity > 0 && Encoding.UTF8.GetByteCount(s) > type.StringCapacity)
        {
            error = $"\"{s}\" is longer than the bound of '{type.Text}'";
            return false;
        }

        return true;
    }

    private static object? ParseBool(string text) => text.ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    };

    private static decimal? ParseInteger(string text, decimal least, decimal most)
    {
        bool negative = text.StartsWith("-", StringComparison.Ordinal);
        string digits = negative || text.StartsWith("+", StringComparison.Ordinal) ? text.Substring(1) : text;
        int radix = 10;
        if (digits.Length > 2 && digits[0] == '0')
        {
            radix = char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 };
            if (radix != 10)
                digits = digits.Substring(2);
        }

        // Python allows single underscores between digits.
        if (digits.Length == 0 || digits[0] == '_' || digits[digits.Length - 1] == '_' || digits.Contains("__"))
            return null;
        decimal value = 0;
        foreach (char c in digits)
        {
            if (c == '_')
                continue;
            int digit = c is >= '0' and <= '9' ? c - '0' : char.ToLowerInvariant(c) is >= 'a' and <= 'f' ? char.ToLowerInvariant(c) - 'a' + 10 : 99;
            if (digit >= radix)
                return null;
            value = (value * radix) + digit;
            if (value > ulong.MaxValue)
                return null;
        }

        value = negative ? -value : value;
        return value < least || value > most ? null : value;
    }

    private static double? ParseFloat(string text)
    {
        switch (text.ToLowerInvariant().TrimStart('+', '-'))
        {
            case "nan":
                return double.NaN;
            case "inf" or "infinity":
                return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out double value) ? value : null;
    }

    private static string? ParseString(string text, ref string error)
    {
        if (text.Length == 0 || text[0] is not ('"' or '\''))
            return text;
        char quote = text[0];
        var result = new StringBuilder();
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == quote)
            {
                result.Append(quote);
                i++;
            }
            else if (text[i] == quote)
            {
                if (i == text.Length - 1)
                    return result.ToString();
                error = $"after the closing quote of {text} stands more; write \\{quote} for a quote inside";
                return null;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        error = $"the quote of {text} is not closed (a '#' begins a comment even inside quotes)";
        return null;
    }

    private static bool TrySplit(string text, out List<string> elements, out string error)
    {
        elements = [];
        error = "";
        if (text.Trim().Length == 0)
            return true;
        int start = 0;
        char quote = '\0';
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && quote == '\0'))
            {
                string element = text.Substring(start, i - start).Trim();
                if (element.Length == 0)
                {
                    error = $"element {elements.Count} of [{text}] is empty";
                    return false;
                }

                elements.Add(element);
                start = i + 1;
            }
            else if (quote == '\0' && text[i] is '"' or '\'' && text.Substring(start, i - start).Trim().Length == 0)
            {
                quote = text[i];
            }
            else if (text[i] == '\\' && quote != '\0' && i + 1 < text.Length)
            {
                i++;
            }
            else if (text[i] == quote)
            {
                quote = '\0';
            }
        }

        return true;
    }
}
