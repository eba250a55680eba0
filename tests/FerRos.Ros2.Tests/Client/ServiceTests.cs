using System.Buffers;
using FerRos.Interfaces.RclInterfaces.Msg;
using FerRos.Interfaces.RclInterfaces.Srv;
using FerRos.Ros2.Dds;
using FerRos.Ros2.Middleware;
using Shouldly;
using ParameterMessage = FerRos.Interfaces.RclInterfaces.Msg.Parameter;
using Types = FerRos.Interfaces.RclInterfaces.Srv.GetParameterTypes;

namespace FerRos.Ros2.Tests.Client;

public sealed class ServiceTests : IAsyncDisposable
{
    private static readonly int Domain = TestDomain.Take();
    private static readonly TimeSpan Limit = Wait.Long;

    private readonly TestLog _log = new();
    private readonly RosContext _serverContext;
    private readonly RosContext _clientContext;
    private readonly RosNode _server;
    private readonly RosNode _client;

    public ServiceTests()
    {
        var options = new RosContextOptions { Middleware = MiddlewareKind.Dds, DomainId = Domain, LoggerFactory = _log };
        _serverContext = RosContext.Create([], options);
        _clientContext = RosContext.Create([], options);
        _server = _serverContext.CreateNode("server");
        _client = _clientContext.CreateNode("client");
    }

    public async ValueTask DisposeAsync()
    {
        await _clientContext.DisposeAsync();
        await _serverContext.DisposeAsync();
    }

