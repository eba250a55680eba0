using FerRos.Ros2.Cdr;
using FerRos.Ros2.Middleware;
using Microsoft.Extensions.Logging;
using ClockMessage = FerRos.Interfaces.RosgraphMsgs.Msg.Clock;

namespace FerRos.Ros2;

/// <summary>
/// A node: publishers, subscriptions, services, clients, parameters, clock and graph. Names given to it may be relative,
/// private (<c>~/name</c>) or absolute, and are expanded and remapped. Disposing it disposes everything that it made.
/// All members are thread-safe.
/// </summary>
public sealed class RosNode : IAsyncDisposable
{
    private const string UseSimTime = "use_sim_time";

    private readonly RosContext _context;
    private readonly RosNodeOptions _options;
    private readonly TypeDescriptionService _types = new();
    private readonly Lock _gate = new();
    private readonly List<IAsyncDisposable> _entities = [];
    private Subscription? _clockSubscription;
    private bool _disposed;

    internal RosNode(RosContext context, string name, RosNodeOptions options)
    {
        _context = context;
        _options = options;

        // The name's rule first; rules with a node prefix then see the new name.
        RosNames.ValidateNodeName(name);
        Name = options.Arguments.RemapNodeName(name);
        if (Name == name && options.UseContextArguments)
            Name = context.Arguments.RemapNodeName(name);
        RosNames.ValidateNodeName(Name);
        Namespace = RosNames.NormalizeNamespace(
            options.Arguments.FindNamespace(Name) ?? (options.UseContextArguments ? context.Arguments.FindNamespace(Name) : null) ?? options.Namespace);
        LoggerName = RosNames.LoggerName(FullName);
        Logger = context.Options.LoggerFactory.CreateLogger(LoggerName);
        MiddlewareNode = context.Middleware.CreateNode(Name, Namespace);
        Parameters = new NodeParameters(CollectOverrides(), options.AllowUndeclaredParameters);
        try
        {
            Rosout = new Rosout(this, options.EnableRosout && context.Arguments.RosoutLogs);
            if (options.StartParameterServices)
                _ = new ParameterServices(this, Parameters);
            DeclareStandardParameters();
        }
        catch
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }

