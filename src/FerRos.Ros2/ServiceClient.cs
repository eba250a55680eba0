using FerRos.Ros2.Cdr;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2;

/// <summary>Calls a service whose type may be known at run time only. All members are thread-safe; calls may overlap.</summary>
public class ServiceClient : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly RosNode _node;
    private readonly IMiddlewareClient _client;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, TaskCompletionSource<IMessage>> _pending = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<IMessage> _createResponse;

    internal ServiceClient(RosNode node, ServiceInterfaceType type, string name, QosProfile qos, Func<IMessage> createResponse)
    {
        _node = node;
        _createResponse = createResponse;
        Type = type;
        Name = name;
        _client = node.MiddlewareNode.CreateClient(name, type, qos, OnResponse);
    }

    /// <summary>Fully qualified name of the service.</summary>
    public string Name { get; }

    /// <summary>Type.</summary>
    public ServiceInterfaceType Type { get; }

    /// <summary>Whether a server is there now.</summary>
    public bool IsServiceAvailable => _client.IsServiceAvailable;

    /// <summary>Waits until a server is there; false when the time ran out.</summary>
    public async ValueTask<bool> WaitForServiceAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        long start = Environment.TickCount64;
        while (!_client.IsServiceAvailable)
        {
            if (timeout != Timeout.InfiniteTimeSpan && TimeSpan.FromMilliseconds(Environment.TickCount64 - start) >= timeout)
                return false;
            await Task.Delay(PollInterval, linked.Token);
        }

        return true;
    }

    /// <summary>Calls the service and waits for its response.</summary>
    /// <param name="request">The request; of the service's type.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/>: without end.</param>
    /// <param name="cancellationToken">Ends the wait; the server is not told.</param>
    /// <exception cref="TimeoutException">No response came in time.</exception>
    /// <exception cref="CdrException">The request breaks its type's bounds, or the response cannot be read.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public async Task<IMessage> CallAsync(IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Descriptor.Name != Type.Request.Name)
            throw new ArgumentException($"The service '{Name}' takes {Type.Request.Name}, not {request.Descriptor.Name}.", nameof(request));
        var completion = new TaskCompletionSource<IMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        long sequence = Send(request, completion);
        try
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            return await completion.Task.WaitAsync(timeout, linked.Token);
        }
        catch (TimeoutException)
        {
            string reason = _client.IsServiceAvailable ? "it is there but did not answer" : "no server is there";
            throw new TimeoutException($"The service '{Name}' gave no response within {timeout.TotalSeconds:0.###} s: {reason}.");
        }
        finally
        {
            lock (_gate)
                _pending.Remove(sequence);
        }
    }

    /// <summary>Ends the waits of all calls with <see cref="OperationCanceledException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        _node.Remove(this);
        await _closing.CancelAsync();
        await _client.DisposeAsync();
        _closing.Dispose();
        GC.SuppressFinalize(this);
    }

    private long Send(IMessage request, TaskCompletionSource<IMessage> completion)
    {
        using SerializationBuffer buffer = SerializationBuffer.Rent();

        // The response may be here before Send returns: it must find its call.
        lock (_gate)
        {
            long sequence = _client.Send(buffer.Serialize(request));
            _pending.Add(sequence, completion);
            return sequence;
        }
    }

    private void OnResponse(long sequenceNumber, in ReceivedSample sample)
    {
        TaskCompletionSource<IMessage>? completion;
        lock (_gate)
        {
            if (!_pending.Remove(sequenceNumber, out completion))
                return; // Nobody waits for it any more.
        }

        try
        {
            IMessage response = _createResponse();
            var reader = new CdrReader(sample.Cdr);
            response.Read(ref reader);
            completion.TrySetResult(response);
        }
        catch (CdrException exception)
        {
            completion.TrySetException(exception);
        }
    }
}

/// <summary>Calls a service. All members are thread-safe; calls may overlap.</summary>
/// <typeparam name="TRequest">Request message.</typeparam>
/// <typeparam name="TResponse">Response message.</typeparam>
public sealed class ServiceClient<TRequest, TResponse> : ServiceClient
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    internal ServiceClient(RosNode node, ServiceInterfaceType type, string name, QosProfile qos)
        : base(node, type, name, qos, static () => new TResponse())
    {
    }

    /// <inheritdoc cref="ServiceClient.CallAsync(IMessage, TimeSpan, CancellationToken)"/>
    public async Task<TResponse> CallAsync(TRequest request, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        (TResponse)await base.CallAsync(request, timeout, cancellationToken);

    /// <summary>Calls the service and waits for its response until cancelled.</summary>
    public Task<TResponse> CallAsync(TRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(request, Timeout.InfiniteTimeSpan, cancellationToken);
}
