using System.Collections.Concurrent;
using System.Diagnostics;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.RclInterfaces.Srv;
using FerRos.Node.Logging;
using FerRos.Ros2;
using Microsoft.Extensions.Hosting;
using Serilog.Events;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;
using ParameterMessage = FerRos.Interfaces.RclInterfaces.Msg.Parameter;
using ResultMessage = FerRos.Interfaces.RclInterfaces.Msg.SetParametersResult;

namespace FerRos.Node.Tests.Support;

/// <summary>
/// The node in a context of its own, and beside it a peer in another: they meet over DDS as two processes would. The peer
/// is the camera and listens.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    /// <summary>Longer than anything takes, on a starved machine, too.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    /// <summary>Between two pictures, by their stamps.</summary>
    public const long Frame = 40_000_000;

    /// <summary>How long a picture may be without an answer: it was refused or left out.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly int Domain = Environment.GetEnvironmentVariable("FERROS_TEST_DOMAIN") is { Length: > 0 } given
        ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
        : Random.Shared.Next(100, 200);

    private readonly RosContext _nodeContext;
    private readonly RosContext _peerContext;
    private readonly NodeService _service;
    private readonly Subscription _affect;
    private Publisher<Image>? _camera;
    private long _stamp;

    static Stage() => Environment.SetEnvironmentVariable("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST");

    private Stage(string[] arguments)
    {
        string[] all =
        [
            "--ros-args", "--params-file", Path.Combine(Repository.Root, "config", "ferros.yaml"),
            "-p", $"model_directory:={Path.Combine(Repository.Root, "models")}", .. arguments,
        ];
        _nodeContext = RosContext.Create(all, Options(Log));
        _peerContext = RosContext.Create([], Options(new TestLog()));
        Peer = _peerContext.CreateNode("peer");
        _service = new NodeService(_nodeContext, new NodeHostOptions(), Levels, new RosoutSink(), Lifetime);
        (_affect, Affect) = Hear<FaceAffectArray>("/ferros/affect");
    }

    public TestLog Log { get; } = new();

    public LogLevels Levels { get; } = new(LogEventLevel.Information);

    public RosNode Peer { get; }

    public Lifetime Lifetime { get; } = new();

    public ConcurrentQueue<FaceAffectArray> Affect { get; }

    /// <summary>A portrait, and the same size in gray without a face.</summary>
    public static Picture Portrait { get; } = Png.Read(Repository.Asset("astronaut.png"));

    public static Picture Empty { get; } = Portrait with { Pixels = Enumerable.Repeat((byte)128, Portrait.Pixels.Length).ToArray() };

    public int ExitCode => _service.ExitCode;

    public NodeStatistics NodeStatistics => _service.Statistics!;

    public static async Task<Stage> Begin(params string[] arguments)
    {
        var stage = new Stage(arguments);
        try
        {
            await stage._service.StartAsync(TestContext.Current.CancellationToken);
            return stage;
        }
        catch
        {
            // A node that was refused must not answer in the next story.
            await stage.DisposeAsync();
            throw;
        }
    }

    public static RosContextOptions Options(TestLog log) =>
        new() { Middleware = MiddlewareKind.Dds, DomainId = Domain, LoggerFactory = log };

    public static async Task Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Long) throw new ShouldAssertException($"waited in vain for: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends the keeping of affect messages.</summary>
    public ValueTask StopHearing() => _affect.DisposeAsync();

    /// <summary>An image message of a picture.</summary>
    public static Image Message(Picture picture, long stamp, string frameId = "camera_optical")
    {
        var image = new Image
        {
            Width = (uint)picture.Width, Height = (uint)picture.Height, Step = (uint)(picture.Width * 3), Encoding = "rgb8", Data = picture.Pixels,
        };
        new RosTime(stamp).WriteTo(image.Header.Stamp);
        image.Header.FrameId = frameId;
        return image;
    }

    /// <summary>The camera, once the node listens to it.</summary>
    public async Task<Publisher<Image>> Camera(string topic = "/image")
    {
        if (_camera is { } camera) return camera;
        camera = Peer.CreatePublisher<Image>(topic);
        await Until(() => camera.SubscriptionCount > 0 && Peer.GetPublishers("/ferros/affect").Count > 0, "the node to listen to the camera");
        _camera = camera;
        return camera;
    }

    /// <summary>The stamp of the next picture that is shown: the system's time at the first one, and then a frame later each.</summary>
    public long NextStamp() => _stamp = _stamp == 0 ? RosTime.SystemNow.Nanoseconds : _stamp + Frame;

    /// <summary>
    /// Publishes a picture and waits until the node has answered to it, at most for a moment: a loaded machine shows fewer
    /// pictures a second, and the node sees the same ones.
    /// </summary>
    public async Task Show(Image image)
    {
        var camera = await Camera();
        var watch = Stopwatch.StartNew();
        camera.Publish(image);
        await Task.Delay(TimeSpan.FromTicks(Frame / 100), TestContext.Current.CancellationToken);
        while (watch.Elapsed < Patience && !Affect.Any(affect => affect.Header.Stamp.Equals(image.Header.Stamp)))
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    /// <summary>Shows a picture, every time a frame later by its stamp, until something holds.</summary>
    public async Task Show(Picture picture, Func<bool> until, string what, int atLeast = 1)
    {
        var shown = 0;
        await Repeat(
            async _ =>
            {
                await Show(Message(picture, NextStamp()));
                shown++;
            },
            () => shown >= atLeast && until(),
            what);
    }

    /// <summary>Does something, which is told its number, until something holds.</summary>
    public async Task Repeat(Func<int, Task> action, Func<bool> until, string what)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; !until(); i++)
        {
            if (watch.Elapsed > Long) throw new ShouldAssertException($"waited in vain for: {what}. Log:\n{string.Join('\n', Log.Lines)}");
            await action(i);
        }
    }

    /// <summary>What a subscription of the peer hears, each message an object of its own.</summary>
    public (Subscription Subscription, ConcurrentQueue<T> Messages) Hear<T>(string topic, QosProfile? qos = null)
        where T : class, IMessage<T>, new()
    {
        var messages = new ConcurrentQueue<T>();
        var subscription = Peer.CreateSerializedSubscription(T.MessageType.Interface, topic, qos, (in Ros2.Middleware.ReceivedSample sample, in MessageInfo _) =>
        {
            var message = new T();
            var reader = new Ros2.Cdr.CdrReader(sample.Cdr);
            message.Read(ref reader);
            messages.Enqueue(message);
        });
        return (subscription, messages);
    }

    public async Task<TResponse> Call<TRequest, TResponse>(ServiceType<TRequest, TResponse> type, string name, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        await using var client = Peer.CreateClient(type, name);
        (await client.WaitForServiceAsync(Long, TestContext.Current.CancellationToken)).ShouldBeTrue($"no service {name}");
        return await client.CallAsync(request, Long, TestContext.Current.CancellationToken);
    }

    public async Task<ResultMessage> Set(string name, object value)
    {
        var parameter = new ParameterMessage { Name = name, Value = ParameterValue.FromObject(value).ToMessage() };
        return (await Call(SetParameters.Type, "/ferros/set_parameters", new SetParameters.Request { Parameters = [parameter] })).Results.ShouldHaveSingleItem();
    }

    public async Task<ParameterValue> Get(string name) => ParameterValue.FromMessage(
        (await Call(GetParameters.Type, "/ferros/get_parameters", new GetParameters.Request { Names = [name] })).Values.ShouldHaveSingleItem());

    public async ValueTask DisposeAsync()
    {
        await _service.StopAsync(CancellationToken.None);
        await _nodeContext.DisposeAsync();
        await _peerContext.DisposeAsync();
    }
}

/// <summary>Records that the node wants the process to end.</summary>
internal sealed class Lifetime : IHostApplicationLifetime
{
    private volatile bool _stopping;

    public bool IsStopping => _stopping;

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopping = true;
}
