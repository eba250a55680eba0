using System.Runtime.InteropServices;
using FerRos.Ros2.Interop;

namespace FerRos.Ros2.Dds.Interop;

/// <summary>
/// The functions of Cyclone DDS (libddsc) that are used, under their C names, one file a group. The signatures are
/// those of 0.10; none of them changed up to the newest release. Wrong or stale entity handles are refused by the
/// library itself; serdata and sertype pointers are not, see <see cref="Serdata"/>.
/// </summary>
internal static unsafe partial class Ddsc
{
    public const string Library = "ddsc";

    /// <summary>Environment variable naming the library to use instead of the installed one.</summary>
    public const string PathVariable = "FERROS_DDSC";

    // Debian and Ubuntu rename the library; ROS installations and upstream builds do not.
    private static readonly string[] Candidates = ["libddsc.so.0debian", "libddsc.so.0", "libddsc.so.11", "libddsc.so"];

#pragma warning disable CA1810 // The loader must be registered before the first import of any file of this class.
    static Ddsc() => NativeLibraries.Register(Library, Load);
#pragma warning restore CA1810

    /// <summary>The loaded library.</summary>
    /// <exception cref="MiddlewareException">It is not installed.</exception>
    public static nint Handle => NativeLibraries.Load(Library);

    private static nint Load()
    {
        string? chosen = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(chosen))
        {
            return NativeLibrary.TryLoad(chosen, out nint handle)
                ? handle
                : throw new MiddlewareException(
                    $"{PathVariable} names '{chosen}', which could not be loaded: give the path of a libddsc.so of Cyclone DDS 0.10 or later, or unset it.");
        }

        foreach (string candidate in Candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
                return handle;
        }

        throw new MiddlewareException(
            $"Cyclone DDS (libddsc) was not found; tried {string.Join(", ", Candidates)}. Install it with 'apt-get install libddsc0debian' (Debian 12; on Ubuntu 24.04 the package is libddsc0t64) "
            + $"or 'apt-get install ros-$ROS_DISTRO-cyclonedds' and source ROS's setup.bash, or set {PathVariable} to the path of the library.");
    }
}
