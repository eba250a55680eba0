using FerRos.Ros2.Middleware;

namespace FerRos.Ros2;

/// <summary>What is known of a received message beside its content.</summary>
/// <param name="SourceTime">When it was published, by the publisher's system clock; zero: unknown.</param>
/// <param name="ReceivedTime">When it arrived here, by this machine's system clock.</param>
/// <param name="Publisher">Who published it.</param>
public readonly record struct MessageInfo(RosTime SourceTime, RosTime ReceivedTime, Gid Publisher);

/// <summary>Receives a message on a thread of the middleware. The message is filled again for the next one: keep what you need, not the message.</summary>
public delegate void MessageHandler<in T>(T message, in MessageInfo info);

/// <summary>Receives a serialized message on a thread of the middleware, without a copy. Its span is valid during the call only.</summary>
public delegate void SerializedMessageHandler(in ReceivedSample sample, in MessageInfo info);

/// <summary>A message that could not be read.</summary>
/// <param name="Name">Topic or service.</param>
/// <param name="Publisher">Name of the node that sent it, or its identifier where the graph does not tell.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Count">Unreadable messages here so far, this one included.</param>
public sealed record BadMessage(string Name, string Publisher, int Size, string Reason, long Count);
