using System.Diagnostics.CodeAnalysis;

namespace FerRos.Ros2;

/// <summary>What a remap rule applies to.</summary>
public enum RemapKind
{
    /// <summary>The node's name: <c>__node:=name</c>.</summary>
    NodeName,

    /// <summary>The node's namespace: <c>__ns:=/namespace</c>.</summary>
    Namespace,

    /// <summary>Topics and services.</summary>
    TopicAndService,

    /// <summary>Topics only: <c>rostopic://match:=replacement</c>.</summary>
    Topic,

    /// <summary>Services only: <c>rosservice://match:=replacement</c>.</summary>
    Service,
}

/// <summary>One remap rule, with the grammar of rcl.</summary>
/// <param name="Kind">What it applies to.</param>
/// <param name="Node">Name of the only node that it applies to; null: all.</param>
/// <param name="Match">Name to replace, not expanded; empty for node name and namespace.</param>
/// <param name="Replacement">New name, not expanded.</param>
public sealed record RemapRule(RemapKind Kind, string? Node, string Match, string Replacement)
{
    private const string TopicScheme = "rostopic://";
    private const string ServiceScheme = "rosservice://";

    /// <summary>Parses a rule, e.g. <c>image:=/camera/image_raw</c> or <c>ferros:__ns:=/robot</c>.</summary>
    /// <param name="text">The rule.</param>
    /// <param name="rule">The parsed rule.</param>
    /// <param name="error">Why it is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out RemapRule? rule, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        rule = null;
        if (text.AsSpan().ContainsAny('*', '\\'))
        {
            error = "wildcards '*' and backreferences '\\1' are not implemented in remap rules";
            return false;
        }

        int at = 0;
        string? node = null;
        int token = TokenLength(text, 0);
        if (token > 0 && token < text.Length && text[token] == ':' && !At(text, token, ":=")
            && !At(text, 0, TopicScheme) && !At(text, 0, ServiceScheme))
        {
            node = text[..token];
            at = token + 1;
        }

        foreach (string special in (ReadOnlySpan<string>)["__node", "__name", "__ns"])
        {
            if (!At(text, at, special))
                continue;
            int value = at + special.Length;
            if (!At(text, value, ":="))
                return Fail(text, value, "':='", out error);
            value += 2;
            bool isNamespace = special == "__ns";
            int length = isNamespace ? NamespaceLength(text, value) : TokenLength(text, value);
            if (length == 0 || value + length != text.Length)
                return Fail(text, value + length, isNamespace ? "an absolute namespace" : "a node name", out error);
            rule = new RemapRule(isNamespace ? RemapKind.Namespace : RemapKind.NodeName, node, "", text[value..]);
            error = null;
            return true;
        }

        RemapKind kind = RemapKind.TopicAndService;
        if (At(text, at, TopicScheme))
        {
            kind = RemapKind.Topic;
            at += TopicScheme.Length;
        }
        else if (At(text, at, ServiceScheme))
        {
            kind = RemapKind.Service;
            at += ServiceScheme.Length;
        }

        int match = NameLength(text, at);
        if (match == 0)
            return Fail(text, at, "the name to replace", out error);
        if (!At(text, at + match, ":="))
            return Fail(text, at + match, "':='", out error);
        int start = at + match + 2;
        int replacement = NameLength(text, start);
        if (replacement == 0 || start + replacement != text.Length)
            return Fail(text, start + replacement, "a name", out error);
        rule = new RemapRule(kind, node, text.Substring(at, match), text[start..]);
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string prefix = Node is null ? "" : Node + ":";
        return Kind switch
        {
            RemapKind.NodeName => $"{prefix}__node:={Replacement}",
            RemapKind.Namespace => $"{prefix}__ns:={Replacement}",
            RemapKind.Topic => $"{prefix}{TopicScheme}{Match}:={Replacement}",
            RemapKind.Service => $"{prefix}{ServiceScheme}{Match}:={Replacement}",
            _ => $"{prefix}{Match}:={Replacement}",
        };
    }

    private static bool Fail(string text, int at, string expected, out string error)
    {
        error = at < text.Length
            ? $"expected {expected} at character {at + 1}, found '{text[at..]}'"
            : $"expected {expected} at the end";
        return false;
    }

    private static bool At(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    // (([a-zA-Z](_)?)|_)([0-9a-zA-Z](_)?)*: no digit first, no two underscores in a row.
    private static int TokenLength(string text, int at)
    {
        int i = at;
        while (i < text.Length)
        {
            char c = text[i];
            bool fits = char.IsAsciiLetter(c) || (char.IsAsciiDigit(c) && i > at) || (c == '_' && (i == at || text[i - 1] != '_'));
            if (!fits)
                break;
            i++;
        }

        return i - at;
    }

    // [ "~/" | "/" ] token ( "/" token )*
    private static int NameLength(string text, int at)
    {
        int i = at;
        if (At(text, i, "~/"))
            i += 2;
        else if (At(text, i, "/"))
            i++;
        int tokens = TokensLength(text, i);
        return tokens == 0 ? 0 : i + tokens - at;
    }

    // "/" [ token ( "/" token )* ]
    private static int NamespaceLength(string text, int at) => At(text, at, "/") ? 1 + TokensLength(text, at + 1) : 0;

    private static int TokensLength(string text, int at)
    {
        int i = at;
        while (true)
        {
            int token = TokenLength(text, i);
            if (token == 0)
                return i == at ? 0 : i - 1 - at; // A slash without a token behind it is not part of the name.
            i += token;
            if (i >= text.Length || text[i] != '/')
                return i - at;
            i++;
        }
    }
}
