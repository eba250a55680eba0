using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FerRos.Ros2;

/// <summary>
/// The ROS part of a command line: what stands between <c>--ros-args</c> and <c>--</c>. Flags, their errors and the
/// treatment of unknown ones are rclcpp's.
/// </summary>
public sealed class RosArguments
{
    private readonly List<string> _user = [];
    private readonly List<RemapRule> _remaps = [];
    private readonly Dictionary<string, LogSeverity> _loggerLevels = new(StringComparer.Ordinal);

    private RosArguments()
    {
    }

    /// <summary>No arguments at all.</summary>
    public static RosArguments None { get; } = new();

    /// <summary>What is left for the application, in order.</summary>
    public IReadOnlyList<string> UserArguments => _user;

    /// <summary>Remap rules in order; the first that matches holds.</summary>
    public IReadOnlyList<RemapRule> RemapRules => _remaps;

    /// <summary>Parameters from <c>-p</c> and <c>--params-file</c>.</summary>
    public ParameterOverrides Parameters { get; } = new();

    /// <summary><c>--log-level LEVEL</c>; null: not given.</summary>
    public LogSeverity? LogLevel { get; private set; }

    /// <summary><c>--log-level LOGGER:=LEVEL</c>, by logger name.</summary>
    public IReadOnlyDictionary<string, LogSeverity> LoggerLevels => _loggerLevels;

    /// <summary><c>--log-config-file</c>; null: not given.</summary>
    public string? LogConfigFile { get; private set; }

    /// <summary><c>--log-file-name</c>, a prefix; null: not given.</summary>
    public string? LogFileName { get; private set; }

    /// <summary><c>--enclave</c>.</summary>
    public string Enclave { get; private set; } = "/";

    /// <summary><c>--enable-stdout-logs</c>, <c>--disable-stdout-logs</c>.</summary>
    public bool StdoutLogs { get; private set; } = true;

    /// <summary><c>--enable-rosout-logs</c>, <c>--disable-rosout-logs</c>.</summary>
    public bool RosoutLogs { get; private set; } = true;

    /// <summary><c>--enable-external-lib-logs</c>, <c>--disable-external-lib-logs</c>.</summary>
    public bool ExternalLibraryLogs { get; private set; } = true;

    /// <summary>Parses a command line without the program's name.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="logger">Hears of deprecated syntax.</param>
    /// <exception cref="RosArgumentException">A flag is unknown, or its value is missing or wrong.</exception>
    public static RosArguments Parse(IEnumerable<string> arguments, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        logger ??= NullLogger.Instance;
        var result = new RosArguments();
        var unknown = new List<string>();
        string[] items = [.. arguments];
        bool inSection = false;
        for (int i = 0; i < items.Length; i++)
        {
            string item = items[i];
            if (item == "--ros-args")
                inSection = true;
            else if (inSection && item == "--")
                inSection = false;
            else if (inSection)
                result.ParseFlag(item, items, ref i, unknown);
            else
                result.ParseOther(item, logger);
        }

        if (unknown.Count > 0)
            throw new RosArgumentException($"found unknown ROS arguments: {string.Join(", ", unknown.Select(static item => $"'{item}'"))}");
        return result;
    }

    /// <summary>Name of a node after remapping.</summary>
    internal string RemapNodeName(string name) =>
        _remaps.Find(rule => rule.Kind == RemapKind.NodeName && (rule.Node is null || rule.Node == name))?.Replacement ?? name;

    /// <summary>Namespace of a node after remapping; null: no rule.</summary>
    internal string? FindNamespace(string remappedName) =>
        _remaps.Find(rule => rule.Kind == RemapKind.Namespace && (rule.Node is null || rule.Node == remappedName))?.Replacement;

    /// <summary>The expanded replacement of an expanded name; null: no rule.</summary>
    internal string? FindReplacement(string fullName, bool isService, string node, string @namespace)
    {
        foreach (RemapRule rule in _remaps)
        {
            bool applies = rule.Kind == RemapKind.TopicAndService || rule.Kind == (isService ? RemapKind.Service : RemapKind.Topic);
            if (applies && (rule.Node is null || rule.Node == node) && RosNames.Expand(rule.Match, node, @namespace) == fullName)
                return RosNames.Expand(rule.Replacement, node, @namespace);
        }

        return null;
    }

