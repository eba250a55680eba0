using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Rcl;

/// <summary>
/// A type that the sourced ROS 2 does not have. rcl needs the type support of every type that it sends or receives,
/// so the package must be installed, or built in a sourced workspace.
/// </summary>
public sealed class MissingTypeSupportException : MiddlewareException
{
    /// <summary>Creates the exception.</summary>
    public MissingTypeSupportException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public MissingTypeSupportException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public MissingTypeSupportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Type support of a message, and the functions that make and destroy native messages.</summary>
/// <param name="Handle">rosidl_message_type_support_t.</param>
/// <param name="Create">Returns a message with its default values, or null.</param>
/// <param name="Destroy">Frees a message.</param>
internal sealed unsafe record RclMessageSupport(
    nint Handle,
    nint Create,
    nint Destroy)
{
    /// <summary>A new native message, to be freed with <see cref="Free"/>.</summary>
    public nint Allocate(string type)
    {
        var message = ((delegate* unmanaged[Cdecl]<nint>)Create)();
        return message != 0 ? message : throw new MiddlewareException($"No memory for a native '{type}'.");
    }

    public void Free(nint message) => ((delegate* unmanaged[Cdecl]<nint, void>)Destroy)(message);
}

/// <summary>Type support of a service.</summary>
internal sealed record RclServiceSupport(nint Handle, RclMessageSupport Request, RclMessageSupport Response);

/// <summary>Finds type support in the libraries that ROS 2's message generators make.</summary>
internal static unsafe class RclTypeSupport
{
    private static readonly ConcurrentDictionary<string, nint> Libraries = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<InterfaceType, nint> Messages = new();
    private static readonly ConcurrentDictionary<ServiceInterfaceType, RclServiceSupport> Services = new();

    /// <summary>Type support of a message that is published or subscribed to.</summary>
    /// <exception cref="MissingTypeSupportException">The package or the type is not there, or has other fields.</exception>
    public static nint Message(InterfaceType type) => Messages.GetOrAdd(type, static type =>
    {
        var name = TypeName.Parse(type.Name, "msg");
        CheckHash(name, type.Hash);
        return Handle(name, "message");
    });

    /// <summary>Type support of a service.</summary>
    /// <exception cref="MissingTypeSupportException">The package or the type is not there, or has other fields.</exception>
    public static RclServiceSupport Service(ServiceInterfaceType type) => Services.GetOrAdd(type, static type =>
    {
        var name = TypeName.Parse(type.Name, "srv");
        CheckHash(name, type.Hash);
        return new RclServiceSupport(
            Handle(name, "service"),
            Part(name with { Name = name.Name + "_Request" }),
            Part(name with { Name = name.Name + "_Response" }));
    });

    private static RclMessageSupport Part(TypeName name)
    {
        var generator = Library(name, "rosidl_generator_c");
        return new RclMessageSupport(
            Handle(name, "message"),
            Export(generator, name, $"{name.Symbol}__create"),
            Export(generator, name, $"{name.Symbol}__destroy"));
    }

    private static nint Handle(TypeName name, string kind)
    {
        var library = Library(name, "rosidl_typesupport_c");
        var getter = Export(library, name, $"rosidl_typesupport_c__get_{kind}_type_support_handle__{name.Symbol}");
        var handle = ((delegate* unmanaged[Cdecl]<nint>)getter)();
        return handle != 0 ? handle : throw new MiddlewareException($"The installed package '{name.Package}' gives no type support for '{name}'.");
    }

    /// <summary>
    /// Compares the type's hash with that of the installed definition: where they differ, so do the fields, and every
    /// sample would be garbage. Distributions before Iron have no hashes.
    /// </summary>
    private static void CheckHash(TypeName name, string expected)
    {
        if (expected.Length == 0) return;
        var generator = Library(name, "rosidl_generator_c");
        if (!NativeLibrary.TryGetExport(generator, $"{name.Symbol}__get_type_hash", out var function)) return;
        var hash = ((delegate* unmanaged[Cdecl]<nint, byte*>)function)(0);
        var installed = ReadHash(new ReadOnlySpan<byte>(hash, HashLength));
        if (installed.Length == 0 || installed == expected) return;
        throw new MissingTypeSupportException(
            $"The installed definition of '{name}' has other fields than the one this program was built with "
            + $"(type hash {installed}, expected {expected}). Install or build a matching version of the package '{name.Package}'.");
    }

    /// <summary>Size of rosidl_type_hash_t: version, then 32 bytes.</summary>
    public const int HashLength = 33;

    /// <summary>Text of a rosidl_type_hash_t; empty for version 0 (not set) and versions unknown.</summary>
    public static string ReadHash(ReadOnlySpan<byte> hash) =>
        hash[0] == 1 ? "RIHS01_" + Convert.ToHexStringLower(hash[1..HashLength]) : "";

    private static nint Export(nint library, TypeName name, string symbol) =>
        NativeLibrary.TryGetExport(library, symbol, out var address)
            ? address
            : throw new MissingTypeSupportException(
                $"The installed package '{name.Package}' has no type '{name}': its version does not fit. "
                + $"Update {DebianPackage(name.Package)}, or rebuild the workspace that provides it.");

    private static nint Library(TypeName name, string part)
    {
        var file = $"lib{name.Package}__{part}.so";
        if (Libraries.TryGetValue(file, out var library)) return library;
        library = Load(name, file);
        Libraries.TryAdd(file, library);
        return library;
    }

    private static nint Load(TypeName name, string file)
    {
        // By name through LD_LIBRARY_PATH, then in the prefixes that ament knows.
        if (NativeLibrary.TryLoad(file, out var library)) return library;
        var prefixes = RclLibrary.Prefixes();
        foreach (var prefix in prefixes)
        {
            var path = Path.Combine(prefix, "lib", file);
            if (!File.Exists(path)) continue;
            try
            {
                return NativeLibrary.Load(path);
            }
            catch (DllNotFoundException exception)
            {
                throw new MissingTypeSupportException(
                    $"The type support of '{name}' is there ({path}) but cannot be loaded: {exception.Message} "
                    + $"Reinstall {DebianPackage(name.Package)}, or source the workspace's setup.bash before starting.",
                    exception);
            }
        }

        throw new MissingTypeSupportException(
            $"The sourced ROS 2 has no type support for '{name}': {file} is in none of the prefixes {string.Join(", ", prefixes)}. "
            + $"Install {DebianPackage(name.Package)}, or build the package '{name.Package}' with colcon and source that workspace's setup.bash before starting, or start with --middleware dds.");
    }

    private static string DebianPackage(string package) =>
        $"ros-{Environment.GetEnvironmentVariable("ROS_DISTRO") ?? "<distro>"}-{package.Replace('_', '-')}";

    /// <summary>A type name in its parts.</summary>
    private sealed record TypeName(string Package, string Kind, string Name)
    {
        /// <summary>As in the names of C functions.</summary>
        public string Symbol => $"{Package}__{Kind}__{Name}";

        public static TypeName Parse(string type, string kind)
        {
            var parts = type.Split('/');
            if (parts.Length == 3 && (parts[1] == kind || (kind == "msg" && parts[1] is "srv" or "action")) && IsIdentifier(parts[0]) && IsIdentifier(parts[2]))
                return new TypeName(parts[0], parts[1], parts[2]);
            throw new MiddlewareException($"'{type}' is not a type name: expected package/{kind}/Name.");
        }

        public override string ToString() => $"{Package}/{Kind}/{Name}";

        private static bool IsIdentifier(string text) =>
            text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }
}
