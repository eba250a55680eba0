using System.Text;

namespace FerRos.Ros2;

/// <summary>The rules of ROS names: validation and expansion, as rcl and rmw have them.</summary>
public static class RosNames
{
    /// <summary>Longest node name.</summary>
    public const int MaxNodeNameLength = 255;

    /// <summary>Longest fully qualified topic or service name: DDS's 255, less room for prefixes.</summary>
    public const int MaxTopicNameLength = 247;

    /// <summary>Longest namespace.</summary>
    public const int MaxNamespaceLength = 245;

    /// <summary>Checks a node name: 1 to 255 letters, digits and underscores, no digit first.</summary>
    /// <exception cref="InvalidNameException">It is none.</exception>
    public static void ValidateNodeName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        const string Kind = "node name";
        if (name.Length == 0)
            throw new InvalidNameException(Kind, name, "node name must not be empty", -1);
        int bad = name.AsSpan().IndexOfAnyExcept(TokenCharacters);
        if (bad >= 0)
            throw new InvalidNameException(Kind, name, "node name must not contain characters other than alphanumerics or '_'", bad);
        if (char.IsAsciiDigit(name[0]))
            throw new InvalidNameException(Kind, name, "node name must not start with a number", 0);
        if (name.Length > MaxNodeNameLength)
            throw new InvalidNameException(Kind, name, $"node name length should not exceed '{MaxNodeNameLength}'", MaxNodeNameLength);
    }

    /// <summary>Makes a namespace absolute (an empty one is the root) and checks it.</summary>
    /// <returns>The absolute namespace.</returns>
    /// <exception cref="InvalidNameException">It is none.</exception>
    public static string NormalizeNamespace(string @namespace)
    {
        ArgumentNullException.ThrowIfNull(@namespace);
        string absolute = @namespace.StartsWith('/') ? @namespace : "/" + @namespace;
        if (absolute != "/")
            CheckAbsolute(absolute, "namespace", "namespace", MaxNamespaceLength, "namespace should not exceed '245'");
        return absolute;
    }

    /// <summary>Checks a topic or service name as a program gives it: relative, private (<c>~</c>) or absolute, with substitutions.</summary>
    /// <exception cref="InvalidNameException">It is none.</exception>
    public static void ValidateInput(string name, string kind = "topic name")
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            throw new InvalidNameException(kind, name, "topic name must not be empty string", -1);
        if (char.IsAsciiDigit(name[0]))
            throw new InvalidNameException(kind, name, "topic name token must not start with a number", 0);
        if (name[^1] == '/')
            throw new InvalidNameException(kind, name, "topic name must not end with a forward slash", name.Length - 1);

        int open = -1;
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (char.IsAsciiLetterOrDigit(c) || c == '_')
            {
                if (open == i - 1 && open >= 0 && char.IsAsciiDigit(c))
                    throw new InvalidNameException(kind, name, "substitution name must not start with a number", i);
            }
            else if (c == '{')
            {
                if (open >= 0)
                    throw new InvalidNameException(kind, name, "substitution name must not contain characters other than alphanumerics or '_'", i);
                open = i;
            }
            else if (c == '}')
            {
                if (open < 0)
                    throw new InvalidNameException(kind, name, "topic name must not have unmatched (unbalanced) curly braces '{}'", i);
                open = -1;
            }
            else if (open >= 0)
            {
                throw new InvalidNameException(kind, name, "substitution name must not contain characters other than alphanumerics or '_'", i);
            }
            else if (c == '~')
            {
                if (i > 0)
                    throw new InvalidNameException(kind, name, "topic name must not have tilde '~' unless it is the first character", i);
                if (name.Length > 1 && name[1] != '/')
                    throw new InvalidNameException(kind, name, "topic name must not have a tilde '~' that is not followed by a forward slash '/'", 1);
            }
            else if (c == '/')
            {
                if (i + 1 < name.Length && char.IsAsciiDigit(name[i + 1]))
                    throw new InvalidNameException(kind, name, "topic name token must not start with a number", i + 1);
            }
            else
            {
                throw new InvalidNameException(kind, name, "topic name must not contain characters other than alphanumerics, '_', '~', '{', or '}'", i);
            }
        }

        if (open >= 0)
            throw new InvalidNameException(kind, name, "topic name must not have unmatched (unbalanced) curly braces '{}'", open);
    }

    /// <summary>Checks a fully qualified topic or service name.</summary>
    /// <exception cref="InvalidNameException">It is none.</exception>
    public static void ValidateFull(string name, string kind = "topic name")
    {
        ArgumentNullException.ThrowIfNull(name);
        CheckAbsolute(name, kind, "topic name", MaxTopicNameLength, $"topic length should not exceed '{MaxTopicNameLength}'");
    }

    /// <summary>Expands a valid input name to a fully qualified one: <c>~</c>, <c>{node}</c>, <c>{ns}</c>, <c>{namespace}</c>, relative names.</summary>
    /// <param name="name">A name that <see cref="ValidateInput"/> accepts.</param>
    /// <param name="node">Node name.</param>
    /// <param name="namespace">Absolute namespace.</param>
    /// <exception cref="InvalidNameException">A substitution is not known.</exception>
    public static string Expand(string name, string node, string @namespace)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(@namespace);
        if (name.StartsWith('/') && !name.Contains('{', StringComparison.Ordinal))
            return name;

        string prefix = @namespace == "/" ? "/" : @namespace + "/";
        string expanded = name.StartsWith('~') ? prefix + node + name[1..] : name;
        if (expanded.Contains('{', StringComparison.Ordinal))
            expanded = Substitute(name, expanded, node, @namespace);
        return expanded.StartsWith('/') ? expanded : prefix + expanded;
    }

    /// <summary>A node's fully qualified name.</summary>
    public static string FullName(string node, string @namespace) => @namespace == "/" ? "/" + node : @namespace + "/" + node;

    /// <summary>A node's logger name: its full name with dots, <c>robot.ferros</c>.</summary>
    public static string LoggerName(string fullName)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        return fullName.TrimStart('/').Replace('/', '.');
    }

    /// <summary>Whether tools hide the name: a token begins with an underscore.</summary>
    public static bool IsHidden(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith('_') || name.Contains("/_", StringComparison.Ordinal);
    }

    private static readonly System.Buffers.SearchValues<char> TokenCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly System.Buffers.SearchValues<char> PathCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/");

    private static void CheckAbsolute(string name, string kind, string subject, int maxLength, string tooLong)
    {
        if (name.Length == 0)
            throw new InvalidNameException(kind, name, $"{subject} must not be empty", -1);
        if (name[0] != '/')
            throw new InvalidNameException(kind, name, $"{subject} must be absolute, it must lead with a '/'", 0);
        if (name[^1] == '/')
            throw new InvalidNameException(kind, name, subject == "namespace" ? "namespace must not end with a '/', unless only a '/'" : $"{subject} must not end with a '/'", name.Length - 1);
        int bad = name.AsSpan().IndexOfAnyExcept(PathCharacters);
        if (bad >= 0)
            throw new InvalidNameException(kind, name, $"{subject} must not contain characters other than alphanumerics, '_', or '/'", bad);
        for (int i = 1; i < name.Length; i++)
        {
            if (name[i - 1] != '/')
                continue;
            if (name[i] == '/')
                throw new InvalidNameException(kind, name, $"{subject} must not contain repeated '/'", i);
            if (char.IsAsciiDigit(name[i]))
                throw new InvalidNameException(kind, name, $"{subject} must not have a token that starts with a number", i);
        }

        if (name.Length > maxLength)
            throw new InvalidNameException(kind, name, tooLong, maxLength);
    }

    private static string Substitute(string input, string text, string node, string @namespace)
    {
        var result = new StringBuilder();
        int at = 0;
        while (at < text.Length)
        {
            int open = text.IndexOf('{', at);
            if (open < 0)
                break;
            int close = text.IndexOf('}', open);
            result.Append(text, at, open - at);
            string key = text[(open + 1)..close];
            result.Append(key switch
            {
                "node" => node,
                "ns" or "namespace" => @namespace,
                _ => throw new InvalidNameException("topic name", input, $"unknown substitution '{{{key}}}'; known are {{node}}, {{ns}} and {{namespace}}", -1),
            });
            at = close + 1;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}