    private static LogSeverity ParseLevel(string text) => text.ToUpperInvariant() switch
    {
        "UNSET" => LogSeverity.Unset,
        "DEBUG" => LogSeverity.Debug,
        "INFO" => LogSeverity.Info,
        "WARN" => LogSeverity.Warn,
        "ERROR" => LogSeverity.Error,
        "FATAL" => LogSeverity.Fatal,
        _ => throw new RosArgumentException($"'{text}' is not a log level; levels are UNSET, DEBUG, INFO, WARN, ERROR and FATAL"),
    };

    private void ParseFlag(string flag, string[] items, ref int at, List<string> unknown)
    {
        switch (flag)
        {
            case "-r" or "--remap":
                string remap = Value(flag, items, ref at, "remap rule");
                if (!RemapRule.TryParse(remap, out RemapRule? rule, out string? error))
                    throw new RosArgumentException($"Couldn't parse remap rule: '{flag} {remap}'. Error: {error}");
                _remaps.Add(rule);
                break;
            case "-p" or "--param":
                string parameter = Value(flag, items, ref at, "parameter override rule");
                Guard("parameter override rule", flag, parameter, () => Parameters.AddRule(parameter));
                break;
            case "--params-file":
                string file = Value(flag, items, ref at, "parameter file");
                Guard("params file", flag, file, () => Parameters.AddFile(file));
                break;
            case "--log-level":
                string level = Value(flag, items, ref at, "log level");
                Guard("log level rule", flag, level, () => AddLogLevel(level));
                break;
            case "--log-config-file":
                LogConfigFile = Value(flag, items, ref at, "log config file");
                break;
            case "--log-file-name":
                LogFileName = Value(flag, items, ref at, "log file name");
                break;
            case "-e" or "--enclave":
                string enclave = Value(flag, items, ref at, "enclave");
                Guard("enclave name", flag, enclave, () => Enclave = enclave.StartsWith('/')
                    ? RosNames.NormalizeNamespace(enclave)
                    : throw new RosArgumentException("an enclave must be absolute, it must lead with a '/'"));
                break;
            case "--enable-stdout-logs":
                StdoutLogs = true;
                break;
            case "--disable-stdout-logs":
                StdoutLogs = false;
                break;
            case "--enable-rosout-logs":
                RosoutLogs = true;
                break;
            case "--disable-rosout-logs":
                RosoutLogs = false;
                break;
            case "--enable-external-lib-logs":
                ExternalLibraryLogs = true;
                break;
            case "--disable-external-lib-logs":
                ExternalLibraryLogs = false;
                break;
            default:
                unknown.Add(flag);
                break;
        }
    }

    private void ParseOther(string item, ILogger logger)
    {
        // Syntax from before --ros-args existed: rcl still takes it.
        if (item.Contains(":=", StringComparison.Ordinal) && RemapRule.TryParse(item, out RemapRule? rule, out _))
        {
            RosLog.DeprecatedRemap(logger, item);
            _remaps.Add(rule);
            return;
        }

        _user.Add(item);
    }

    private void AddLogLevel(string text)
    {
        int at = text.IndexOf(":=", StringComparison.Ordinal);
        if (at < 0)
            LogLevel = ParseLevel(text);
        else if (at == 0)
            throw new RosArgumentException("the logger's name is missing");
        else
            _loggerLevels[text[..at]] = ParseLevel(text[(at + 2)..]);
    }

    private static string Value(string flag, string[] items, ref int at, string what)
    {
        if (at + 1 >= items.Length)
            throw new RosArgumentException($"Couldn't parse trailing {flag} flag. No {what} found.");
        return items[++at];
    }

    private static void Guard(string what, string flag, string value, Action parse)
    {
        try
        {
            parse();
        }
        catch (Exception exception) when (exception is RosArgumentException or InvalidNameException or IOException or UnauthorizedAccessException)
        {
            throw new RosArgumentException($"Couldn't parse {what}: '{flag} {value}'. Error: {exception.Message}", exception);
        }
    }
}
