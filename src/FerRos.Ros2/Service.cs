using FerRos.Ros2.Cdr;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2;

/// <summary>A service that this node offers. Dispose it to withdraw it.</summary>
public abstract class Service : IAsyncDisposable
{
    private readonly RosNode _node;
    private readonly CancellationTokenSource _closing = new();
    private readonly BadMessageReporter _bad;

    private protected Service(RosNode node, string name, ServiceInterfaceType type)
    {
        _node = node;
        Name = name;
        Type = type;
        _bad = new BadMessageReporter(name, node.Logger, static publisher => publisher.ToString());
    }

    /// <summary>Raised, on a thread of the middleware, for every request that cannot be read. A warning is logged anyway, once a cause and minute.</summary>
    public event Action<BadMessage>? BadMessage
    {
        add => _bad.Reported += value;
        remove => _bad.Reported -= value;
    }

    /// <summary>Fully qualified name.</summary>
    public string Name { get; }

    /// <summary>Type.</summary>
    public ServiceInterfaceType Type { get; }

    /// <summary>Requests that could not be read.</summary>
    public long BadMessageCount => _bad.Count;

    private protected RosNode Node => _node;

    private protected CancellationToken Closing => _closing.Token;

    private protected abstract IMiddlewareService Middleware { get; }

    /// <summary>Withdraws the service and cancels the requests under way.</summary>
    public async ValueTask DisposeAsync()
    {
        _node.Remove(this);
        await _closing.CancelAsync();
        await Middleware.DisposeAsync();
        _closing.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void ReportBad(in ReceivedSample request, CdrException exception) =>
        _bad.Report(request.Cdr.Length, request.Publisher, exception.Message);
}

/// <summary>A service with its handler.</summary>
internal sealed class Service<TRequest, TResponse> : Service
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    private readonly Func<TRequest, CancellationToken, ValueTask<TResponse>> _handler;
    private readonly Lock _starting = new();
    private readonly IMiddlewareService _service;

    public Service(RosNode node, ServiceInterfaceType type, string name, Func<TRequest, CancellationToken, ValueTask<TResponse>> handler, QosProfile qos)
        : base(node, name, type)
    {
        _handler = handler;
        lock (_starting)
            _service = node.MiddlewareNode.CreateService(name, type, qos, OnRequest);
    }

    private protected override IMiddlewareService Middleware => _service;

    private void OnRequest(RequestId id, in ReceivedSample sample)
    {
        var request = new TRequest();
        try
        {
            var reader = new CdrReader(sample.Cdr);
            request.Read(ref reader);
        }
        catch (CdrException exception)
        {
            ReportBad(sample, exception);
            return;
        }

        // The middleware's thread goes on with other messages; requests may overlap.
        _ = Task.Run(() => Answer(id, request));
    }

    private async Task Answer(RequestId id, TRequest request)
    {
#pragma warning disable CA1031 // Whatever a handler throws, the service goes on; the caller's wait ends by its own limit.
        try
        {
            TResponse response = await _handler(request, Closing);
            IMiddlewareService service;
            lock (_starting)
                service = _service; // The first request may come before the constructor is through.
            using SerializationBuffer buffer = SerializationBuffer.Rent();
            service.Respond(id, buffer.Serialize(response));
        }
        catch (OperationCanceledException) when (Closing.IsCancellationRequested)
        {
            // The service was withdrawn.
        }
        catch (Exception exception) when (exception is MiddlewareException or CdrException)
        {
            RosLog.ResponseFailed(Node.Logger, Name, id.SequenceNumber, exception.Message);
        }
        catch (ObjectDisposedException)
        {
            // The service was withdrawn while its last answer was made.
        }
        catch (Exception exception)
        {
            RosLog.HandlerFailed(Node.Logger, Name, exception);
        }
#pragma warning restore CA1031
    }
}
