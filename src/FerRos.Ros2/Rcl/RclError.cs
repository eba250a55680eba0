using System.Runtime.InteropServices;
using FerRos.Ros2.Rcl.Interop;

namespace FerRos.Ros2.Rcl;

/// <summary>Turns rcl's return codes and its error text into exceptions.</summary>
internal static unsafe class RclError
{
    /// <summary>
    /// Throws when a call failed. The error state is thread local: call this on the thread of the failed call,
    /// with nothing native in between.
    /// </summary>
    /// <param name="code">What the function returned.</param>
    /// <param name="operation">What was attempted, as the start of a sentence: "Creating publisher".</param>
    /// <param name="subject">The name of what it was attempted on; empty: none.</param>
    public static void Check(int code, string operation, string subject = "")
    {
        if (code != rcl_ret_t.OK) throw Failure(code, operation, subject);
    }

    /// <summary>The exception for a failed call. Takes the error text away from rcl.</summary>
    public static MiddlewareException Failure(int code, string operation, string subject = "")
    {
        var what = subject.Length == 0 ? operation : $"{operation} '{subject}'";
        var text = Take();
        return new MiddlewareException($"{what} failed: {(text.Length == 0 ? "no reason given" : text)} ({rcl_ret_t.Name(code)}).");
    }

    /// <summary>
    /// Reads and resets this thread's error text; empty when there is none. Left set, the next error would make
    /// rcutils complain on stderr about an error that is overwritten.
    /// </summary>
    public static string Take()
    {
        if (NativeMethods.rcutils_error_is_set() == 0) return "";
        var state = NativeMethods.rcutils_get_error_state();
        var text = state == null ? "" : Marshal.PtrToStringUTF8((nint)state) ?? "";
        NativeMethods.rcutils_reset_error();
        return text.TrimEnd();
    }
}
