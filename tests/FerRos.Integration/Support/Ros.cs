using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace FerRos.Integration.Support;

/// <summary>An installed ROS 2, and the processes of the tests in its environment or outside of any.</summary>
internal sealed class Ros
{
    /// <summary>What sourcing a ROS 2 sets; a process outside of it must not inherit any of this from the tests.</summary>
    private static readonly string[] Sourced =
        ["ROS_DISTRO", "ROS_VERSION", "ROS_PYTHON_VERSION", "RMW_IMPLEMENTATION", "AMENT_PREFIX_PATH", "CMAKE_PREFIX_PATH", "COLCON_PREFIX_PATH", "LD_LIBRARY_PATH", "PYTHONPATH"];

    private static readonly ConcurrentDictionary<string, Lazy<string>> Messages = new(StringComparer.Ordinal);
    private readonly string _setup;
    private readonly int _domain;
    private readonly bool _asItComes;

    private Ros(string distribution, int domain, bool asItComes)
    {
        Distribution = distribution;
        _setup = $"/opt/ros/{distribution}/setup.bash";
        _domain = domain;
        _asItComes = asItComes;
    }

    public string Distribution { get; }

    /// <summary>What is set for the processes that are started from now on, beside what belongs to ROS.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Folder of this checkout.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Folder of reference data.</summary>
    public static string Shared => System.Environment.GetEnvironmentVariable("FERROS_SHARED") ?? Path.Combine(Repository, "..", "shared");

    /// <summary>Skips the test where the distribution is not installed, and fails it where it should be.</summary>
    /// <param name="distribution">Its name.</param>
    /// <param name="domain">The domain of the test's nodes.</param>
    /// <param name="asItComes">
    /// Discovery as a user has it. Otherwise it is restricted to this machine, and there rmw_fastrtps has 512 KB of shared
    /// memory, less than a picture, whatever the settings say.
    /// </param>
    public static Ros Find(string distribution, int domain, bool asItComes = false)
    {
        var ros = new Ros(distribution, domain, asItComes);
        if (!File.Exists(ros._setup))
        {
            var reason = $"ROS 2 {distribution} is not installed ({ros._setup} is missing).";
            if (System.Environment.GetEnvironmentVariable("CI") == "true" && Directory.Exists(Shared)) Assert.Fail(reason);
            Assert.Skip(reason);
        }

        return ros;
    }

    /// <summary>An rclpy node in a process of its own, which knows ferros_msgs.</summary>
    public Child Python(string script, Action<string> onLine, params string[] arguments) => Python(["ferros_msgs"], script, onLine, arguments);

    /// <summary>An rclpy node in a process of its own, which knows the messages of these packages beside those of the distribution.</summary>
    public Child Python(string[] packages, string script, Action<string> onLine, params string[] arguments) =>
        new(Prepare(Source(packages, ["python3", "-u", Path.Combine(AppContext.BaseDirectory, "peers", script), .. arguments])), onLine);

    /// <summary><c>ferros</c> where no ROS is sourced: over the embedded middleware.</summary>
    public Child Ferros(params string[] arguments) =>
        // A test run in the background of a script ignores SIGINT, and so would its children.
        new(Prepare(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Program, .. arguments])));

    /// <summary><c>ferros</c> where the distribution and the workspace with ferros_msgs are sourced.</summary>
    public Child SourcedFerros(params string[] arguments) => SourcedFerros(["ferros_msgs"], arguments);

    /// <summary><c>ferros</c> where the distribution and the workspaces with these packages are sourced.</summary>
    public Child SourcedFerros(string[] packages, string[] arguments) =>
        new(Prepare(Source(packages, ["env", "--default-signal=INT", "dotnet", Program, .. arguments])));

    /// <summary>A command in the environment of the distribution and of workspaces above it.</summary>
    private ProcessStartInfo Source(string[] packages, string[] command)
    {
        var files = packages.Select(package => WorkspaceOf(Distribution, package)).Prepend(_setup).Select(file => $". '{file}' && ");
        return new ProcessStartInfo("bash", ["-c", string.Concat(files) + "exec \"$0\" \"$@\"", .. command]);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "ferros.dll");

    private ProcessStartInfo Prepare(ProcessStartInfo info)
    {
        foreach (var name in Sourced) info.Environment.Remove(name);
        foreach (var (name, value) in Environment) info.Environment[name] = value;
        info.Environment["ROS_DOMAIN_ID"] = _domain.ToString(CultureInfo.InvariantCulture);
        info.Environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] = _asItComes ? "SUBNET" : "LOCALHOST";
        info.Environment["ROS_LOG_DIR"] = Path.Combine(Path.GetTempPath(), $"ferros-integration-log-{System.Environment.ProcessId}");
        info.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        info.Environment["PYTHONUNBUFFERED"] = "1";
        return info;
    }

    /// <summary>Builds a package of messages, once per distribution and change of its files; the file to source.</summary>
    private static string WorkspaceOf(string distribution, string package) => Messages.GetOrAdd($"{distribution} {package}", _ => new Lazy<string>(() =>
    {
        var info = new ProcessStartInfo(Path.Combine(Repository, "tests", "FerRos.Integration", "build_messages.sh"), [distribution, package])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        var setup = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        if (process.ExitCode != 0) Assert.Fail($"{package} was not built for {distribution}: {error.Result}");
        return setup;
    })).Value;

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "global.json"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("These tests run inside a checkout.");
    }
}