    [Fact]
    public async Task Overlapping_calls_get_their_own_responses()
    {
        _server.CreateService(Types.Type, "count", async (request, token) =>
        {
            await Task.Delay(Random.Shared.Next(20), token);
            return new Types.Response { Types = new byte[] { byte.Parse(request.Names[0], null) } };
        });
        ServiceClient<Types.Request, Types.Response> client = _client.CreateClient(Types.Type, "count");
        ServiceClient<Types.Request, Types.Response> second = _client.CreateClient(Types.Type, "count");
        (await client.WaitForServiceAsync(Limit)).ShouldBeTrue();
        (await second.WaitForServiceAsync(Limit)).ShouldBeTrue();

        Types.Response[] responses = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? client : second).CallAsync(new Types.Request { Names = [$"{i}", "x"] }, Limit)));
        responses.Select(static response => (int)response.Types.Span[0]).ShouldBe(Enumerable.Range(0, 40));
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_said_so()
    {
        ServiceClient<Types.Request, Types.Response> client = _client.CreateClient(Types.Type, "nobody");
        (await client.WaitForServiceAsync(TimeSpan.FromMilliseconds(50))).ShouldBeFalse();
        (await Should.ThrowAsync<TimeoutException>(() => client.CallAsync(new Types.Request(), TimeSpan.FromMilliseconds(50))))
            .Message.ShouldContain("'/nobody' gave no response within 0.05 s: no server is there");
    }

    [Fact]
    public async Task A_handler_that_throws_is_logged_and_the_service_goes_on()
    {
        _server.CreateService(Types.Type, "moody", (request, _) => request.Names.Count == 0
            ? throw new InvalidOperationException("in a bad mood")
            : ValueTask.FromResult(new Types.Response()));
        ServiceClient<Types.Request, Types.Response> client = _client.CreateClient(Types.Type, "moody");
        await client.WaitForServiceAsync(Limit);
        (await Should.ThrowAsync<TimeoutException>(() => client.CallAsync(new Types.Request(), TimeSpan.FromMilliseconds(300)))).Message.ShouldContain("it is there but did not answer");
        await client.CallAsync(new Types.Request { Names = ["x"] }, Limit);
        await Wait.Until(() => _log.Lines.Any(static line => line.Contains("in a bad mood", StringComparison.Ordinal) && line.Contains("/moody", StringComparison.Ordinal)), "the log");
    }

    [Fact]
    public async Task A_disposed_client_ends_its_calls()
    {
        _server.CreateService(Types.Type, "slow", static async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return new Types.Response();
        });
        ServiceClient<Types.Request, Types.Response> client = _client.CreateClient(Types.Type, "slow");
        await client.WaitForServiceAsync(Limit);
        Task<Types.Response> call = client.CallAsync(new Types.Request(), TestContext.Current.CancellationToken);
        await client.DisposeAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Requests_of_other_vendors_are_refused_with_a_warning_and_ours_go_on()
    {
        int handled = 0;
        _server.CreateService(Types.Type, "shared", (_, _) =>
        {
            Interlocked.Increment(ref handled);
            return ValueTask.FromResult(new Types.Response());
        });
        ServiceClient<Types.Request, Types.Response> client = _client.CreateClient(Types.Type, "shared");
        await client.WaitForServiceAsync(Limit);

        // As rmw_fastrtps: no mark in the user data, no header before the body. And one that is marked, but too short.
        const string Topic = "rq/sharedRequest", Type = "rcl_interfaces::srv::dds_::GetParameterTypes_Request_";
        var configuration = new DdsConfiguration(Domain, DiscoveryRange.Localhost, [], "");
        using var foreign = new DdsParticipant(configuration, new MiddlewareOptions { Logger = _log });
        using var writer = new DdsWriter(foreign, Topic, Type, QosProfile.Services, "", null);
        using var marked = new DdsWriter(foreign, Topic, Type, QosProfile.Services, "clientid=1.2;", null);
        await Wait.Until(() => writer.MatchedCount == 1 && marked.MatchedCount == 1, "matches");
        byte[] body = new byte[40];
        body[1] = 1;
        for (int i = 0; i < 3; i++)
            writer.Write([], new ReadOnlySequence<byte>(body));
        marked.Write([], new ReadOnlySequence<byte>(body, 0, 12));

        await client.CallAsync(new Types.Request(), Limit);
        await Wait.Until(() => _log.Warnings.Count(static line => line.Contains("was dropped", StringComparison.Ordinal)) == 2, "a warning of each writer");
        handled.ShouldBe(1);

        // Told by discovery, whose data are handled apart from requests.
        await Wait.Until(() => _log.Warnings.Any(static line => line.Contains("Service '/shared': a peer of another DDS vendor", StringComparison.Ordinal)), "the warning of the peer");
        _log.Warnings.Count(static line => line.Contains("Service '/shared': a peer of another DDS vendor", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Parameters_are_served_as_rclcpp_serves_them()
    {
        _server.Parameters.Declare("a", 1, new ParameterDescriptor { Description = "the first", IntegerRange = new(0, 10) });
        _server.Parameters.Declare("group.b", "text", new ParameterDescriptor { ReadOnly = true });
        await using MessageStream<ParameterEvent> events = _client.CreateStream<ParameterEvent>("/parameter_events", QosProfile.ParameterEvents);
        await Wait.Until(() => events.Subscription.PublisherCount >= 2, "the event publishers");

        ListParameters.Response list = await Call(ListParameters.Type, "list_parameters", new ListParameters.Request());
        list.Result.Names.ShouldBe(["a", "group.b", "start_type_description_service", "use_sim_time"]);
        list.Result.Prefixes.ShouldBe(["group"]);

        GetParameters.Response values = await Call(GetParameters.Type, "get_parameters", new GetParameters.Request { Names = ["a", "group.b"] });
        values.Values.Select(static value => ParameterValue.FromMessage(value).ToString()).ShouldBe(["1", "text"]);
        (await Call(GetParameters.Type, "get_parameters", new GetParameters.Request { Names = ["a", "unknown"] })).Values.ShouldBeEmpty();

        Types.Response types = await Call(Types.Type, "get_parameter_types", new Types.Request { Names = ["a", "group.b"] });
        types.Types.ToArray().ShouldBe([(byte)2, (byte)4]);

        DescribeParameters.Response described = await Call(DescribeParameters.Type, "describe_parameters", new DescribeParameters.Request { Names = ["a", "group.b"] });
        described.Descriptors[0].Description.ShouldBe("the first");
        described.Descriptors[0].IntegerRange.Single().ToValue.ShouldBe(10);
        described.Descriptors[1].ReadOnly.ShouldBeTrue();

        SetParameters.Response set = await Call(SetParameters.Type, "set_parameters", new SetParameters.Request { Parameters = [New("a", 2L), New("a", 11L), New("group.b", "x"), New("nothing", 1L)] });
        set.Results.Select(static result => result.Successful).ShouldBe([true, false, false, false]);
        set.Results[1].Reason.ShouldContain("integer range");
        set.Results[2].Reason.ShouldContain("read-only");
        set.Results[3].Reason.ShouldContain("not declared");

        SetParametersAtomically.Response atomic = await Call(
            SetParametersAtomically.Type, "set_parameters_atomically", new SetParametersAtomically.Request { Parameters = [New("a", 3L), New("a", 99L)] });
        atomic.Result.Successful.ShouldBeFalse();
        _server.Parameters.Get<int>("a").ShouldBe(2);

        ParameterEvent change = await Wait.Next(events, static message => message.Node == "/server", "the event of the server's parameter");
        change.ChangedParameters.Single().Name.ShouldBe("a");
        change.ChangedParameters.Single().Value.IntegerValue.ShouldBe(2);
    }

    [Fact]
    public async Task Logger_levels_are_read_and_set()
    {
        var levels = new Levels();
        _serverContext.CreateNode("logging", new RosNodeOptions { LoggerLevels = levels });
        SetLoggerLevels.Response set = await Call(
            SetLoggerLevels.Type,
            "/logging/set_logger_levels",
            new SetLoggerLevels.Request { Levels = [new LoggerLevel { Name = "a.b", Level = 10 }, new LoggerLevel { Name = "c", Level = 15 }] });
        set.Results.Select(static result => result.Successful).ShouldBe([true, false]);
        set.Results[1].Reason.ShouldContain("15 is not a log level");
        GetLoggerLevels.Response got = await Call(GetLoggerLevels.Type, "/logging/get_logger_levels", new GetLoggerLevels.Request { Names = ["a.b", "c"] });
        got.Levels.Select(static level => level.Level).ShouldBe([10u, 20u]);
    }

    [Fact]
    public async Task A_value_of_an_unknown_type_is_refused()
    {
        _server.Parameters.Declare("a", 1);
        var message = new ParameterMessage { Name = "a" };
        message.Value.Type = 77;
        SetParameters.Response response = await Call(SetParameters.Type, "set_parameters", new SetParameters.Request { Parameters = [message] });
        response.Results.Single().Reason.ShouldContain("Unknown parameter type 77");
    }

    private static ParameterMessage New(string name, object value) => new() { Name = name, Value = ParameterValue.FromObject(value).ToMessage() };

    private async Task<TResponse> Call<TRequest, TResponse>(ServiceType<TRequest, TResponse> type, string name, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        await using ServiceClient<TRequest, TResponse> client = _client.CreateClient(type, name.StartsWith('/') ? name : "/server/" + name);
        (await client.WaitForServiceAsync(Limit)).ShouldBeTrue();
        return await client.CallAsync(request, Limit);
    }

    private sealed class Levels : ILoggerLevels
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, LogSeverity> _levels = new();

        public LogSeverity Get(string logger) => _levels.GetValueOrDefault(logger, LogSeverity.Info);

        public void Set(string logger, LogSeverity level) => _levels[logger] = level;
    }
}
