using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using FerRos.Ros2.Rcl.Interop;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>What C# assumes of rcl's structures, against what gcc makes of the installed headers.</summary>
[Trait("Needs", "ros")]
public sealed unsafe class StructureTests
{
    private static readonly string[] Headers =
    [
        "rcl/rcl.h", "rcl/event.h", "rcl/graph.h", "rcl/wait.h", "rmw/rmw.h", "rmw/types.h", "rmw/topic_endpoint_info_array.h",
        "rmw/names_and_types.h", "rmw/events_statuses/events_statuses.h", "rmw/qos_policy_kind.h",
        "rcutils/error_handling.h", "rcutils/types/uint8_array.h", "rosidl_runtime_c/type_hash.h",
    ];

    [Theory, ClassData(typeof(Distributions))]
    public void Structures_have_the_sizes_and_offsets_that_gcc_prints(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var layout = RclLayout.Current;
        var expected = Assumed(layout);
        var printed = Gcc(distribution, expected.Keys);
        foreach (var (expression, value) in expected) printed[expression].ShouldBe(value, expression);
    }

    [Theory, ClassData(typeof(Distributions))]
    public void Blocks_are_larger_than_all_structures_that_pass_through_them(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        string[] structures =
        [
            "rcl_context_t", "rcl_init_options_t", "rcl_node_t", "rcl_node_options_t", "rcl_publisher_t", "rcl_publisher_options_t",
            "rcl_subscription_t", "rcl_subscription_options_t", "rcl_service_t", "rcl_service_options_t", "rcl_client_t", "rcl_client_options_t",
            "rcl_guard_condition_t", "rcl_wait_set_t", "rcl_event_t", "rmw_message_info_t", "rmw_service_info_t", "rcl_serialized_message_t",
            "rmw_matched_status_t", "rmw_liveliness_changed_status_t",
        ];
        foreach (var (expression, size) in Gcc(distribution, structures.Select(s => $"sizeof({s})")))
            size.ShouldBeInRange(1, RclLayout.BlockSize, expression);
    }

    [Theory, ClassData(typeof(Distributions))]
    public void Constants_have_the_values_of_the_headers(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var expected = new Dictionary<string, int>
        {
            ["RCL_RET_OK"] = rcl_ret_t.OK,
            ["RCL_RET_ERROR"] = rcl_ret_t.ERROR,
            ["RCL_RET_TIMEOUT"] = rcl_ret_t.TIMEOUT,
            ["RCL_RET_UNSUPPORTED"] = rcl_ret_t.UNSUPPORTED,
            ["RCL_RET_SUBSCRIPTION_TAKE_FAILED"] = rcl_ret_t.SUBSCRIPTION_TAKE_FAILED,
            ["RCL_RET_CLIENT_TAKE_FAILED"] = rcl_ret_t.CLIENT_TAKE_FAILED,
            ["RCL_RET_SERVICE_TAKE_FAILED"] = rcl_ret_t.SERVICE_TAKE_FAILED,
            ["RCL_RET_EVENT_TAKE_FAILED"] = rcl_ret_t.EVENT_TAKE_FAILED,
            ["RCL_PUBLISHER_OFFERED_INCOMPATIBLE_QOS"] = RclEvent.Code(Middleware.EndpointEventKind.IncompatibleQos, publisher: true)!.Value,
            ["RCL_PUBLISHER_MATCHED"] = RclEvent.Code(Middleware.EndpointEventKind.Matched, publisher: true)!.Value,
            ["RCL_SUBSCRIPTION_REQUESTED_INCOMPATIBLE_QOS"] = RclEvent.Code(Middleware.EndpointEventKind.IncompatibleQos, publisher: false)!.Value,
            ["RCL_SUBSCRIPTION_MESSAGE_LOST"] = RclEvent.Code(Middleware.EndpointEventKind.SamplesLost, publisher: false)!.Value,
            ["RCL_SUBSCRIPTION_MATCHED"] = RclEvent.Code(Middleware.EndpointEventKind.Matched, publisher: false)!.Value,
            ["RMW_QOS_POLICY_HISTORY_KEEP_LAST"] = (int)QosHistory.KeepLast,
            ["RMW_QOS_POLICY_HISTORY_KEEP_ALL"] = (int)QosHistory.KeepAll,
            ["RMW_QOS_POLICY_RELIABILITY_RELIABLE"] = (int)QosReliability.Reliable,
            ["RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT"] = (int)QosReliability.BestEffort,
            ["RMW_QOS_POLICY_DURABILITY_TRANSIENT_LOCAL"] = (int)QosDurability.TransientLocal,
            ["RMW_QOS_POLICY_DURABILITY_VOLATILE"] = (int)QosDurability.Volatile,
            ["RMW_QOS_POLICY_LIVELINESS_AUTOMATIC"] = (int)QosLiveliness.Automatic,
            ["RMW_QOS_POLICY_LIVELINESS_MANUAL_BY_TOPIC"] = (int)QosLiveliness.ManualByTopic,
        };
        var policies = new Dictionary<string, string>
        {
            ["RMW_QOS_POLICY_DURABILITY"] = "DURABILITY",
            ["RMW_QOS_POLICY_DEADLINE"] = "DEADLINE",
            ["RMW_QOS_POLICY_LIVELINESS"] = "LIVELINESS",
            ["RMW_QOS_POLICY_RELIABILITY"] = "RELIABILITY",
            ["RMW_QOS_POLICY_HISTORY"] = "HISTORY",
            ["RMW_QOS_POLICY_LIFESPAN"] = "LIFESPAN",
            ["RMW_QOS_POLICY_DEPTH"] = "DEPTH",
        };
        var printed = Gcc(distribution, expected.Keys.Concat(policies.Keys));
        foreach (var (name, value) in expected) printed[name].ShouldBe(value, name);
        foreach (var (name, policy) in policies) RclQos.PolicyName(printed[name]).ShouldBe(policy);
    }

