using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerRos.Ros2.Interop;

/// <summary>
/// Finds the native libraries of this assembly. An assembly can have one import resolver only, so each binding
/// registers its own search under the name that its <c>LibraryImport</c> declarations use.
/// </summary>
internal static class NativeLibraries
{
    private static readonly ConcurrentDictionary<string, Lazy<nint>> Loaders = new(StringComparer.Ordinal);

    /// <summary>Registers how to load a library; called once, from the static constructor of its binding.</summary>
    /// <param name="name">The name in the import declarations.</param>
    /// <param name="load">Returns the handle, or throws an exception that says what to install.</param>
    public static void Register(string name, Func<nint> load) =>
        Loaders[name] = new Lazy<nint>(load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>The handle of a registered library, loaded when it is not yet.</summary>
    public static nint Load(string name) => Loaders[name].Value;

#pragma warning disable CA2255 // The resolver must be in place before the first import, whichever binding makes it.
    [ModuleInitializer]
    internal static void Install() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
#pragma warning restore CA2255

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        Loaders.TryGetValue(name, out Lazy<nint>? loader) ? loader.Value : 0;
}
