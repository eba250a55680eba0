using System.Runtime.InteropServices;

namespace FerRos.Ros2.Dds.Interop;

/// <summary>Writing and taking samples, serialized (serdata) and, for the builtin topics, as C structures.</summary>
internal static unsafe partial class Ddsc
{
    /// <summary><c>DDS_ANY_STATE</c>: all sample, view and instance states.</summary>
    public const uint AnyState = 0x7f;

    /// <summary><c>DDS_IST_ALIVE</c>.</summary>
    public const uint InstanceAlive = 16;

    /// <summary><c>SDK_DATA</c> of <c>enum ddsi_serdata_kind</c>: a sample with all its fields.</summary>
    public const int SerdataKindData = 2;

    /// <summary>Takes over the reference to <paramref name="serdata"/>, also when it fails.</summary>
    [LibraryImport(Library)]
    public static partial int dds_writecdr(int writer, nint serdata);

    [LibraryImport(Library)]
    public static partial int dds_write(int writer, void* sample);

    [LibraryImport(Library)]
    public static partial int dds_takecdr(int reader, nint* serdata, uint max, SampleInfo* infos, uint mask);

    [LibraryImport(Library)]
    public static partial int dds_take(int reader, void** samples, SampleInfo* infos, nuint bufferSize, uint max);

    [LibraryImport(Library)]
    public static partial int dds_return_loan(int reader, void** samples, int count);

    [LibraryImport(Library)]
    public static partial int dds_wait_for_acks(int writer, long timeout);

    [LibraryImport(Library)]
    public static partial nint ddsi_serdata_from_ser_iov(nint type, int kind, nuint count, IoVec* vectors, nuint size);

    [LibraryImport(Library)]
    public static partial nint ddsi_serdata_to_ser_ref(nint serdata, nuint offset, nuint size, IoVec* vector);

    [LibraryImport(Library)]
    public static partial void ddsi_serdata_to_ser_unref(nint serdata, IoVec* vector);

    [LibraryImport(Library)]
    public static partial uint ddsi_serdata_size(nint serdata);

    [LibraryImport(Library)]
    public static partial void ddsi_serdata_unref(nint serdata);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVec
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary><c>dds_sample_info_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SampleInfo
    {
        public uint SampleState;
        public uint ViewState;
        public uint InstanceState;
        public byte ValidData;
        public long SourceTimestamp;
        public ulong InstanceHandle;
        public ulong PublicationHandle;
        public uint DisposedGenerationCount;
        public uint NoWritersGenerationCount;
        public uint SampleRank;
        public uint GenerationRank;
        public uint AbsoluteGenerationRank;
    }
}