    private static Dictionary<string, int> Assumed(RclLayout layout)
    {
        var qos = default(rmw_qos_profile_t);
        var bytes = default(rcutils_uint8_array_t);
        var names = default(rmw_names_and_types_t);
        var info = default(rmw_message_info_t);
        var service = default(rmw_service_info_t);
        var id = default(rmw_request_id_t);
        var set = default(rcl_wait_set_t);
        var matched = default(rmw_matched_status_t);
        var incompatible = default(rmw_qos_incompatible_event_status_t);
        var options = stackalloc byte[RclLayout.BlockSize];
        return new Dictionary<string, int>
        {
            ["sizeof(rcutils_allocator_t)"] = sizeof(rcutils_allocator_t),
            ["sizeof(rcl_guard_condition_options_t)"] = sizeof(rcl_guard_condition_options_t),
            ["sizeof(rcutils_uint8_array_t)"] = sizeof(rcutils_uint8_array_t),
            ["offsetof(rcutils_uint8_array_t, buffer_length)"] = Offset(&bytes, &bytes.buffer_length),
            ["offsetof(rcutils_uint8_array_t, buffer_capacity)"] = Offset(&bytes, &bytes.buffer_capacity),
            ["offsetof(rcutils_uint8_array_t, allocator)"] = Offset(&bytes, &bytes.allocator),
            ["sizeof(rcutils_string_array_t)"] = sizeof(rcutils_string_array_t),
            ["sizeof(rmw_names_and_types_t)"] = sizeof(rmw_names_and_types_t),
            ["offsetof(rmw_names_and_types_t, types)"] = Offset(&names, &names.types),
            ["sizeof(rmw_topic_endpoint_info_array_t)"] = sizeof(rmw_topic_endpoint_info_array_t),
            ["sizeof(rmw_qos_profile_t)"] = sizeof(rmw_qos_profile_t),
            ["offsetof(rmw_qos_profile_t, depth)"] = Offset(&qos, &qos.depth),
            ["offsetof(rmw_qos_profile_t, reliability)"] = Offset(&qos, &qos.reliability),
            ["offsetof(rmw_qos_profile_t, durability)"] = Offset(&qos, &qos.durability),
            ["offsetof(rmw_qos_profile_t, deadline)"] = Offset(&qos, &qos.deadline),
            ["offsetof(rmw_qos_profile_t, lifespan)"] = Offset(&qos, &qos.lifespan),
            ["offsetof(rmw_qos_profile_t, liveliness)"] = Offset(&qos, &qos.liveliness),
            ["offsetof(rmw_qos_profile_t, liveliness_lease_duration)"] = Offset(&qos, &qos.liveliness_lease_duration),
            ["offsetof(rmw_qos_profile_t, avoid_ros_namespace_conventions)"] = Offset(&qos, &qos.avoid_ros_namespace_conventions),
            ["offsetof(rmw_message_info_t, source_timestamp)"] = Offset(&info, &info.source_timestamp),
            ["offsetof(rmw_message_info_t, publisher_gid.implementation_identifier)"] = Offset(&info, &info.publisher_gid_implementation_identifier),
            ["offsetof(rmw_message_info_t, publisher_gid.data)"] = Offset(&info, &info.publisher_gid_data),
            ["sizeof(rmw_request_id_t)"] = sizeof(rmw_request_id_t),
            ["offsetof(rmw_request_id_t, sequence_number)"] = Offset(&id, &id.sequence_number),
            ["sizeof(rmw_service_info_t)"] = sizeof(rmw_service_info_t),
            ["offsetof(rmw_service_info_t, request_id)"] = Offset(&service, &service.request_id),
            ["sizeof(rcl_wait_set_t)"] = sizeof(rcl_wait_set_t),
            ["offsetof(rcl_wait_set_t, guard_conditions)"] = Offset(&set, &set.guard_conditions),
            ["offsetof(rcl_wait_set_t, clients)"] = Offset(&set, &set.clients),
            ["offsetof(rcl_wait_set_t, services)"] = Offset(&set, &set.services),
            ["offsetof(rcl_wait_set_t, events)"] = Offset(&set, &set.events),
            ["offsetof(rcl_wait_set_t, size_of_events)"] = Offset(&set, &set.size_of_events),
            ["sizeof(rmw_matched_status_t)"] = sizeof(rmw_matched_status_t),
            ["offsetof(rmw_matched_status_t, current_count)"] = Offset(&matched, &matched.current_count),
            ["sizeof(rmw_qos_incompatible_event_status_t)"] = sizeof(rmw_qos_incompatible_event_status_t),
            ["offsetof(rmw_qos_incompatible_event_status_t, last_policy_kind)"] = Offset(&incompatible, &incompatible.last_policy_kind),
            ["sizeof(rmw_message_lost_status_t)"] = sizeof(rmw_message_lost_status_t),
            ["sizeof(rosidl_type_hash_t)"] = RclTypeSupport.HashLength,

            // Where the options are written: found by what is written there.
            ["offsetof(rcl_publisher_options_t, qos)"] = DepthOffset(options) - Offset(&qos, &qos.depth),
            ["offsetof(rcl_subscription_options_t, qos)"] = DepthOffset(options) - Offset(&qos, &qos.depth),
            ["offsetof(rcl_service_options_t, qos)"] = DepthOffset(options) - Offset(&qos, &qos.depth),
            ["offsetof(rcl_client_options_t, qos)"] = DepthOffset(options) - Offset(&qos, &qos.depth),
            ["offsetof(rcl_publisher_options_t, allocator)"] = AllocatorOffset(options),
            ["offsetof(rcl_subscription_options_t, allocator)"] = AllocatorOffset(options),
            ["offsetof(rcl_service_options_t, allocator)"] = AllocatorOffset(options),
            ["offsetof(rcl_client_options_t, allocator)"] = AllocatorOffset(options),
            ["offsetof(rcl_node_options_t, allocator)"] = NodeOffset(options, RclAllocator.Default),
            ["offsetof(rcl_node_options_t, rosout_qos)"] = NodeOffset(options, (nuint)QosProfile.Rosout.Depth) - Offset(&qos, &qos.depth),

            // What was measured in the loaded library.
            ["sizeof(rmw_topic_endpoint_info_t)"] = layout.EndpointSize,
            ["offsetof(rmw_topic_endpoint_info_t, node_name)"] = layout.EndpointNodeName,
            ["offsetof(rmw_topic_endpoint_info_t, node_namespace)"] = layout.EndpointNamespace,
            ["offsetof(rmw_topic_endpoint_info_t, topic_type)"] = layout.EndpointType,
            ["offsetof(rmw_topic_endpoint_info_t, topic_type_hash)"] = layout.EndpointTypeHash,
            ["offsetof(rmw_topic_endpoint_info_t, endpoint_gid)"] = layout.EndpointGid,
            ["offsetof(rmw_topic_endpoint_info_t, qos_profile)"] = layout.EndpointQos,
        };
    }

