using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace FerRos.Integration.Support;

/// <summary>The rclpy node around FerRos, <c>peers/robot.py</c>: its camera, and what it hears of the affect topic.</summary>
internal sealed class Robot : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Child _child;
    private readonly BlockingCollection<JsonObject> _answers = [];
    private readonly ConcurrentQueue<Affect> _affects = new();
    private readonly ConcurrentQueue<JsonObject> _adaptations = new();

    public Robot(Ros ros, string name, string affectTopic)
    {
        _child = ros.Python("robot.py", OnLine, name, affectTopic);
        Answer("start");
    }

    /// <summary>Has an order carried out, and returns what it says of it.</summary>
    /// <param name="order">The name of the order.</param>
    /// <param name="arguments">An object with its arguments.</param>
    public JsonObject Do(string order, object? arguments = null)
    {
        var text = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments)!.AsObject();
        text["do"] = order;
        _child.Say(text.ToJsonString());
        return Answer(order);
    }

    /// <summary>Starts the camera and waits for its subscription.</summary>
    public void StartCamera(string topic, bool reliable = true, bool compressed = false) =>
        Do("start_camera", new { topic, reliable, compressed })["subscriptions"]!.GetValue<int>().ShouldBe(1, "the node hears the camera");

    /// <summary>Plays pictures and waits until the node has answered to the last ones.</summary>
    /// <param name="pictures">What to play.</param>
    /// <param name="frame">Coordinate frame of the pictures: tells one test's pictures from another's.</param>
    /// <param name="seconds">How long; the last picture is held. Null: once each.</param>
    public async Task<Film> Play(RawPictures pictures, string frame, double? seconds = null)
    {
        var played = Do("play", new { file = pictures.Path, frame, width = pictures.Width, height = pictures.Height, seconds });
        await Settle(frame);
        return new Film(
            [.. played["stamps"]!.AsArray().Select(stamp => stamp!.GetValue<long>())],
            played["last_new"]!.GetValue<long>(),
            Heard(frame));
    }

    /// <summary>Shows pictures again and again while something is done, and waits until the node has answered to the last ones.</summary>
    /// <param name="pictures">What to show.</param>
    /// <param name="frame">Coordinate frame of the pictures.</param>
    /// <param name="during">What is done meanwhile.</param>
    /// <returns>What was heard.</returns>
    public async Task<IReadOnlyList<Affect>> Show(RawPictures pictures, string frame, Func<Task> during)
    {
        Do("start_film", new { file = pictures.Path, frame, width = pictures.Width, height = pictures.Height });
        try
        {
            await during();
        }
        finally
        {
            Do("stop_film");
        }

        await Settle(frame);
        return Heard(frame);
    }

    /// <summary>Calls a service and returns its response.</summary>
    public JsonObject Call(string service, string type, object request) => Do("call", new { service, type, request })["response"]!.AsObject();

    /// <summary>What was heard on the topic that <c>hear_adaptation</c> named.</summary>
    public IReadOnlyList<JsonObject> Adaptations => [.. _adaptations];

    /// <summary>What was heard of pictures with a coordinate frame.</summary>
    public IReadOnlyList<Affect> Heard(string frame) => [.. _affects.Where(affect => affect.Frame == frame)];

    /// <summary>The graph as rclpy knows it, once a node and its publisher are in it, and something holds.</summary>
    public async Task<JsonObject> Graph(string node, string topic, Func<JsonObject, bool> until)
    {
        JsonObject graph = [];
        await Wait.Until(() => until(graph = Do("graph", new { node, topic })), () => $"the graph; rclpy knows:\n{graph}");
        return graph;
    }

    /// <summary>Waits until something was heard, and then nothing more for a while.</summary>
    public async Task Settle(string frame)
    {
        var count = -1;
        await Wait.Until(() => Heard(frame).Count > 0, () => $"estimates of pictures of {frame}; the robot says:\n{_child.Tail}");
        while (Heard(frame).Count != count)
        {
            count = Heard(frame).Count;
            await Task.Delay(700);
        }
    }

    public void Dispose()
    {
        _child.Dispose();
        _answers.Dispose();
    }

    private JsonObject Answer(string order)
    {
        if (!_answers.TryTake(out var answer, TimeSpan.FromSeconds(2 * Wait.Long)))
            Assert.Fail($"The rclpy node did not answer to '{order}'; it wrote:\n{_child.Tail}");
        answer["done"]!.GetValue<string>().ShouldBe(order);
        if (answer["error"] is { } error) Assert.Fail($"'{order}' failed in the rclpy node: {error}\n{_child.Tail}");
        return answer;
    }

    private void OnLine(string line)
    {
        var said = JsonNode.Parse(line)!.AsObject();
        if (said["affect"] is { } affect) _affects.Enqueue(affect.Deserialize<Affect>(Json)!);
        else if (said["adaptation"] is { } adaptation) _adaptations.Enqueue(adaptation.AsObject());
        else _answers.Add(said);
    }
}

/// <summary>What was played: the stamps of all pictures, that of the last one before it was held, and what was heard.</summary>
internal sealed record Film(long[] Stamps, long LastNew, IReadOnlyList<Affect> Heard);

/// <summary>A ferros_msgs/FaceAffectArray as rclpy got it; times in nanoseconds.</summary>
internal sealed record Affect(string Frame, long Stamp, string Model, string[] Classes, long Latency, Face[] Faces);

/// <summary>A ferros_msgs/FaceAffect as rclpy got it.</summary>
internal sealed record Face(
    string Id, string Person, bool Adapted, int[] Roi, float Detection, float[] Keypoints, string Expression, float Confidence,
    float[] Probabilities, float Arousal, float Valence, int Length);