        if (MiddlewareNode.GetNodeNames().Count(other => other.Name == Name && other.Namespace == Namespace) > 1)
            RosLog.DuplicateNode(Logger, FullName);
    }

    /// <summary>Raised, on a thread of the middleware, when nodes or endpoints anywhere in the graph came or went. Handlers must return quickly.</summary>
    public event Action? GraphChanged
    {
        add => MiddlewareNode.GraphChanged += value;
        remove => MiddlewareNode.GraphChanged -= value;
    }

    /// <summary>Name after remapping.</summary>
    public string Name { get; }

    /// <summary>Absolute namespace after remapping; <c>/</c>: the root.</summary>
    public string Namespace { get; }

    /// <summary>Fully qualified name, <c>/robot/ferros</c>.</summary>
    public string FullName => RosNames.FullName(Name, Namespace);

    /// <summary>Name of the node's logger, <c>robot.ferros</c>.</summary>
    public string LoggerName { get; }

    /// <summary>The node's logger.</summary>
    public ILogger Logger { get; }

    /// <summary>ROS time.</summary>
    public RosClock Clock { get; } = new();

    /// <summary>The node's parameters.</summary>
    public NodeParameters Parameters { get; }

    /// <summary>The node's log on <c>/rosout</c>.</summary>
    public Rosout Rosout { get; }

    internal IMiddlewareNode MiddlewareNode { get; }

    internal IMiddleware Middleware => _context.Middleware;

    /// <summary>Creates a publisher.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="topic">Topic name.</param>
    /// <param name="qos">QoS; null: <see cref="QosProfile.Default"/>.</param>
    /// <exception cref="InvalidNameException">The name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public Publisher<T> CreatePublisher<T>(string topic, QosProfile? qos = null)
        where T : class, IMessage<T>, new() =>
        Add(Describe(new Publisher<T>(this, ResolveTopic(topic), qos ?? QosProfile.Default)));

    /// <summary>Creates a publisher of messages whose type is known at run time only.</summary>
    /// <param name="type">Message type.</param>
    /// <param name="topic">Topic name.</param>
    /// <param name="qos">QoS; null: <see cref="QosProfile.Default"/>.</param>
    /// <exception cref="InvalidNameException">The name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public Publisher CreatePublisher(InterfaceType type, string topic, QosProfile? qos = null) =>
        Add(Describe(new Publisher(this, ResolveTopic(topic), type, qos ?? QosProfile.Default)));

    /// <summary>Creates a subscription whose handler runs on the middleware's thread with one message that is filled again and again.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="topic">Topic name.</param>
    /// <param name="qos">QoS; null: <see cref="QosProfile.Default"/>.</param>
    /// <param name="handler">Called for every message; must return quickly and keep nothing of the message.</param>
    /// <exception cref="InvalidNameException">The name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public Subscription CreateSubscription<T>(string topic, QosProfile? qos, MessageHandler<T> handler)
        where T : class, IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(handler);
        var message = new T();
        return CreateSerializedSubscription(T.MessageType.Interface, topic, qos, (in ReceivedSample sample, in MessageInfo info) =>
        {
            var reader = new CdrReader(sample.Cdr);
            message.Read(ref reader);
            handler(message, info);
        });
    }

    /// <summary>
    /// Creates a subscription that hands on serialized messages without a copy, for views on large ones and for types
    /// known at run time only. A <see cref="CdrException"/> from the handler is reported as a bad message.
    /// </summary>
    /// <param name="type">Message type.</param>
    /// <param name="topic">Topic name.</param>
    /// <param name="qos">QoS; null: <see cref="QosProfile.Default"/>.</param>
    /// <param name="handler">Called for every message on the middleware's thread; must return quickly.</param>
    /// <exception cref="InvalidNameException">The name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public Subscription CreateSerializedSubscription(InterfaceType type, string topic, QosProfile? qos, SerializedMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(type);
        _types.Add(type);
        return Add(new Subscription(this, ResolveTopic(topic), type, qos ?? QosProfile.Default, handler));
    }

    /// <summary>Creates a subscription that is read as a stream; each message is an object of its own.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="topic">Topic name.</param>
    /// <param name="qos">QoS; null: <see cref="QosProfile.Default"/>.</param>
    /// <param name="capacity">Messages kept for a slow reader, at least 1; older ones are dropped.</param>
    /// <exception cref="InvalidNameException">The name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public MessageStream<T> CreateStream<T>(string topic, QosProfile? qos = null, int capacity = 10)
        where T : class, IMessage<T>, new()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _types.Add(T.MessageType.Interface);
        return new MessageStream<T>(this, ResolveTopic(topic), qos ?? QosProfile.Default, capacity);
    }

    /// <summary>Offers a service. Requests are handled on the thread pool and may overlap.</summary>
    /// <typeparam name="TRequest">Request message.</typeparam>
    /// <typeparam name="TResponse">Response message.</typeparam>
    /// <param name="type">The generated service type.</param>
    /// <param name="name">Service name.</param>
    /// <param name="handler">Gives the response; its token is cancelled when the service is withdrawn. When it throws, no response is sent.</param>
    /// <param name="qos">QoS; null: <see cref="QosProfile.Services"/>.</param>
    /// <exception cref="InvalidNameException">The name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public Service CreateService<TRequest, TResponse>(
        ServiceType<TRequest, TResponse> type, string name, Func<TRequest, CancellationToken, ValueTask<TResponse>> handler, QosProfile? qos = null)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(handler);
        _types.Add(type.Interface);
        return Add(new Service<TRequest, TResponse>(this, type.Interface, ResolveService(name), handler, qos ?? QosProfile.Services));
    }

    /// <summary>Creates a client of a service.</summary>
    /// <typeparam name="TRequest">Request message.</typeparam>
    /// <typeparam name="TResponse">Response message.</typeparam>
    /// <param name="type">The generated service type.</param>
    /// <param name="name">Service name.</param>
    /// <param name="qos">QoS; null: <see cref="QosProfile.Services"/>.</param>
    /// <exception cref="InvalidNameException">The name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public ServiceClient<TRequest, TResponse> CreateClient<TRequest, TResponse>(ServiceType<TRequest, TResponse> type, string name, QosProfile? qos = null)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        ArgumentNullException.ThrowIfNull(type);
        _types.Add(type.Interface);
        return Add(new ServiceClient<TRequest, TResponse>(this, type.Interface, ResolveService(name), qos ?? QosProfile.Services));
    }

    /// <summary>Creates a client of a service whose type is known at run time only.</summary>
    /// <param name="type">The service; see <see cref="InterfaceRegistry"/>.</param>
    /// <param name="name">Service name.</param>
    /// <param name="qos">QoS; null: <see cref="QosProfile.Services"/>.</param>
    /// <exception cref="InvalidNameException">The name breaks ROS's rules.</exception>
    /// <exception cref="MiddlewareException">The middleware refused.</exception>
    public ServiceClient CreateClient(ServiceDescriptor type, string name, QosProfile? qos = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        _types.Add(type.Interface);
        return Add(new ServiceClient(this, type.Interface, ResolveService(name), qos ?? QosProfile.Services, type.Response.Create));
    }

    /// <summary>Expands, remaps and checks a topic name.</summary>
    /// <exception cref="InvalidNameException">The name, or what it is remapped to, breaks ROS's rules.</exception>
    public string ResolveTopic(string topic) => Resolve(topic, isService: false);

    /// <summary>Expands, remaps and checks a service name.</summary>
    /// <exception cref="InvalidNameException">The name, or what it is remapped to, breaks ROS's rules.</exception>
    public string ResolveService(string service) => Resolve(service, isService: true);

    /// <summary>All nodes of the graph, hidden ones and this one included.</summary>
    public IReadOnlyList<NodeName> GetNodeNames() => MiddlewareNode.GetNodeNames();

    /// <summary>Topics of the graph with the types in use, sorted by name.</summary>
    public IReadOnlyList<NameAndTypes> GetTopicNamesAndTypes() => MiddlewareNode.GetTopicNamesAndTypes();

    /// <summary>Services of the graph with the types in use, sorted by name.</summary>
    public IReadOnlyList<NameAndTypes> GetServiceNamesAndTypes() => MiddlewareNode.GetServiceNamesAndTypes();

    /// <summary>Publishers on a topic (expanded and remapped as for a publisher of this node).</summary>
    public IReadOnlyList<TopicEndpoint> GetPublishers(string topic) => MiddlewareNode.GetPublishers(ResolveTopic(topic));

    /// <summary>Subscriptions on a topic (expanded and remapped as for a subscription of this node).</summary>
    public IReadOnlyList<TopicEndpoint> GetSubscriptions(string topic) => MiddlewareNode.GetSubscriptions(ResolveTopic(topic));

    /// <summary>Disposes everything that the node made, then takes it out of the graph.</summary>
    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable[] entities;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            entities = [.. _entities];
        }

        // The last one made first: what was built on top goes before what it stands on.
        for (int i = entities.Length - 1; i >= 0; i--)
            await entities[i].DisposeAsync();
        await MiddlewareNode.DisposeAsync();
        _context.Remove(this);
    }

    internal T Add<T>(T entity)
        where T : IAsyncDisposable
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _entities.Add(entity);
                return entity;
            }
        }

        _ = entity.DisposeAsync().AsTask();
        throw new ObjectDisposedException(nameof(RosNode));
    }

    private T Describe<T>(T publisher)
        where T : Publisher
    {
        _types.Add(publisher.Type);
        return publisher;
    }

    internal void Remove(IAsyncDisposable entity)
    {
        lock (_gate)
            _entities.Remove(entity);
    }

    /// <summary>Name of the node behind a publisher, or its identifier.</summary>
    internal string FindPublisher(string topic, Gid publisher)
    {
        foreach (TopicEndpoint endpoint in MiddlewareNode.GetPublishers(topic))
        {
            if (endpoint.Gid == publisher && endpoint.Node.Name.Length > 0)
                return endpoint.Node.FullName;
        }

        return publisher.ToString();
    }

    private Dictionary<string, ParameterValue> CollectOverrides()
    {
        var overrides = new Dictionary<string, ParameterValue>(StringComparer.Ordinal);
        if (_options.UseContextArguments)
            Merge(_context.Arguments.Parameters.For(FullName));
        Merge(_options.Arguments.Parameters.For(FullName));
        Merge(_options.ParameterOverrides);
        return overrides;

        void Merge(IReadOnlyDictionary<string, ParameterValue> source)
        {
            foreach ((string name, ParameterValue value) in source)
                overrides[name] = value;
        }
    }

    private void DeclareStandardParameters()
    {
        Parameters.Changed += changed =>
        {
            foreach (Parameter parameter in changed)
            {
                if (parameter.Name == UseSimTime)
                    FollowClock(parameter.Value.As<bool>());
            }
        };
        FollowClock(Parameters.Declare(UseSimTime, false, new ParameterDescriptor { Description = "Take the time from /clock." }));
        if (_context.Options.Distribution != RosDistribution.Humble)
        {
            bool start = Parameters.Declare("start_type_description_service", true, new ParameterDescriptor
            {
                Description = "Start the ~/get_type_description service for this node.",
                ReadOnly = true,
            });
            if (start && _options.StartTypeDescriptionService)
                StartWhereInstalled("~/get_type_description", () => _types.Start(this));
            if (_options.LoggerLevels is { } levels)
                StartWhereInstalled("~/set_logger_levels", () => LoggerLevelServices.Start(this, levels));
        }

        if (!_options.DeclareParametersFromOverrides)
            return;
        foreach ((string name, ParameterValue value) in Parameters.Overrides)
        {
            if (!Parameters.Has(name))
                Parameters.Declare(name, value, new ParameterDescriptor { DynamicTyping = true });
        }
    }

    /// <summary>An installed ROS 2 from before Iron has neither these services nor their types.</summary>
    private void StartWhereInstalled(string service, Action start)
    {
        try
        {
            start();
        }
        catch (Rcl.MissingTypeSupportException exception)
        {
            RosLog.ServiceLeftOut(Logger, service, exception.Message);
        }
    }

    private void FollowClock(bool simulated)
    {
        Subscription? old = null;
        lock (_gate)
        {
            if (simulated == _clockSubscription is not null)
                return;
            if (!simulated)
                (old, _clockSubscription) = (_clockSubscription, null);
        }

        Clock.Simulate(simulated);
        if (old is not null)
        {
            _ = old.DisposeAsync().AsTask();
            return;
        }

        Subscription subscription = CreateSubscription<ClockMessage>("/clock", QosProfile.Clock, (ClockMessage message, in MessageInfo _) => Clock.Advance(RosTime.FromMessage(message.ClockValue)));
        lock (_gate)
            _clockSubscription = subscription;
    }

    private string Resolve(string name, bool isService)
    {
        string kind = isService ? "service name" : "topic name";
        RosNames.ValidateInput(name, kind);
        string full = RosNames.Expand(name, Name, Namespace);
        full = _options.Arguments.FindReplacement(full, isService, Name, Namespace)
            ?? (_options.UseContextArguments ? _context.Arguments.FindReplacement(full, isService, Name, Namespace) : null)
            ?? full;
        RosNames.ValidateFull(full, kind);
        return full;
    }
}
