using System.Diagnostics;

namespace FerRos.Perception.Tests.Support;

/// <summary>Finds files of the repository and of the shared folder.</summary>
internal static class Repository
{
    private static readonly Lock Unpacking = new();

    public static string Root { get; } = FindRoot();

    public static string Asset(string name) => Path.Combine(Root, "assets", name);

    /// <summary>The shared folder; skips the test where there is none.</summary>
    public static string Shared(string path)
    {
        string shared = Environment.GetEnvironmentVariable("FERROS_SHARED") is { Length: > 0 } named
            ? named
            : Path.GetFullPath(Path.Combine(Root, "..", "shared"));
        string full = Path.Combine(shared, path);
        if (!Path.Exists(full))
            Assert.Skip($"{path} is not there; set FERROS_SHARED to the folder that holds it.");
        return full;
    }

    /// <summary>An unpacked archive of the shared folder; unpacks it once into the repository's cache.</summary>
    public static string Data(string name)
    {
        // Classes of tests run side by side.
        lock (Unpacking)
            return FindOrUnpack(name);
    }

    private static string FindOrUnpack(string name)
    {
        string cache = Path.Combine(Root, ".ferros", "data");
        foreach (string? place in (string?[])[Environment.GetEnvironmentVariable("FERROS_DATA"), Path.Combine(Root, "..", "data"), cache])
        {
            if (!string.IsNullOrEmpty(place) && Directory.Exists(Path.Combine(place, name)))
                return Path.GetFullPath(Path.Combine(place, name));
        }

        string archive = Shared(Path.Combine("data", name + ".tar.xz"));
        string unpacking = Path.Combine(cache, $"{name}.{Environment.ProcessId}");
        Directory.CreateDirectory(unpacking);
        using Process tar = Process.Start("tar", ["xJf", archive, "-C", unpacking]);
        tar.WaitForExit();
        tar.ExitCode.ShouldBe(0, $"tar could not unpack {archive}");
        Directory.Move(Path.Combine(unpacking, name), Path.Combine(cache, name));
        Directory.Delete(unpacking);
        return Path.Combine(cache, name);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests run from a checkout of the repository.");
    }
}
