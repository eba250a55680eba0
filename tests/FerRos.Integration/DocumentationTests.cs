using System.Text.RegularExpressions;
using FerRos.Integration.Support;
using Shouldly;

namespace FerRos.Integration;

/// <summary>
/// Every test that <c>docs/ros.md</c> names is there, and is marked where it runs under one distribution only. Looked at
/// are names in backticks: <c>Project/Class</c>, <c>Project/Class.method</c>, and <c>.method</c> for another of the same
/// class; a name may be cut short by three dots.
/// </summary>
public sealed partial class DocumentationTests
{
    // As the tests write them, quotes included.
    private const string Kilted = "\u0022kilted\u0022";
    private const string Jazzy = "\u0022jazzy\u0022";

    [Fact]
    public void Every_test_that_the_page_on_ROS_names_exists_and_runs_where_it_says()
    {
        var text = File.ReadAllText(Path.Combine(Ros.Repository, "docs", "ros.md"));
        var wrong = new List<string>();
        var checkedTests = 0;
        (string Project, string Class) current = ("", "");
        foreach (Match match in Named().Matches(text))
        {
            if (match.Groups["project"].Success) current = (match.Groups["project"].Value, match.Groups["class"].Value);
            var method = match.Groups["method"].Value;
            var found = Find(current.Project, current.Class, method, match.Groups["cut"].Success);
            checkedTests++;
            if (found is null) wrong.Add($"{match.Value}: there is no such test in {current.Project}");
            else if (IsOfKiltedAlone(found) != match.Groups["kilted"].Success)
                wrong.Add($"{match.Value}: it runs {(IsOfKiltedAlone(found) ? "under Kilted alone" : "not under Kilted alone")}");
        }

        foreach (Match match in Launch().Matches(text))
        {
            checkedTests++;
            if (!File.ReadAllText(Path.Combine(Ros.Repository, "tests", "launch", "test_launch_files.py")).Contains($"def {match.Groups[1].Value}(", StringComparison.Ordinal))
                wrong.Add($"{match.Value}: there is no such test");
        }

        wrong.ShouldBeEmpty();
        checkedTests.ShouldBeGreaterThan(50);
    }

    /// <summary>The source of a test, or of a class; null when there is none.</summary>
    private static string? Find(string project, string @class, string method, bool cut)
    {
        string[] folders = [.. new[] { $"FerRos.{project}.Tests", $"FerRos.{project}" }.Select(name => Path.Combine(Ros.Repository, "tests", name)).Where(Directory.Exists)];
        if (folders.Length == 0) return null;
        foreach (var file in Directory.EnumerateFiles(folders[0], "*.cs", SearchOption.AllDirectories))
        {
            var source = File.ReadAllText(file);
            if (!Regex.IsMatch(source, $@"\bclass {@class}\b")) continue;
            if (method.Length == 0) return source;
            var tests = TestStart().Split(source).Skip(1);
            var test = tests.FirstOrDefault(test => Regex.IsMatch(test, $@"^    public .*\b{method}{(cut ? @"\w*" : "")}\(", RegexOptions.Multiline));

            // A class may be spread over files, and a test stand in the class that this one is derived from.
            if (test is not null) return source.Contains("class KiltedTests", StringComparison.Ordinal) ? test + Kilted : test;
        }

        return null;
    }

    private static bool IsOfKiltedAlone(string source) =>
        source.Contains(Kilted, StringComparison.Ordinal)
        && !source.Contains(Jazzy, StringComparison.Ordinal)
        && !source.Contains("(nameof(Distributions))", StringComparison.Ordinal);

    [GeneratedRegex(@"`(?:(?<project>[A-Z][A-Za-z0-9.]*)/(?<class>[A-Z]\w+)(?:\.(?<method>[A-Z]\w+))?|\.(?<method>[A-Z]\w*_\w+))(?<cut>\.\.\.)?`(?<kilted> \(Kilted\))?")]
    private static partial Regex Named();

    [GeneratedRegex(@"`launch\.(test_\w+)`")]
    private static partial Regex Launch();

    [GeneratedRegex(@"^    (?=\[(?:Fact|Theory)\b)", RegexOptions.Multiline)]
    private static partial Regex TestStart();
}
