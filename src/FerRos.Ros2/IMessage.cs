using System.Text.Json;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Json;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2;

/// <summary>A ROS 2 message. Generated from interface files; mutable, so that one instance can be filled again and again.</summary>
public interface IMessage
{
    /// <summary>Name, type hash and fields.</summary>
    MessageDescriptor Descriptor { get; }

    /// <summary>Appends the body in XCDR1.</summary>
    void Write(ref CdrWriter writer);

    /// <summary>
    /// Replaces all fields by what the reader holds. Lists, arrays and unchanged strings are kept and filled again,
    /// so reading messages of a stable shape into one instance allocates nothing.
    /// </summary>
    /// <exception cref="CdrException">The data are short, or hold a length that cannot be.</exception>
    void Read(ref CdrReader reader);

    /// <summary>Writes the message as one JSON object with the fields' ROS names. NaN and infinities become null.</summary>
    void WriteJson(Utf8JsonWriter writer, JsonMessageOptions options);

    /// <summary>Sets the fields that the JSON object names; the others keep their values. Null is NaN for floats.</summary>
    /// <exception cref="MessageJsonException">A field is unknown, or its value has the wrong type or is out of range.</exception>
    void ReadJson(JsonElement json);
}

/// <summary>A ROS 2 message whose type is known at compile time.</summary>
/// <typeparam name="TSelf">The message itself.</typeparam>
public interface IMessage<TSelf> : IMessage
    where TSelf : class, IMessage<TSelf>, new()
{
    /// <summary>Name, type hash and fields.</summary>
    static abstract MessageDescriptor MessageType { get; }
}

/// <summary>A ROS 2 service: generated, one static instance a service, passed to <c>CreateService</c> and <c>CreateClient</c>.</summary>
/// <typeparam name="TRequest">Request message.</typeparam>
/// <typeparam name="TResponse">Response message.</typeparam>
public sealed class ServiceType<TRequest, TResponse>
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    /// <summary>Creates the description of a service; generated code calls this.</summary>
    /// <param name="name">ROS name, <c>std_srvs/srv/Trigger</c>.</param>
    /// <param name="hash">RIHS01 hash of the service.</param>
    /// <param name="eventMessage">Event message of service introspection.</param>
    /// <param name="source">The interface file that defines it.</param>
    public ServiceType(string name, string hash, MessageDescriptor eventMessage, InterfaceSource source)
    {
        Descriptor = new ServiceDescriptor(
            new ServiceInterfaceType(name, hash, TRequest.MessageType.Interface, TResponse.MessageType.Interface),
            TRequest.MessageType,
            TResponse.MessageType,
            eventMessage,
            source);
    }

    /// <summary>Names and hashes of the service and its two messages.</summary>
    public ServiceInterfaceType Interface => Descriptor.Interface;

    /// <summary>The service and its messages.</summary>
    public ServiceDescriptor Descriptor { get; }
}
