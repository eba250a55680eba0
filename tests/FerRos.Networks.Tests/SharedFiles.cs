using System.Runtime.CompilerServices;
using Xunit;

namespace FerRos.Networks.Tests;

/// <summary>Finds the reference files that are kept beside the repository, and skips the test where they are not.</summary>
internal static class SharedFiles
{
    /// <summary>A file of the shared folder, which is there.</summary>
    public static string Find(string relative)
    {
        var path = PathOf(relative);
        Assert.SkipUnless(File.Exists(path), $"{path} is not there; set FERROS_SHARED to the folder with the reference files");
        return path;
    }

    /// <summary>Where a file of the shared folder would be.</summary>
    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(
        Environment.GetEnvironmentVariable("FERROS_SHARED") is { Length: > 0 } named ? named : Path.Combine(RepositoryRoot, "..", "shared"),
        relative));

    /// <summary>The root of the repository.</summary>
    public static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
