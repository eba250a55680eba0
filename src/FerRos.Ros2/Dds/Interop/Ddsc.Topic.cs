using System.Runtime.InteropServices;

namespace FerRos.Ros2.Dds.Interop;

/// <summary>Topics.</summary>
internal static unsafe partial class Ddsc
{
    /// <summary>The descriptor says that <see cref="TopicDescriptor.RestrictRepresentation"/> holds.</summary>
    public const uint TopicRestrictDataRepresentation = 1u << 7;

    /// <summary>Bit of XCDR1 in <see cref="TopicDescriptor.RestrictRepresentation"/>.</summary>
    public const uint DataRepresentationXcdr1 = 1u << 0;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int dds_create_topic(int participant, TopicDescriptor* descriptor, string name, nint qos, nint listener);

    /// <summary><c>dds_topic_descriptor_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TopicDescriptor
    {
        public uint Size;
        public uint Alignment;
        public uint Flags;
        public uint KeyCount;
        public byte* TypeName;
        public void* Keys;
        public uint OperationCount;
        public uint* Operations;
        public byte* Meta;
        public byte* TypeInformation;
        public uint TypeInformationSize;
        private readonly uint _typeInformationPadding;
        public byte* TypeMapping;
        public uint TypeMappingSize;
        private readonly uint _typeMappingPadding;
        public uint RestrictRepresentation;
    }
}
