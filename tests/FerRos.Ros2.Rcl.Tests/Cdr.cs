using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>CDR made and read by hand, so that nothing here leans on the reader and writer of the library.</summary>
internal static class Cdr
{
    public static readonly InterfaceType String = new("std_msgs/msg/String", "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18");
    public static readonly InterfaceType Image = new("sensor_msgs/msg/Image", "RIHS01_d31d41a9a4c4bc8eae9be757b0beed306564f7526c88ea6a4588fb9582527d47");

    public static readonly ServiceInterfaceType SetBool = new(
        "std_srvs/srv/SetBool",
        "RIHS01_abe9e4bb6b41b40e6789712c00ec8871923e089af3f667a79992a428cff2da0a",
        new InterfaceType("std_srvs/srv/SetBool_Request", ""),
        new InterfaceType("std_srvs/srv/SetBool_Response", ""));

    public static readonly ServiceInterfaceType Empty = new(
        "std_srvs/srv/Empty",
        "RIHS01_5888399dedec5ccc85ea6451949fd2c9f97bfdf963f9a588821639fcd31b5d19",
        new InterfaceType("std_srvs/srv/Empty_Request", ""),
        new InterfaceType("std_srvs/srv/Empty_Response", ""));

    /// <summary>std_msgs/msg/String.</summary>
    public static byte[] Text(string text) => new Builder().String(text).ToArray();

    public static string ReadText(ReadOnlySpan<byte> cdr)
    {
        var at = 4;
        return ReadString(cdr, ref at);
    }

    /// <summary>std_srvs/srv/SetBool_Request; and, as one zero octet, Empty_Request.</summary>
    public static byte[] Bool(bool value) => new Builder().Byte(value ? 1 : 0).ToArray();

    /// <summary>std_srvs/srv/SetBool_Response.</summary>
    public static byte[] BoolAndText(bool value, string text) => new Builder().Byte(value ? 1 : 0).String(text).ToArray();

    public static (bool Value, string Text) ReadBoolAndText(ReadOnlySpan<byte> cdr)
    {
        var at = 5;
        return (cdr[4] != 0, ReadString(cdr, ref at));
    }

    /// <summary>A sensor_msgs/msg/Image (rgb8, its number in stamp.sec) up to its data, which come next.</summary>
    public static byte[] ImageHead(int number, int width, int height) => new Builder()
        .Word(number).Word(0).String("camera")
        .Word(height).Word(width).String("rgb8").Byte(0).Word(width * 3)
        .Word(width * height * 3)
        .ToArray();

    public static (int Number, int Width, string Encoding, byte[] Data) ReadImage(ReadOnlySpan<byte> cdr)
    {
        var at = 4;
        var number = ReadWord(cdr, ref at);
        ReadWord(cdr, ref at);
        ReadString(cdr, ref at);
        ReadWord(cdr, ref at);
        var width = ReadWord(cdr, ref at);
        var encoding = ReadString(cdr, ref at);
        at++;
        ReadWord(cdr, ref at);
        var length = ReadWord(cdr, ref at);
        return (number, width, encoding, cdr.Slice(at, length).ToArray());
    }

    public static ReadOnlySequence<byte> Whole(byte[] bytes) => new(bytes);

    /// <summary>A sequence of two segments.</summary>
    public static ReadOnlySequence<byte> InTwo(byte[] first, byte[] second)
    {
        var end = new Segment(second, first.Length, null);
        var begin = new Segment(first, 0, end);
        return new ReadOnlySequence<byte>(begin, 0, end, second.Length);
    }

    private static string ReadString(ReadOnlySpan<byte> cdr, ref int at)
    {
        var length = ReadWord(cdr, ref at);
        var text = Encoding.UTF8.GetString(cdr.Slice(at, length - 1));
        at += length;
        return text;
    }

    private static int ReadWord(ReadOnlySpan<byte> cdr, ref int at)
    {
        at = (at + 3) & ~3;
        var word = BinaryPrimitives.ReadInt32LittleEndian(cdr[at..]);
        at += 4;
        return word;
    }

    /// <summary>Little-endian XCDR1. The header has 4 bytes, so words align the same with and without it.</summary>
    private sealed class Builder
    {
        private readonly List<byte> _bytes = [0, 1, 0, 0];

        public Builder Byte(int value)
        {
            _bytes.Add((byte)value);
            return this;
        }

        public Builder Word(int value)
        {
            while (_bytes.Count % 4 != 0) _bytes.Add(0);
            Span<byte> word = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(word, value);
            _bytes.AddRange(word);
            return this;
        }

        public Builder String(string value)
        {
            var utf8 = Encoding.UTF8.GetBytes(value);
            Word(utf8.Length + 1);
            _bytes.AddRange(utf8);
            return Byte(0);
        }

        public byte[] ToArray() => [.. _bytes];
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] memory, long index, Segment? next)
        {
            Memory = memory;
            RunningIndex = index;
            Next = next;
        }
    }
}
