using System.Runtime.InteropServices;

namespace FerRos.Ros2.Dds.Interop;

/// <summary>Communication statuses. Reading one resets it.</summary>
internal static unsafe partial class Ddsc
{
    public const uint OfferedIncompatibleQos = 1u << 3;
    public const uint RequestedIncompatibleQos = 1u << 4;
    public const uint SampleLost = 1u << 5;
    public const uint PublicationMatched = 1u << 11;
    public const uint SubscriptionMatched = 1u << 12;

    [LibraryImport(Library)]
    public static partial int dds_get_publication_matched_status(int writer, MatchedStatus* status);

    [LibraryImport(Library)]
    public static partial int dds_get_subscription_matched_status(int reader, MatchedStatus* status);

    [LibraryImport(Library)]
    public static partial int dds_get_offered_incompatible_qos_status(int writer, IncompatibleQosStatus* status);

    [LibraryImport(Library)]
    public static partial int dds_get_requested_incompatible_qos_status(int reader, IncompatibleQosStatus* status);

    [LibraryImport(Library)]
    public static partial int dds_get_sample_lost_status(int reader, SampleLostStatus* status);

    /// <summary><c>dds_publication_matched_status_t</c> and <c>dds_subscription_matched_status_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MatchedStatus
    {
        public uint TotalCount;
        public int TotalCountChange;
        public uint CurrentCount;
        public int CurrentCountChange;
        public ulong LastHandle;
    }

    /// <summary><c>dds_offered_incompatible_qos_status_t</c> and <c>dds_requested_incompatible_qos_status_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IncompatibleQosStatus
    {
        public uint TotalCount;
        public int TotalCountChange;
        public uint LastPolicyId;
    }

    /// <summary><c>dds_sample_lost_status_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SampleLostStatus
    {
        public uint TotalCount;
        public int TotalCountChange;
    }
}
