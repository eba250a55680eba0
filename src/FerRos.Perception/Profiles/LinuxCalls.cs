using System.Runtime.InteropServices;

namespace FerRos.Perception.Files;

/// <summary>What .NET has no function for.</summary>
internal static partial class LinuxCalls
{
    private const int ReadOnlyDirectory = 0x10000;
    private const int CloseOnExec = 0x80000;
    private const int OfProcess = 0;

    /// <summary>Lets the names in a folder reach the disk: a renamed file is not safe before.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        // O_DIRECTORY has another value on arm64; O_RDONLY alone opens folders, too.
        int flags = (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? ReadOnlyDirectory : 0) | CloseOnExec;
        int file = Open(path, flags);
        if (file < 0)
            throw Failed(path);
        try
        {
            if (FlushToDisk(file) < 0)
                throw Failed(path);
        }
        finally
        {
            _ = Close(file);
        }
    }

    /// <summary>Sets the nice value of the calling thread alone: on Linux each thread has its own.</summary>
    /// <param name="nice">-20 (first) to 19 (last).</param>
    /// <returns>False where it is not possible or not allowed.</returns>
    public static bool TrySetNice(int nice)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            return SetPriority(OfProcess, (uint)ThreadId(), nice) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library before 2.30 has no gettid.
            return false;
        }
    }

    private static IOException Failed(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushToDisk(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int nice);
}
