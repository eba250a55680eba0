using System.Runtime.CompilerServices;
using Xunit;

namespace FerRos.Networks.Tests;

/// <summary>Finds the reference files that are kept beside the repository, and skips the test where they are not.</summary>
internal static class SharedFiles
{
    /// <summary>A file of the shared folder.</summary>
    public static string Find(string relative)
    {
        var folder = Environment.GetEnvironmentVariable("FERROS_SHARED") is { Length: > 0 } named
            ? named
            : Path.Combine(RepositoryRoot, "..", "shared");
        var path = Path.GetFullPath(Path.Combine(folder, relative));
        Assert.SkipUnless(File.Exists(path), $"{path} is not there; set FERROS_SHARED to the folder with the reference files");
        return path;
    }

    /// <summary>The root of the repository.</summary>
    public static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
