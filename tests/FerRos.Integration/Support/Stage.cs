namespace FerRos.Integration.Support;

/// <summary>The node as a user starts it, over the embedded middleware, and the rclpy robot around it: shared by the tests of a class.</summary>
public abstract class Stage : IAsyncLifetime
{
    private readonly Lazy<Task> _start;
    private readonly string _distribution;
    private readonly int _domain;
    private Ros? _ros;
    private Child? _node;
    private Robot? _robot;

    private protected Stage(string distribution, int domain)
    {
        _distribution = distribution;
        _domain = domain;
        _start = new Lazy<Task>(StartOnce);
    }

    internal Ros Ros => _ros!;

    internal Child Node => _node!;

    internal Robot Robot => _robot!;

    // Starting is left to the first test: there it may skip.
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _robot?.Dispose();
        _node?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal Task Start() => _start.Value;

    private async Task StartOnce()
    {
        _ros = Ros.Find(_distribution, _domain);
        _node = _ros.Ferros("run");
        _robot = new Robot(_ros, "robot", "/ferros/affect");
        await _node.WaitForError("Active: listening to /image");
    }
}

/// <summary>With rclpy of Kilted.</summary>
public sealed class KiltedStage() : Stage("kilted", 71);

/// <summary>With rclpy of Jazzy.</summary>
public sealed class JazzyStage() : Stage("jazzy", 72);
