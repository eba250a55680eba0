using System.Runtime.InteropServices;
using FerRos.Ros2.Middleware;
using FerRos.Ros2.Rcl.Interop;
using Microsoft.Extensions.Logging;

namespace FerRos.Ros2.Rcl;

/// <summary>
/// The middleware of the installed ROS 2: its own rcl and RMW, whichever they are, called without a C shim. The
/// environment must be sourced before the process starts, because the loader reads <c>LD_LIBRARY_PATH</c> then only.
/// </summary>
internal sealed class RclMiddleware : IMiddleware
{
    private readonly RclContextHandle _context;
    private readonly List<RclNode> _nodes = [];
    private readonly Lock _gate = new();
    private RclNode[] _snapshot = [];
    private bool _disposed;

    private unsafe RclMiddleware(MiddlewareOptions options)
    {
        Logger = options.Logger;
        if (options.Enclave is not ("/" or "")) Logger.EnclaveIgnored(options.Enclave);
        if (FastDdsMemory.IsUsedBy(Rmw)) FastDdsMemory.Reserve();
        _context = new RclContextHandle(options.DomainId);
        try
        {
            nuint domain;
            RclError.Check(NativeMethods.rcl_context_get_domain_id(_context, &domain), "Asking for the domain");
            DomainId = (int)domain;
            var distribution = Environment.GetEnvironmentVariable("ROS_DISTRO");
            var rmw = Rmw;
            Name = $"rcl ({(string.IsNullOrEmpty(distribution) ? "unknown distribution" : distribution)}, {rmw})";
            RequireCdr(rmw);
            Loop = new RclWaitLoop(_context, Logger, OnGraphChanged);
        }
        catch
        {
            _context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int DomainId { get; }

    /// <inheritdoc/>
    public string LossAdvice => FastDdsMemory.IsUsedBy(Rmw) ? FastDdsMemory.Advice : "";

    /// <summary>Whether the environment of a ROS 2 is sourced; its libraries may still be missing.</summary>
    public static bool IsSourced => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ROS_DISTRO"));

    /// <summary>Name of the RMW in use, e.g. <c>rmw_fastrtps_cpp</c>.</summary>
    public static unsafe string Rmw => Marshal.PtrToStringUTF8((nint)NativeMethods.rmw_get_implementation_identifier()) ?? "";

    internal ILogger Logger { get; }

    internal RclWaitLoop Loop { get; }

    /// <summary>Whether a ROS 2 is sourced and its librcl.so can be loaded.</summary>
    /// <param name="reason">Why not, as a sentence for the log; else which one.</param>
    public static bool IsAvailable(out string reason)
    {
        var distribution = Environment.GetEnvironmentVariable("ROS_DISTRO");
        if (string.IsNullOrEmpty(distribution))
        {
            reason = "No ROS 2 is sourced (ROS_DISTRO is not set).";
            return false;
        }

        if (!RclLibrary.TryLoad(out var error))
        {
            reason = $"ROS 2 '{distribution}' is sourced, but its {NativeMethods.Library} cannot be loaded: {error}.";
            return false;
        }

        reason = $"ROS 2 '{distribution}' is sourced.";
        return true;
    }

    /// <summary>Joins the graph.</summary>
    /// <exception cref="MiddlewareException">No usable ROS 2 is sourced, or it refused.</exception>
    public static RclMiddleware Create(MiddlewareOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.DomainId is < 0 or > 232)
            throw new MiddlewareException($"The ROS domain {options.DomainId} is not possible: it must be from 0 to 232.");
        if (!RclLibrary.TryLoad(out var error))
        {
            throw new MiddlewareException(
                $"{NativeMethods.Library} of ROS 2 cannot be loaded: {error}. Source the setup.bash of an installed ROS 2 before starting, "
                + "or use the embedded middleware (--middleware dds).");
        }

        _ = RclLayout.Current;
        return new RclMiddleware(options);
    }

    /// <summary>Sets the level of rcl's, the RMW's and other native loggers, which write to stderr.</summary>
    /// <param name="logger">Name of a logger; null: all that have no level of their own.</param>
    /// <param name="severity">rcutils' severity: 10 debug, 20 info, 30 warn, 40 error, 50 fatal.</param>
    /// <exception cref="MiddlewareException">rcutils refused.</exception>
    public static void SetNativeLoggerLevel(string? logger, int severity)
    {
        RclError.Check(NativeMethods.rcutils_logging_initialize(), "Initializing native logging");
        if (string.IsNullOrEmpty(logger)) NativeMethods.rcutils_logging_set_default_logger_level(severity);
        else RclError.Check(NativeMethods.rcutils_logging_set_logger_level(logger, severity), "Setting the level of logger", logger);
    }

    /// <summary>Looks for type support.</summary>
    /// <exception cref="MissingTypeSupportException">A type is not installed, or has other fields there.</exception>
    public static void Require(IEnumerable<InterfaceType> types)
    {
        foreach (var type in types) _ = RclTypeSupport.Message(type);
    }

    /// <inheritdoc/>
    public IMiddlewareNode CreateNode(string name, string @namespace)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var node = new RclNode(this, new RclNodeHandle(_context, name, @namespace));
        lock (_gate)
        {
            _nodes.Add(node);
            _snapshot = [.. _nodes];
        }

        Loop.Add(node.Handle);
        return node;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        RclNode[] nodes;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            nodes = [.. _nodes];
        }

        foreach (var node in nodes) await node.DisposeAsync().ConfigureAwait(false);
        Loop.Dispose();
        _context.Dispose();
    }

    internal void Forget(RclNode node)
    {
        lock (_gate)
        {
            _nodes.Remove(node);
            _snapshot = [.. _nodes];
        }
    }

    private static unsafe void RequireCdr(string rmw)
    {
        var format = Marshal.PtrToStringUTF8((nint)NativeMethods.rmw_get_serialization_format());
        if (format != "cdr")
            throw new MiddlewareException($"The RMW '{rmw}' serializes messages as '{format}'; only CDR is supported. Choose another by RMW_IMPLEMENTATION.");
    }

    private void OnGraphChanged()
    {
        foreach (var node in _snapshot) node.OnGraphChanged();
    }
}
