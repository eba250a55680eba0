using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FerRos.Integration.Support;

/// <summary>rclpy as a user's command-line tools, <c>peers/tool.py</c>: calls any service, hears any topic.</summary>
internal sealed class Tool : IDisposable
{
    private readonly Child _child;
    private readonly BlockingCollection<JsonObject> _said = [];

    /// <summary>Starts it in the environment of a distribution and of the workspaces with these packages.</summary>
    public Tool(Ros ros, params string[] packages)
    {
        _child = ros.Python(packages, "tool.py", line => _said.Add(JsonNode.Parse(line)!.AsObject()), "tool");
        Answer("its start");
    }

    /// <summary>Calls a service and returns the response's fields.</summary>
    public JsonObject Call(string type, string name, object? request = null) => Do("call", new { type, name, request }).AsObject();

    /// <summary>Asks a node for a transition: whether it was carried out, and the state then.</summary>
    public (bool Success, string State) Change(string node, string transition)
    {
        var answer = Call("lifecycle_msgs/srv/ChangeState", node + "/change_state", new { transition = new { label = transition } });
        return (answer["success"]!.GetValue<bool>(), State(node));
    }

    /// <summary>The state of a managed node.</summary>
    public string State(string node) => Call("lifecycle_msgs/srv/GetState", node + "/get_state")["current_state"]!["label"]!.GetValue<string>();

    /// <summary>Listens to a topic from now on.</summary>
    public void Hear(string type, string topic, int depth = 100) => Do("hear", new { type, topic, depth });

    /// <summary>What was heard since the last time, once there is so much of it.</summary>
    public JsonArray Heard(string topic, int count = 1) => Do("heard", new { topic, count }).AsArray();

    /// <summary>Has an order carried out.</summary>
    public JsonNode Do(string order, object arguments)
    {
        var text = JsonSerializer.SerializeToNode(arguments)!.AsObject();
        text["do"] = order;
        _child.Say(text.ToJsonString());
        return Answer(text.ToJsonString());
    }

    public void Dispose()
    {
        _child.Dispose();
        _said.Dispose();
    }

    private JsonNode Answer(string order)
    {
        if (!_said.TryTake(out var said, TimeSpan.FromSeconds(2 * Wait.Long))) Assert.Fail($"rclpy did not answer to {order}; it wrote:\n{_child.Tail}");
        if (said["error"] is { } error) Assert.Fail($"rclpy could not do {order}: {error}\n{_child.Tail}");
        return said["answer"]!;
    }
}
