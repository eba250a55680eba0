using System.Runtime.InteropServices;
using FerRos.Ros2.Interop;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>Loads librcl.so of the sourced ROS 2.</summary>
internal static unsafe class RclLibrary
{
    private static readonly Lazy<(nint Handle, string Error)> Loaded = new(Load);

    /// <summary>Makes this the way in which the imports find the library.</summary>
    public static void Register() =>
        NativeLibraries.Register(NativeMethods.Library, static () => Loaded.Value.Handle != 0
            ? Loaded.Value.Handle
            : throw new DllNotFoundException(Loaded.Value.Error));

    /// <summary>Loads the library, once; whether it is there.</summary>
    /// <param name="error">The loader's reason when it is not.</param>
    public static bool TryLoad(out string error)
    {
        error = Loaded.Value.Error;
        return Loaded.Value.Handle != 0;
    }

    /// <summary>Whether the loaded ROS 2 has a function.</summary>
    public static bool Has(string function) => TryLoad(out _) && NativeLibrary.TryGetExport(Loaded.Value.Handle, function, out _);

    private static (nint Handle, string Error) Load()
    {
        if (!OperatingSystem.IsLinux()) return (0, "the rcl middleware runs on Linux only");
        var error = Open(NativeMethods.Library, NativeMethods.RTLD_LAZY);
        if (error is not null && error.Contains("undefined symbol: Py", StringComparison.Ordinal) && OpenPython())
        {
            // ROS 2 as Python wheels links rcl to the Python side of some message packages, which a Python
            // interpreter would satisfy. Nothing of it is ever called.
            error = Open(NativeMethods.Library, NativeMethods.RTLD_LAZY);
        }

        return error is null ? (NativeLibrary.Load(NativeMethods.Library), "") : (0, error);
    }

    private static bool OpenPython()
    {
        foreach (var prefix in Prefixes())
        {
            var folder = Path.Combine(prefix, "lib");
            if (!Directory.Exists(folder)) continue;
            foreach (var python in Directory.EnumerateDirectories(folder, "python3*"))
            {
                if (Open($"lib{Path.GetFileName(python)}.so.1.0", NativeMethods.RTLD_LAZY | NativeMethods.RTLD_GLOBAL) is null) return true;
            }
        }

        return false;
    }

    /// <summary>The prefixes of the sourced workspaces, in the order in which they are searched.</summary>
    public static string[] Prefixes() =>
        (Environment.GetEnvironmentVariable("AMENT_PREFIX_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Opens a library for the rest of the process; the reason when that fails.</summary>
    private static string? Open(string library, int flags)
    {
        // The first call of a function looks it up, which resets the loader's error: so this one is looked up before.
        NativeMethods.dlerror();
        return NativeMethods.dlopen(library, flags) != 0 ? null : Marshal.PtrToStringUTF8((nint)NativeMethods.dlerror()) ?? "unknown reason";
    }
}
