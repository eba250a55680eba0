using System.Text.RegularExpressions;

namespace FerRos.Ros2.Dds;

/// <summary>Which libddsc is loaded.</summary>
internal static partial class DdsLibrary
{
    private static readonly Lazy<string> FoundPath = new(FindPath);

    /// <summary>Path of the loaded library with symbolic links resolved; <c>libddsc</c> when it cannot be found out.</summary>
    public static string Path => FoundPath.Value;

    /// <summary>Its version, e.g. <c>0.10.2</c>, from the file's name; empty when the name does not tell.</summary>
    public static string Version => VersionPattern().Match(Path) is { Success: true } match ? match.Groups[1].Value : "";

    private static string FindPath()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/maps"))
            {
                int at = line.IndexOf('/', StringComparison.Ordinal);
                if (at >= 0 && line.Contains("libddsc", StringComparison.Ordinal))
                    return line[at..];
            }
        }
        catch (IOException)
        {
            // Not Linux, or /proc is hidden: the name is only for messages.
        }

        return "libddsc";
    }

    [GeneratedRegex(@"\.so\.(\d+\.\d+\.\d+)")]
    private static partial Regex VersionPattern();
}
