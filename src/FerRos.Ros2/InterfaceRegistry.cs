using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace FerRos.Ros2;

/// <summary>
/// All messages and services that loaded assemblies hold, by their ROS names. Assemblies with generated interfaces
/// enter themselves when one of their types is first used, or when their <c>InterfaceCatalog.Register()</c> is called.
/// </summary>
public static class InterfaceRegistry
{
    private static readonly ConcurrentDictionary<string, Func<MessageDescriptor>> Messages = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Func<ServiceDescriptor>> Services = new(StringComparer.Ordinal);

    /// <summary>ROS names of all known messages, those of services included, sorted.</summary>
    public static IReadOnlyList<string> MessageNames => [.. Messages.Keys.Order(StringComparer.Ordinal)];

    /// <summary>ROS names of all known services, sorted.</summary>
    public static IReadOnlyList<string> ServiceNames => [.. Services.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Enters a message; generated code calls this. A name that is there already keeps its meaning.</summary>
    /// <param name="name">ROS name, <c>sensor_msgs/msg/Image</c>.</param>
    /// <param name="descriptor">Gives the description; called when it is asked for.</param>
    public static void AddMessage(string name, Func<MessageDescriptor> descriptor) => Messages.TryAdd(name, descriptor);

    /// <summary>Enters a service; generated code calls this. A name that is there already keeps its meaning.</summary>
    /// <param name="name">ROS name, <c>std_srvs/srv/Trigger</c>.</param>
    /// <param name="descriptor">Gives the description; called when it is asked for.</param>
    public static void AddService(string name, Func<ServiceDescriptor> descriptor) => Services.TryAdd(name, descriptor);

    /// <summary>Finds a message.</summary>
    /// <param name="name">ROS name; <c>sensor_msgs/Image</c> is understood too.</param>
    /// <param name="descriptor">Its description.</param>
    public static bool TryGetMessage(string name, [NotNullWhen(true)] out MessageDescriptor? descriptor)
    {
        descriptor = Messages.TryGetValue(Complete(name, "msg"), out Func<MessageDescriptor>? get) ? get() : null;
        return descriptor is not null;
    }

    /// <summary>Finds a service.</summary>
    /// <param name="name">ROS name; <c>std_srvs/Trigger</c> is understood too.</param>
    /// <param name="descriptor">Its description.</param>
    public static bool TryGetService(string name, [NotNullWhen(true)] out ServiceDescriptor? descriptor)
    {
        descriptor = Services.TryGetValue(Complete(name, "srv"), out Func<ServiceDescriptor>? get) ? get() : null;
        return descriptor is not null;
    }

    private static string Complete(string name, string category)
    {
        ArgumentNullException.ThrowIfNull(name);
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash == name.LastIndexOf('/') ? $"{name[..slash]}/{category}{name[slash..]}" : name;
    }
}
