using System.Reflection;
using System.Runtime.InteropServices;

namespace FerRos.OpenCv.Native;

/// <summary>Finds libferros_opencv.so, loads it on first use, and refuses one that was built from other sources.</summary>
internal static unsafe class ShimLoader
{
    /// <summary>The number in native/include/ferros_opencv.h that this binding was written for.</summary>
    private const int Abi = 1;

    private const string FileName = "lib" + NativeMethods.Library + ".so";

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == NativeMethods.Library ? Load(SearchPath().ToArray()) : 0;

    /// <summary>Folders in the order in which they are searched.</summary>
    internal static IEnumerable<string> SearchPath()
    {
        if (Environment.GetEnvironmentVariable("FERROS_NATIVE") is { Length: > 0 } chosen)
            yield return Path.GetFullPath(chosen);

        yield return AppContext.BaseDirectory;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", Rid, "native");
        if (RepositoryRoot() is { } root)
            yield return Path.Combine(root, "artifacts", "native", Rid);
    }

    internal static nint Load(IReadOnlyCollection<string> folders)
    {
        foreach (string folder in folders)
        {
            string file = Path.Combine(folder, FileName);
            if (File.Exists(file))
                return LoadFile(file);
        }

        throw new OpenCvNotFoundException(
            $"OpenCV is needed for JPEG, PNG, video and cameras, and {FileName}, the library that binds it, is in none of: {string.Join(", ", folders)}. {Remedy}");
    }

    private static string Rid => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    private static string Remedy => RepositoryRoot() is { } root
        ? $"Run: sudo apt-get install libopencv-dev cmake g++ && {Path.Combine(root, "src/FerRos.OpenCv/native/build.sh")}"
        : "Install OpenCV and the build tools (sudo apt-get install libopencv-dev cmake g++), run src/FerRos.OpenCv/native/build.sh of the FerRos sources, and set FERROS_NATIVE to the folder that holds the result";

    private static nint LoadFile(string file)
    {
        nint library;
        try
        {
            library = NativeLibrary.Load(file);
        }
        catch (DllNotFoundException exception)
        {
            // The dynamic linker's text names the library of OpenCV that is missing or has another version.
            throw new OpenCvNotFoundException($"{file} does not load, because OpenCV's own libraries are missing or of another version. {Remedy}\n{exception.Message}", exception);
        }

        int abi = NativeLibrary.TryGetExport(library, "ferros_cv_abi", out nint function) ? ((delegate* unmanaged<int>)function)() : 0;
        return abi == Abi
            ? library
            : throw new OpenCvNotFoundException($"{file} was built from other sources (interface {abi}, needed {Abi}). {Remedy}");
    }

    /// <summary>The checkout that the program was built in, if it runs from one.</summary>
    private static string? RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "src/FerRos.OpenCv/native/build.sh")))
                return folder.FullName;
        }

        return null;
    }
}
