using System.Buffers;
using System.Text;

namespace FerRos.Networks;

/// <summary>Writes the protobuf wire format: what an ONNX file needs of it, and no more.</summary>
internal sealed class ProtobufWriter
{
    private const int VarintType = 0;
    private const int LengthDelimitedType = 2;
    private const int Fixed32Type = 5;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Write(int field, long value)
    {
        Varint(((ulong)field << 3) | VarintType);
        Varint((ulong)value);
    }

    public void Write(int field, float value)
    {
        Varint(((ulong)field << 3) | Fixed32Type);
        _buffer.Write(BitConverter.GetBytes(value));
    }

    public void Write(int field, string value) => Write(field, Encoding.UTF8.GetBytes(value));

    public void Write(int field, ReadOnlySpan<byte> value)
    {
        Varint(((ulong)field << 3) | LengthDelimitedType);
        Varint((ulong)value.Length);
        _buffer.Write(value);
    }

    /// <summary>A message within this one.</summary>
    public void Write(int field, Action<ProtobufWriter> message)
    {
        var inner = new ProtobufWriter();
        message(inner);
        Write(field, inner.Written);
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _buffer.Write([(byte)(value | 0x80)]);
        _buffer.Write([(byte)value]);
    }
}
