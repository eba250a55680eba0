using System.Globalization;
using System.Runtime.InteropServices;

namespace FerRos.Ros2.Cdr;

/// <summary>Reads whole messages, with errors that name the field.</summary>
public static class CdrSerializer
{
    /// <summary>Reads a message into an instance that is there already; see <see cref="IMessage.Read"/> for what is kept.</summary>
    /// <param name="cdr">Encapsulation header and body; bytes behind the message are ignored.</param>
    /// <param name="message">The message to fill. After an error it holds part of the data.</param>
    /// <exception cref="CdrException">The data do not hold such a message; <see cref="CdrException.Field"/> names the field.</exception>
    public static void Deserialize(ReadOnlySpan<byte> cdr, IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            var reader = new CdrReader(cdr);
            message.Read(ref reader);
        }
        catch (CdrException e)
        {
            throw new CdrException(CdrFieldLocator.Locate(cdr, message.Descriptor), e);
        }
    }

    /// <summary>Reads a message into a new instance.</summary>
    /// <typeparam name="T">Message type.</typeparam>
    /// <param name="cdr">Encapsulation header and body; bytes behind the message are ignored.</param>
    /// <exception cref="CdrException">The data do not hold such a message; <see cref="CdrException.Field"/> names the field.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> cdr)
        where T : class, IMessage<T>, new()
    {
        var message = new T();
        Deserialize(cdr, message);
        return message;
    }
}

/// <summary>
/// Finds the field at which reading fails by reading once more along the type's description. Generated readers know
/// no paths, so that they cost nothing where all is well.
/// </summary>
internal static class CdrFieldLocator
{
    /// <summary>Path of the first field that cannot be read, <c>sensor_msgs/msg/Image.header.frame_id</c>; the type's name when the header is at fault.</summary>
    public static string Locate(ReadOnlySpan<byte> cdr, MessageDescriptor type)
    {
        var path = new List<string> { type.Name };
        try
        {
            var reader = new CdrReader(cdr);
            Skip(ref reader, type, path);
        }
        catch (CdrException)
        {
            return string.Concat(CollectionsMarshal.AsSpan(path)!);
        }

        return type.Name;
    }

    private static void Skip(ref CdrReader reader, MessageDescriptor type, List<string> path)
    {
        if (type.Fields.Count == 0)
            reader.ReadByte();
        foreach (FieldDescriptor field in type.Fields)
        {
            path.Add("." + field.Name);
            if (field.Type.Shape == FieldShape.Single)
            {
                SkipOne(ref reader, field.Type, path);
            }
            else
            {
                int bound = field.Type.Shape == FieldShape.BoundedSequence ? field.Type.Capacity : int.MaxValue;
                int count = field.Type.Shape == FieldShape.Array ? field.Type.Capacity : reader.ReadLength(1, bound);
                for (int i = 0; i < count; i++)
                {
                    path.Add(string.Create(CultureInfo.InvariantCulture, $"[{i}]"));
                    SkipOne(ref reader, field.Type, path);
                    path.RemoveAt(path.Count - 1);
                }
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private static void SkipOne(ref CdrReader reader, FieldType type, List<string> path)
    {
        switch (type.Kind)
        {
            case FieldKind.Message:
                Skip(ref reader, type.Nested!, path);
                break;
            case FieldKind.Text:
                reader.ReadString(null, type.StringCapacity > 0 ? type.StringCapacity : int.MaxValue);
                break;
            case FieldKind.Bool:
                reader.ReadBool();
                break;
            case FieldKind.Int16 or FieldKind.UInt16:
                reader.ReadUInt16();
                break;
            case FieldKind.Int32 or FieldKind.UInt32 or FieldKind.Float32:
                reader.ReadUInt32();
                break;
            case FieldKind.Int64 or FieldKind.UInt64 or FieldKind.Float64:
                reader.ReadUInt64();
                break;
            default:
                reader.ReadByte();
                break;
        }
    }
}
