using FerRos.Ros2;
using FerRos.Tests.Oracle;

namespace FerRos.Interfaces.Tests;

/// <summary>All message types of the solution.</summary>
internal static class Known
{
    static Known() => InterfaceCatalog.Register();

    public static IReadOnlyList<MessageDescriptor> Messages { get; } = [.. MessageNames.Select(Message)];

    private static IReadOnlyList<string> MessageNames
    {
        get
        {
            InterfaceCatalog.Register();
            Ros2.InterfaceCatalog.Register();
            return InterfaceRegistry.MessageNames;
        }
    }

    public static MessageDescriptor Message(string name) =>
        InterfaceRegistry.TryGetMessage(name, out MessageDescriptor? type) ? type : throw new InvalidOperationException($"{name} is not registered.");

    /// <summary>A random message and the bytes that the reference encoder gives it.</summary>
    public static (IMessage Message, byte[] Cdr) Random(MessageDescriptor type, int seed, bool bigEndian = false)
    {
        var json = new RandomJson(seed).Message(type);
        return (Exchange.FromJson(type, json), ReferenceEncoder.Encode(type, json, bigEndian).Cdr);
    }
}