    private static int Offset(void* structure, void* field) => (int)((byte*)field - (byte*)structure);

    private static int DepthOffset(byte* options)
    {
        RclLayout.WriteEndpointOptions(options, new QosProfile { Depth = 0x01020304 });
        return new Span<byte>(options, RclLayout.BlockSize).IndexOf((ReadOnlySpan<byte>)[4, 3, 2, 1]);
    }

    private static int AllocatorOffset(byte* options)
    {
        RclLayout.WriteEndpointOptions(options, QosProfile.Default);
        return new Span<byte>(options, RclLayout.BlockSize).IndexOf(new Span<byte>(RclAllocator.Pointer, sizeof(rcutils_allocator_t)));
    }

    /// <summary>Where a value lies in a node's options. One without padding, whose bytes nobody writes.</summary>
    private static int NodeOffset<T>(byte* options, T written)
        where T : unmanaged
    {
        RclLayout.WriteNodeOptions(options);
        return new Span<byte>(options, RclLayout.BlockSize).IndexOf(new Span<byte>(&written, sizeof(T)));
    }

    /// <summary>Values of constant expressions, printed by a C program.</summary>
    private static Dictionary<string, int> Gcc(string distribution, IEnumerable<string> expressions)
    {
        if (!File.Exists("/usr/bin/gcc")) Assert.Skip("gcc is not installed.");
        var include = $"/opt/ros/{distribution}/include";
        var folder = Directory.CreateTempSubdirectory("ferros-structures-").FullName;
        try
        {
            var all = expressions.ToArray();
            var source = Path.Combine(folder, "print.c");
            var program = Path.Combine(folder, "print");
            File.WriteAllText(
                source,
                "#include <stddef.h>\n#include <stdio.h>\n"
                + string.Concat(Headers.Select(h => $"#include \"{h}\"\n"))
                + "int main(void) {\n"
                + string.Concat(all.Select(e => $"  printf(\"%lld\\n\", (long long)({e}));\n"))
                + "  return 0;\n}\n");

            // -I for each package's folder: headers are installed as include/<package>/<package>/....
            Execute("gcc", ["-o", program, source, .. Directory.EnumerateDirectories(include).Select(d => "-I" + d)]);
            var lines = Execute(program, []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            lines.Length.ShouldBe(all.Length);
            return all.Zip(lines).ToDictionary(pair => pair.First, pair => int.Parse(pair.Second, CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Execute(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors.GetAwaiter().GetResult());
        return output;
    }
}
