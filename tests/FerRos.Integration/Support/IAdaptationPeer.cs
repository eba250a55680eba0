using System.Text.Json;
using System.Text.Json.Nodes;

namespace FerRos.Integration.Support;

/// <summary>Who holds a session with the node: films, listens and calls its services.</summary>
internal interface IAdaptationPeer : IDisposable
{
    /// <summary>Calls a service of ferros_msgs or std_srvs and returns its response.</summary>
    Task<JsonObject> Call(string service, string type, object request);

    /// <summary>Shows pictures again and again while something is done; what was heard of them, oldest first.</summary>
    Task<IReadOnlyList<Affect>> Show(RawPictures pictures, string frame, Func<Task> during);

    /// <summary>What was heard of pictures with a coordinate frame so far.</summary>
    IReadOnlyList<Affect> Heard(string frame);
}

/// <summary>An rclpy node.</summary>
internal sealed class RobotPeer(Ros ros) : IAdaptationPeer
{
    private readonly Robot _robot = new(ros, "robot", "/ferros/affect");

    public void StartCamera() => _robot.StartCamera("/image");

    /// <summary>The film is shown by the same process that calls: a call must not wait for the end of the film.</summary>
    public Task<JsonObject> Call(string service, string type, object request) => Task.Run(() => _robot.Call(service, type, request));

    public Task<IReadOnlyList<Affect>> Show(RawPictures pictures, string frame, Func<Task> during) => _robot.Show(pictures, frame, during);

    public IReadOnlyList<Affect> Heard(string frame) => _robot.Heard(frame);

    public void Dispose() => _robot.Dispose();
}

/// <summary><c>ferros camera</c>, <c>ferros echo</c> and <c>ferros call</c>, as a user without ROS types them.</summary>
internal sealed class CommandPeer : IAdaptationPeer
{
    private readonly Ros _ros;
    private readonly Child _echo;
    private readonly List<Affect> _heard = [];
    private int _lines;

    public CommandPeer(Ros ros)
    {
        _ros = ros;
        _echo = ros.Ferros("echo", "/ferros/affect", "ferros_msgs/msg/FaceAffectArray", "--json");
    }

    public async Task<JsonObject> Call(string service, string type, object request)
    {
        for (var tries = 1; ; tries++)
        {
            using var call = _ros.Ferros("call", service, type, JsonSerializer.Serialize(request), "--timeout", "150");
            // A starved machine finds the node later than the command waits for it.
            if (await call.WaitForExit() != 0 && tries < 5 && call.Errors.Any(line => line.Contains("no server offers", StringComparison.Ordinal))) continue;
            Assert.True(await call.WaitForExit() == 0, call.Tail);
            return JsonNode.Parse(call.Output.Last())!.AsObject();
        }
    }

    public async Task<IReadOnlyList<Affect>> Show(RawPictures pictures, string frame, Func<Task> during)
    {
        // So slow that the node sees nearly every picture, on a loaded machine, too.
        using (var camera = _ros.Ferros("camera", "--source", pictures.ToFolder(), "--topic", "/image", "--loop", "--wait", "--fps", "15", "--frame-id", frame))
        {
            await during();
            camera.Signal("INT");
            await camera.WaitForExit();
        }

        var count = -1;
        while (Heard(frame).Count != count)
        {
            count = Heard(frame).Count;
            await Task.Delay(700);
        }

        return Heard(frame);
    }

    public IReadOnlyList<Affect> Heard(string frame)
    {
        foreach (var line in _echo.Output.Skip(_lines))
        {
            _lines++;
            if (line.StartsWith('{')) _heard.Add(Parse(line));
        }

        return [.. _heard.Where(affect => affect.Frame == frame)];
    }

    public void Dispose() => _echo.Dispose();

    private static Affect Parse(string line)
    {
        var message = JsonNode.Parse(line)!;
        return new Affect(
            Text(message["header"]!["frame_id"]), Time(message["header"]!["stamp"]), Text(message["model"]), [.. message["classes"]!.AsArray().Select(Text)],
            Time(message["latency"]), [.. message["faces"]!.AsArray().Select(face => ParseFace(face!))]);
    }

    private static Face ParseFace(JsonNode face)
    {
        var roi = face["roi"]!;
        return new Face(
            Text(face["face_id"]), Text(face["person_id"]), face["adapted"]!.GetValue<bool>(),
            [.. new[] { "x_offset", "y_offset", "width", "height" }.Select(name => roi[name]!.GetValue<int>())],
            Number(face["detection_confidence"]), [.. face["keypoints"]!.AsArray().Select(Number)], Text(face["expression"]), Number(face["confidence"]),
            [.. face["probabilities"]!.AsArray().Select(Number)], Number(face["arousal"]), Number(face["valence"]), face["sequence_length"]!.GetValue<int>());
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private static float Number(JsonNode? node) => node is null ? float.NaN : node.GetValue<float>();

    private static long Time(JsonNode? node) => (node!["sec"]!.GetValue<long>() * 1_000_000_000) + node["nanosec"]!.GetValue<long>();
}
