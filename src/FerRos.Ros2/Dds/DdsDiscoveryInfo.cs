using System.Buffers;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Dds;

/// <summary>A node and its endpoints, as <c>ros_discovery_info</c> tells.</summary>
internal sealed record NodeEntities(NodeName Name, IReadOnlyList<Gid> Readers, IReadOnlyList<Gid> Writers);

/// <summary>
/// <c>rmw_dds_common/msg/ParticipantEntitiesInfo</c>: which nodes a participant holds. Written by hand, because the
/// size of an identifier in it depends on the distribution.
/// </summary>
internal static class DdsDiscoveryInfo
{
    private const int MaxNameLength = 256;
    private const int HumbleGidSize = 24;

    /// <summary>Writes the message into the buffer.</summary>
    public static ReadOnlySequence<byte> Write(SerializationBuffer buffer, Gid participant, IReadOnlyCollection<NodeEntities> nodes, RosDistribution distribution)
    {
        byte[] gid = new byte[GidSize(distribution)];
        var writer = new CdrWriter(buffer);
        WriteGid(ref writer, participant, gid);
        writer.WriteLength(nodes.Count);
        foreach (NodeEntities node in nodes)
        {
            writer.WriteString(node.Name.Namespace, MaxNameLength);
            writer.WriteString(node.Name.Name, MaxNameLength);
            WriteGids(ref writer, node.Readers, gid);
            WriteGids(ref writer, node.Writers, gid);
        }

        return buffer.Complete(writer);
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="CdrException">The data are not such a message.</exception>
    public static (Gid Participant, List<NodeEntities> Nodes) Read(ReadOnlySpan<byte> cdr, RosDistribution distribution)
    {
        byte[] gid = new byte[GidSize(distribution)];
        var reader = new CdrReader(cdr);
        Gid participant = ReadGid(ref reader, gid);
        int count = reader.ReadLength(minimumElementSize: 18);
        var nodes = new List<NodeEntities>(count);
        for (int i = 0; i < count; i++)
        {
            string @namespace = reader.ReadString(bound: MaxNameLength);
            string name = reader.ReadString(bound: MaxNameLength);
            nodes.Add(new NodeEntities(new NodeName(name, @namespace), ReadGids(ref reader, gid), ReadGids(ref reader, gid)));
        }

        // Identifiers of the other size mostly decode to "no nodes" with much left over: say so instead.
        if (reader.Remaining > 3)
            throw new CdrException($"{reader.Remaining} bytes are left over after {count} nodes");
        return (participant, nodes);
    }

    private static int GidSize(RosDistribution distribution) => distribution == RosDistribution.Humble ? HumbleGidSize : Gid.Size;

    private static void WriteGids(ref CdrWriter writer, IReadOnlyList<Gid> gids, byte[] scratch)
    {
        writer.WriteLength(gids.Count);
        foreach (Gid gid in gids)
            WriteGid(ref writer, gid, scratch);
    }

    private static void WriteGid(ref CdrWriter writer, Gid gid, byte[] scratch)
    {
        gid.Write(scratch);
        writer.WriteArray(scratch, scratch.Length);
    }

    private static List<Gid> ReadGids(ref CdrReader reader, byte[] scratch)
    {
        int count = reader.ReadLength(minimumElementSize: scratch.Length);
        var gids = new List<Gid>(count);
        for (int i = 0; i < count; i++)
            gids.Add(ReadGid(ref reader, scratch));
        return gids;
    }

    private static Gid ReadGid(ref CdrReader reader, byte[] scratch)
    {
        return Gid.Read(reader.ReadArray(scratch, scratch.Length));
    }
}
