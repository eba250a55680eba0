using System.Runtime.InteropServices;
using FerRos.Ros2.Dds.Interop;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Dds;

/// <summary>
/// Keeps peers from ending the process. Participants of Fast DDS 3 (Kilted) ask each other for type objects, and the
/// replies go to every participant in the domain. Cyclone DDS 0.10 takes them in, although nobody here asked, and
/// crashes on type objects that it does not know (0.10.2 with two rclpy nodes of Kilted: always). It has no switch for
/// it. This middleware has no type objects and never asks for any, so the function that handles replies is made to
/// return at once: one instruction at its start.
/// </summary>
internal static unsafe partial class TypeLookupGuard
{
    private const string Function = "ddsi_tl_handle_reply";
    private const int ReadWriteExecute = 7;
    private const int ReadExecute = 5;

    private static readonly byte[] X64Return = [0xc3];
    private static readonly byte[] X64EndBranch = [0xf3, 0x0f, 0x1e, 0xfa];
    private static readonly byte[] Arm64Return = [0xc0, 0x03, 0x5f, 0xd6];
    private static readonly byte[] Arm64BranchTarget = [0x5f, 0x24, 0x03, 0xd5];

    private static readonly Lock Gate = new();
    private static bool applied;

    /// <summary>Applies the guard once a process, before the first participant. Releases that hide the function are left alone.</summary>
    public static void Apply(ILogger logger)
    {
        lock (Gate)
        {
            if (applied)
                return;
            applied = true;
            if (!NativeLibrary.TryGetExport(Ddsc.Handle, Function, out nint address))
                return;
            (byte[] code, byte[] mark)? known = RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => (X64Return, X64EndBranch),
                Architecture.Arm64 => (Arm64Return, Arm64BranchTarget),
                _ => null,
            };
            if (known is not { } instructions || !Write(address, instructions.code, instructions.mark))
                DdsLog.TypeLookupUnguarded(logger);
        }
    }

    private static bool Write(nint function, byte[] code, byte[] mark)
    {
        // The mark of a branch target, where the compiler has set one, stays.
        if (new ReadOnlySpan<byte>((void*)function, mark.Length).SequenceEqual(mark))
            function += mark.Length;
        nint page = function & ~(nint)(Environment.SystemPageSize - 1);
        nuint length = (nuint)(function + code.Length - page);

        // Other threads may run code of this page meanwhile: it stays executable throughout.
        if (mprotect((void*)page, length, ReadWriteExecute) != 0)
            return false;
        code.CopyTo(new Span<byte>((void*)function, code.Length));
        _ = mprotect((void*)page, length, ReadExecute);
        return true;
    }

    [LibraryImport("libc")]
    private static partial int mprotect(void* address, nuint length, int protection);
}
