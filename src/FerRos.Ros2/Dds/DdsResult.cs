using System.Runtime.InteropServices;
using FerRos.Ros2.Dds.Interop;

namespace FerRos.Ros2.Dds;

/// <summary>Turns Cyclone's return codes into exceptions that say what was asked.</summary>
internal static class DdsResult
{
    public const int Error = -1;
    public const int BadParameter = -3;
    public const int PreconditionNotMet = -4;
    public const int AlreadyDeleted = -9;
    public const int Timeout = -10;

    /// <summary>Returns the code when it is a success (zero, a count or a handle), and throws otherwise.</summary>
    public static int Check(int code, string operation) =>
        code >= 0 ? code : throw new MiddlewareException($"Cyclone DDS could not {operation}: {Describe(code)} ({code}).");

    /// <summary>The library's own text for a code.</summary>
    public static string Describe(int code) => Marshal.PtrToStringUTF8(Ddsc.dds_strretcode(code)) ?? "unknown error";
}
