using System.Globalization;
using System.Text;

namespace FerRos.Ros2.Generator;

/// <summary>C# literals.</summary>
internal static class Literals
{
    public static string Of(object value) => value switch
    {
        bool v => v ? "true" : "false",
        string v => Quote(v),
        float v when float.IsNaN(v) => "float.NaN",
        float v when float.IsInfinity(v) => v > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity",
        float v => v.ToString("R", CultureInfo.InvariantCulture) + "f",
        double v when double.IsNaN(v) => "double.NaN",
        double v when double.IsInfinity(v) => v > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        double v => v.ToString("R", CultureInfo.InvariantCulture) + "d",
        uint v => v.ToString(CultureInfo.InvariantCulture) + "u",
        long.MinValue => "long.MinValue",
        long v => v.ToString(CultureInfo.InvariantCulture) + "L",
        ulong v => v.ToString(CultureInfo.InvariantCulture) + "UL",
        int.MinValue => "int.MinValue",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    public static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        foreach (char c in text)
        {
            result.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return result.Append('"').ToString();
    }

    public static string Xml(string text) =>
        Printable(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    private static string Printable(string text) =>
        new([.. text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
