using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Xml.Linq;
using FerRos.Ros2.Tests;
using Xunit;

// One ROS domain for all tests of a process, and two cores: no two tests at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// As the project under test: LibraryImport and the structures are used from here too.
[assembly: DisableRuntimeMarshalling]

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>The distributions whose ROS 2 the tests run in.</summary>
public sealed class Distributions : TheoryData<string>
{
    public Distributions()
    {
        Add("kilted");
        Add("jazzy");
    }
}

/// <summary>
/// How these tests get into a sourced environment. The loader reads <c>LD_LIBRARY_PATH</c> when a process starts, so
/// one process can run with one distribution only. Each test is a theory over the distributions and begins with
/// <code>if (Sourced.Elsewhere(distribution)) return;</code>
/// In a process that is sourced with that distribution the test goes on. In any other, this program is started once
/// more under <c>. /opt/ros/&lt;distribution&gt;/setup.bash</c>, all its tests with the trait <c>Needs=ros</c> run
/// there, and each row here reports what its namesake did there: passed, skipped with its reason, failed with its
/// message, or no result because that process died, with the end of its output.
/// To run one test under one distribution by hand: source it, then <c>dotnet run -- -method "*Name"</c>; the rows
/// of the other distribution are run by a second process.
/// </summary>
internal static class Sourced
{
    private const string Marker = "FERROS_TEST_SOURCED";
    private const int RunMinutes = 60;

    private static readonly ConcurrentDictionary<string, Lazy<Run>> Runs = new(StringComparer.Ordinal);

    /// <summary>True when the test was run in another process, and passed there.</summary>
    public static bool Elsewhere(string distribution)
    {
        if (Environment.GetEnvironmentVariable("ROS_DISTRO") == distribution) return false;
        if (Environment.GetEnvironmentVariable(Marker) is not null) Assert.Skip("Runs in the process of the other distribution.");

        var setup = $"/opt/ros/{distribution}/setup.bash";
        if (!File.Exists(setup))
        {
            var reason = $"ROS 2 {distribution} is not installed ({setup} is missing).";
            if (Environment.GetEnvironmentVariable("CI") == "true" && Directory.Exists(Shared())) Assert.Fail(reason);
            Assert.Skip(reason);
        }

        var name = $"{TestContext.Current.TestClass!.TestClassName}.{TestContext.Current.TestMethod!.MethodName}";
        var run = Runs.GetOrAdd(distribution, d => new Lazy<Run>(() => Start(d, setup))).Value;
        if (!run.Results.TryGetValue(name, out var result))
            Assert.Fail($"The process under {distribution} ended without a result of this test (exit code {run.ExitCode}). Its last output:\n{run.Tail}");
        if (result.Outcome == "Skip") Assert.Skip(result.Message);
        if (result.Outcome != "Pass") Assert.Fail($"Under {distribution}:\n{result.Message}");
        return true;
    }

    private static string Shared() =>
        Environment.GetEnvironmentVariable("FERROS_SHARED") ?? Path.Combine(Repository(), "..", "shared");

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "global.json"))) folder = Path.GetDirectoryName(folder);
        return folder ?? AppContext.BaseDirectory;
    }

    private static Run Start(string distribution, string setup)
    {
        var report = Path.Combine(Path.GetTempPath(), $"ferros-rcl-{distribution}-{Guid.NewGuid():N}.xml");
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(". \"$0\" && exec dotnet exec \"$@\"");
        start.ArgumentList.Add(setup);
        start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        foreach (var argument in new[] { "-trait", "Needs=ros", "-xml", report, "-reporter", "verbose", "-noColor", "-parallel", "none" })
            start.ArgumentList.Add(argument);
        foreach (var inherited in new[] { "AMENT_PREFIX_PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "CMAKE_PREFIX_PATH", "ROS_DISTRO" })
            start.Environment.Remove(inherited);
        start.Environment[Marker] = distribution;
        start.Environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST";
        start.Environment["ROS_DOMAIN_ID"] = TestDomain.Take().ToString(CultureInfo.InvariantCulture);

        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(TimeSpan.FromMinutes(RunMinutes)))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Append(process, $"Killed after {RunMinutes} minutes.");
        }

        var results = File.Exists(report) ? Read(report, distribution) : [];
        File.Delete(report);
        string tail;
        lock (output)
        {
            var text = output.ToString();
            tail = text.Length > 6000 ? text[^6000..] : text;
        }

        return new Run(process.ExitCode, results, tail);

        void Append(object sender, object data)
        {
            var line = data is DataReceivedEventArgs received ? received.Data : data.ToString();
            if (line is null) return;
            lock (output) output.AppendLine(line);
        }
    }

    /// <summary>Results by class and method, of the rows of one distribution.</summary>
    private static Dictionary<string, Result> Read(string report, string distribution)
    {
        var results = new Dictionary<string, Result>(StringComparer.Ordinal);
        foreach (var test in XDocument.Load(report).Descendants("test"))
        {
            if (!test.Attribute("name")!.Value.Contains(distribution, StringComparison.Ordinal)) continue;
            var failure = test.Element("failure");
            var message = failure is not null
                ? string.Create(CultureInfo.InvariantCulture, $"{failure.Element("message")?.Value}\n{failure.Element("stack-trace")?.Value}\n{test.Element("output")?.Value}")
                : test.Element("reason")?.Value ?? "";
            results[$"{test.Attribute("type")!.Value}.{test.Attribute("method")!.Value}"] = new Result(test.Attribute("result")!.Value, message);
        }

        return results;
    }

    private sealed record Result(string Outcome, string Message);

    private sealed record Run(int ExitCode, Dictionary<string, Result> Results, string Tail);
}
