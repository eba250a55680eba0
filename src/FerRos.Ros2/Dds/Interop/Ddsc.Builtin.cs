using System.Runtime.InteropServices;

namespace FerRos.Ros2.Dds.Interop;

/// <summary>Discovery data: the builtin topics and what is matched.</summary>
internal static unsafe partial class Ddsc
{
    public const int TopicDcpsParticipant = 0x7fff0001;
    public const int TopicDcpsPublication = 0x7fff0003;
    public const int TopicDcpsSubscription = 0x7fff0004;

    [LibraryImport(Library)]
    public static partial BuiltinEndpoint* dds_get_matched_publication_data(int reader, ulong handle);

    [LibraryImport(Library)]
    public static partial BuiltinEndpoint* dds_get_matched_subscription_data(int writer, ulong handle);

    [LibraryImport(Library)]
    public static partial int dds_get_matched_publications(int reader, ulong* handles, nuint max);

    [LibraryImport(Library)]
    public static partial int dds_get_matched_subscriptions(int writer, ulong* handles, nuint max);

    [LibraryImport(Library)]
    public static partial void dds_builtintopic_free_endpoint(BuiltinEndpoint* endpoint);

    /// <summary><c>dds_builtintopic_participant_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct BuiltinParticipant
    {
        public fixed byte Key[16];
        public nint Qos;
    }

    /// <summary><c>dds_builtintopic_endpoint_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct BuiltinEndpoint
    {
        public fixed byte Key[16];
        public fixed byte ParticipantKey[16];
        public ulong ParticipantHandle;
        public byte* TopicName;
        public byte* TypeName;
        public nint Qos;
    }
}
