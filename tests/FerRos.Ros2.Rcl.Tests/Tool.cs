using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>rclpy as a user's command-line tools: <c>peers/tool.py</c> in a process of its own.</summary>
internal sealed class Tool : IDisposable
{
    private readonly Peer _peer = new("tool");

    public Tool() => _peer.Next("answer");

    /// <summary>
    /// Makes the client of a service, for a call later that must not be made twice. A server whose RMW has not found a client
    /// yet drops its response; clients are found in the order in which they were made, so once a server has answered one that
    /// was made after this, it knows this one.
    /// </summary>
    public void Prepare(string type, string name) => Do("prepare", new { type, name });

    /// <summary>Calls a service and returns the response's fields. A question without a request may be asked again where no answer comes.</summary>
    public JsonObject Call(string type, string name, object? request = null) => Do("call", new { type, name, request, again = request is null }).AsObject();

    /// <summary>Listens to a topic from now on.</summary>
    public void Hear(string type, string topic) => Do("hear", new { type, topic });

    /// <summary>What was heard since the last time, once there is so much of it.</summary>
    public JsonArray Heard(string topic, int count) => Do("heard", new { topic, count }).AsArray();

    /// <summary>Calls a method of rclpy's parameter client.</summary>
    public JsonObject Parameters(string node, string method, params (string Name, object? Value)[] arguments)
    {
        var order = new JsonObject { ["node"] = node, ["method"] = method };
        foreach (var (name, value) in arguments) order[name] = JsonSerializer.SerializeToNode(value);
        return Do("parameters", order).AsObject();
    }

    /// <summary>Has an order carried out.</summary>
    public JsonNode Do(string order, object arguments)
    {
        var text = JsonSerializer.SerializeToNode(arguments)!.AsObject();
        text["do"] = order;
        _peer.Say(text.ToJsonString());
        var said = _peer.Next();
        if (said["error"] is { } error) Assert.Fail($"rclpy could not do {text.ToJsonString()}: {error}");
        return said["answer"]!;
    }

    public void Dispose() => _peer.Dispose();
}
