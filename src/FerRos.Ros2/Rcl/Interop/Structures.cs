using System.Runtime.InteropServices;

#pragma warning disable CA1815 // structures of C: nothing compares them

namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Memory functions that rcl is to use: five pointers, in every distribution.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct rcutils_allocator_t
{
    public delegate* unmanaged[Cdecl]<nuint, void*, void*> allocate;
    public delegate* unmanaged[Cdecl]<void*, void*, void> deallocate;
    public delegate* unmanaged[Cdecl]<void*, nuint, void*, void*> reallocate;
    public delegate* unmanaged[Cdecl]<nuint, nuint, void*, void*> zero_allocate;
    public void* state;
}

/// <summary>Also rcl_serialized_message_t and rmw_serialized_message_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct rcutils_uint8_array_t
{
    public byte* buffer;
    public nuint buffer_length;
    public nuint buffer_capacity;
    public rcutils_allocator_t allocator;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct rcutils_string_array_t
{
    public nuint size;
    public byte** data;
    public rcutils_allocator_t allocator;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct rmw_names_and_types_t
{
    public rcutils_string_array_t names;
    public rcutils_string_array_t* types;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct rmw_topic_endpoint_info_array_t
{
    public nuint size;
    public byte* info_array;
}

[StructLayout(LayoutKind.Sequential)]
internal struct rcl_guard_condition_options_t
{
    public rcutils_allocator_t allocator;
}

[StructLayout(LayoutKind.Sequential)]
internal struct rmw_time_t
{
    public ulong sec;
    public ulong nsec;
}

[StructLayout(LayoutKind.Sequential)]
internal struct rmw_qos_profile_t
{
    public int history;
    public nuint depth;
    public int reliability;
    public int durability;
    public rmw_time_t deadline;
    public rmw_time_t lifespan;
    public int liveliness;
    public rmw_time_t liveliness_lease_duration;
    public byte avoid_ros_namespace_conventions;
}

/// <summary>Bytes of a gid that every distribution has; Humble's 24 end in zeros.</summary>
[System.Runtime.CompilerServices.InlineArray(16)]
internal struct gid_bytes
{
    private byte _first;
}

/// <summary>The part of rmw_message_info_t that is the same everywhere. The real structure is longer: give it <see cref="RclLayout.BlockSize"/> bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct rmw_message_info_t
{
    public long source_timestamp;
    public long received_timestamp;
    public ulong publication_sequence_number;
    public ulong reception_sequence_number;
    public byte* publisher_gid_implementation_identifier;
    public gid_bytes publisher_gid_data;
}

[StructLayout(LayoutKind.Sequential)]
internal struct rmw_request_id_t
{
    public gid_bytes writer_guid;
    public long sequence_number;
}

[StructLayout(LayoutKind.Sequential)]
internal struct rmw_service_info_t
{
    public long source_timestamp;
    public long received_timestamp;
    public rmw_request_id_t request_id;
}

/// <summary>The arrays that rcl_wait leaves behind: entries that are not ready are null.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct rcl_wait_set_t
{
    public nint* subscriptions;
    public nuint size_of_subscriptions;
    public nint* guard_conditions;
    public nuint size_of_guard_conditions;
    public nint* timers;
    public nuint size_of_timers;
    public nint* clients;
    public nuint size_of_clients;
    public nint* services;
    public nuint size_of_services;
    public nint* events;
    public nuint size_of_events;
    public nint impl;
}

[StructLayout(LayoutKind.Sequential)]
internal struct rmw_qos_incompatible_event_status_t
{
    public int total_count;
    public int total_count_change;
    public int last_policy_kind;
}

[StructLayout(LayoutKind.Sequential)]
internal struct rmw_matched_status_t
{
    public nuint total_count;
    public nuint total_count_change;
    public nuint current_count;
    public int current_count_change;
}

[StructLayout(LayoutKind.Sequential)]
internal struct rmw_message_lost_status_t
{
    public nuint total_count;
    public nuint total_count_change;
}
