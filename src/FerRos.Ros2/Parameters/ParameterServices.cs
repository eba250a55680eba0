using FerRos.Interfaces.RclInterfaces.Srv;
using ListResultMessage = FerRos.Interfaces.RclInterfaces.Msg.ListParametersResult;
using ParameterEventMessage = FerRos.Interfaces.RclInterfaces.Msg.ParameterEvent;
using ParameterMessage = FerRos.Interfaces.RclInterfaces.Msg.Parameter;
using ResultMessage = FerRos.Interfaces.RclInterfaces.Msg.SetParametersResult;

namespace FerRos.Ros2;

/// <summary>The six parameter services of a node, and <c>/parameter_events</c>.</summary>
internal sealed class ParameterServices
{
    private const char Separator = '.';

    private readonly RosNode _node;
    private readonly NodeParameters _parameters;
    private readonly Publisher<ParameterEventMessage> _events;

    public ParameterServices(RosNode node, NodeParameters parameters)
    {
        _node = node;
        _parameters = parameters;
        _events = node.CreatePublisher<ParameterEventMessage>("/parameter_events", QosProfile.ParameterEvents);
        parameters.Recorded += Publish;

        QosProfile qos = QosProfile.Parameters;
        node.CreateService(GetParameters.Type, "~/get_parameters", (request, _) => ValueTask.FromResult(Get(request)), qos);
        node.CreateService(GetParameterTypes.Type, "~/get_parameter_types", (request, _) => ValueTask.FromResult(GetTypes(request)), qos);
        node.CreateService(SetParameters.Type, "~/set_parameters", (request, _) => ValueTask.FromResult(Set(request)), qos);
        node.CreateService(SetParametersAtomically.Type, "~/set_parameters_atomically", (request, _) => ValueTask.FromResult(SetAtomically(request)), qos);
        node.CreateService(DescribeParameters.Type, "~/describe_parameters", (request, _) => ValueTask.FromResult(Describe(request)), qos);
        node.CreateService(ListParameters.Type, "~/list_parameters", (request, _) => ValueTask.FromResult(List(request)), qos);
    }

    /// <summary>rclcpp's rules: prefixes match themselves and what is below them, depth counts the levels below.</summary>
    internal static ListResultMessage List(IReadOnlyList<string> names, IReadOnlyList<string> prefixes, ulong depth)
    {
        var result = new ListResultMessage();
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            bool wanted = prefixes.Count == 0
                ? depth == ListParameters.Request.DepthRecursive || (ulong)name.Count(static c => c == Separator) < depth
                : prefixes.Any(prefix => IsBelow(name, prefix, depth));
            if (!wanted)
                continue;
            result.Names.Add(name);
            int last = name.LastIndexOf(Separator);
            if (last > 0 && seen.Add(name[..last]))
                result.Prefixes.Add(name[..last]);
        }

        return result;
    }

    private static bool IsBelow(string name, string prefix, ulong depth)
    {
        if (name == prefix)
            return true;
        if (!name.StartsWith(prefix + Separator, StringComparison.Ordinal))
            return false;
        return depth == ListParameters.Request.DepthRecursive || (ulong)name.AsSpan(prefix.Length + 1).Count(Separator) < depth;
    }

    // An undeclared name makes the whole answer empty: rclcpp's way.
    private bool Known(IEnumerable<string> names) => _parameters.AllowUndeclared || names.All(_parameters.Has);

    private GetParameters.Response Get(GetParameters.Request request)
    {
        var response = new GetParameters.Response();
        if (Known(request.Names))
            response.Values.AddRange(request.Names.Select(name => _parameters.TryGet(name, out ParameterValue? value) ? value.ToMessage() : ParameterValue.NotSet.ToMessage()));
        return response;
    }

    private GetParameterTypes.Response GetTypes(GetParameterTypes.Request request) => new()
    {
        Types = Known(request.Names)
            ? request.Names.Select(name => (byte)(_parameters.TryGet(name, out ParameterValue? value) ? value.Type : ParameterType.NotSet)).ToArray()
            : Array.Empty<byte>(),
    };

    private SetParameters.Response Set(SetParameters.Request request)
    {
        var response = new SetParameters.Response();
        response.Results.AddRange(request.Parameters.Select(parameter => SetAll([parameter])));
        return response;
    }

    private SetParametersAtomically.Response SetAtomically(SetParametersAtomically.Request request) => new() { Result = SetAll(request.Parameters) };

    private ResultMessage SetAll(IReadOnlyList<ParameterMessage> messages)
    {
        SetParametersResult result;
        try
        {
            result = _parameters.SetAtomically([.. messages.Select(static message => new Parameter(message.Name, ParameterValue.FromMessage(message.Value)))]);
        }
        catch (ParameterException exception)
        {
            result = SetParametersResult.Failure(exception.Message);
        }

        return new ResultMessage { Successful = result.Successful, Reason = result.Reason };
    }

    private DescribeParameters.Response Describe(DescribeParameters.Request request)
    {
        var response = new DescribeParameters.Response();
        if (!Known(request.Names))
            return response;
        foreach (string name in request.Names)
        {
            _parameters.TryFind(name, out ParameterDescriptor? descriptor, out ParameterType type, out _);
            response.Descriptors.Add((descriptor ?? new ParameterDescriptor()).ToMessage(name, type));
        }

        return response;
    }

    private ListParameters.Response List(ListParameters.Request request) =>
        new() { Result = List(_parameters.Names, request.Prefixes, request.Depth) };

    private void Publish(ParameterChanges changes)
    {
        var message = new ParameterEventMessage { Node = _node.FullName };
        _node.Clock.Now.WriteTo(message.Stamp);
        message.NewParameters.AddRange(changes.New.Select(ToMessage));
        message.ChangedParameters.AddRange(changes.Changed.Select(ToMessage));
        message.DeletedParameters.AddRange(changes.Deleted.Select(ToMessage));
        try
        {
            _events.Publish(message);
        }
        catch (MiddlewareException exception)
        {
            RosLog.HandlerFailed(_node.Logger, _events.Topic, exception);
        }
    }

    private static ParameterMessage ToMessage(Parameter parameter) => new() { Name = parameter.Name, Value = parameter.Value.ToMessage() };
}
