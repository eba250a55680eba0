using System.Reflection;
using System.Runtime.InteropServices;

namespace FerRos.Torch.Native;

/// <summary>Finds libferros_torch.so, loads it on first use, and refuses one that was built from other sources.</summary>
internal static unsafe class ShimLoader
{
    /// <summary>FERROS_TORCH_ABI of native/include/ferros_torch.h that this binding was written for.</summary>
    private const int Abi = 2;

    private const string FileName = "lib" + NativeTorch.Library + ".so";
    private const string BuildScript = "src/FerRos.Torch/native/build.sh";
    private const string Packages = "sudo apt-get install libtorch-dev libopenblas0-pthread cmake g++";

    private static string Rid => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    private static string Remedy => RepositoryRoot() is { } root
        ? $"Run: {Packages} && {Path.Combine(root, BuildScript)}"
        : $"Install libtorch and the build tools ({Packages}), run {BuildScript} of the FerRos sources, and set FERROS_NATIVE to the folder that holds the result";

    internal static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == NativeTorch.Library ? Load([.. SearchPath()]) : IntPtr.Zero;

    /// <summary>Loads the shim from the first folder that has it.</summary>
    /// <exception cref="TorchNotInstalledException">None has, or what is there does not load or fit.</exception>
    internal static IntPtr Load(IReadOnlyCollection<string> folders)
    {
        var file = folders.Select(f => Path.Combine(f, FileName)).FirstOrDefault(File.Exists)
            ?? throw new TorchNotInstalledException(
                $"libtorch is needed for training and CUDA, and {FileName}, the library that binds it, is in none of: {string.Join(", ", folders)}. {Remedy}");
        IntPtr library;
        try
        {
            library = NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e)
        {
            // The dynamic linker's text names the library of libtorch that is missing or has another version.
            throw new TorchNotInstalledException($"{file} does not load: {e.Message.Trim()}. {Remedy}", e);
        }

        var abi = NativeLibrary.TryGetExport(library, "ferros_torch_abi", out var function) ? ((delegate* unmanaged<int>)function)() : 0;
        return abi == Abi
            ? library
            : throw new TorchNotInstalledException($"{file} was built from other sources (interface {abi}, needed {Abi}). {Remedy}");
    }

    /// <summary>Folders in the order in which they are searched.</summary>
    private static IEnumerable<string> SearchPath()
    {
        if (Environment.GetEnvironmentVariable("FERROS_NATIVE") is { Length: > 0 } chosen)
            yield return Path.GetFullPath(chosen);
        yield return AppContext.BaseDirectory;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", Rid, "native");
        if (RepositoryRoot() is { } root)
            yield return Path.Combine(root, "artifacts", "native", Rid);
    }

    /// <summary>The checkout that the program was built in, if it runs from one.</summary>
    private static string? RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, BuildScript)))
                return folder.FullName;
        }

        return null;
    }
}
