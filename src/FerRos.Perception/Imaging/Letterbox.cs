using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FerRos.Perception.Imaging;

/// <summary>
/// Scales a whole frame into the middle of a square, keeping its shape, as interleaved red, green, blue floats.
/// The border is black. Reduction averages the area that an output pixel covers, enlargement is bilinear.
/// </summary>
/// <remarks>
/// Columns of bytes are combined first, across all channels at once, with weights of 1/256 that sum to exactly 1: the
/// intermediate row fits 16 bits and no rounding happens on the way. Then each output pixel combines its columns.
/// The weights are kept for as long as the source keeps its size.
/// </remarks>
internal sealed class Letterbox
{
    private readonly int _size;
    private readonly float _gain;
    private readonly float _offset;
    private Taps _rows;
    private Taps _columns;
    private ushort[] _row = [];
    private byte[] _converted = [];
    private int _width;
    private int _height;

    /// <param name="size">Side of the square.</param>
    /// <param name="gain">Factor from 0..255 to the output.</param>
    /// <param name="offset">Added after the factor; also the value of black.</param>
    public Letterbox(int size, float gain, float offset)
    {
        _size = size;
        _gain = gain / (256f * 256f);
        _offset = offset;
    }

    /// <summary>Column of the square where the picture starts.</summary>
    public int Left { get; private set; }

    /// <summary>Row of the square where the picture starts.</summary>
    public int Top { get; private set; }

    /// <summary>Source pixels per pixel of the square, horizontally.</summary>
    public float ScaleX { get; private set; }

    /// <summary>Source pixels per pixel of the square, vertically.</summary>
    public float ScaleY { get; private set; }

    /// <summary>Fills the square.</summary>
    /// <param name="frame">The source.</param>
    /// <param name="destination">size x size x 3 values.</param>
    public void Fill(ImageFrame frame, Span<float> destination)
    {
        if (frame.Width != _width || frame.Height != _height)
            Prepare(frame.Width, frame.Height);

        int channels = DirectChannels(frame.Format);
        bool direct = channels != 0;
        if (!direct)
            channels = 3;
        int rowBytes = _width * channels;
        // Four values are read at a time from the intermediate row, so it has a margin.
        if (_row.Length < rowBytes + 32)
            _row = GC.AllocateUninitializedArray<ushort>(rowBytes + 32);

        if (Top > 0 || Left > 0)
            destination[..(_size * _size * 3)].Fill(_offset);

        bool swap = frame.Format is PixelFormat.Bgr24 or PixelFormat.Bgra32;
        for (int oy = 0; oy < _rows.Count; oy++)
        {
            int first = _rows.First[oy];
            int taps = _rows.Length[oy];
            ReadOnlySpan<ushort> weights = _rows.Weights(oy);
            if (direct)
            {
                CombineRows(frame.Data, first * frame.Step, frame.Step, weights, _row.AsSpan(0, rowBytes));
            }
            else
            {
                if (_converted.Length < taps * rowBytes)
                    _converted = GC.AllocateUninitializedArray<byte>(_rows.LongestLength * rowBytes);
                for (int t = 0; t < taps; t++)
                    PixelRows.ReadRgb(frame, first + t, 0, _width, _converted.AsSpan(t * rowBytes, rowBytes));
                CombineRows(_converted, 0, rowBytes, weights, _row.AsSpan(0, rowBytes));
            }

            Span<float> output = destination.Slice((((Top + oy) * _size) + Left) * 3, _columns.Count * 3);
            if (channels == 1)
                CombineColumnsGray(output);
            else
                CombineColumnsColour(output, channels, swap);
        }
    }

    /// <summary>Channels of a format whose bytes can be averaged as they lie; 0 where they must be converted first.</summary>
    private static int DirectChannels(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.Rgb24 or PixelFormat.Bgr24 => 3,
        PixelFormat.Rgba32 or PixelFormat.Bgra32 => 4,
        _ => 0,
    };

    private void Prepare(int width, int height)
    {
        float scale = (float)_size / Math.Max(width, height);
        int outWidth = Math.Clamp((int)MathF.Round(width * scale), 1, _size);
        int outHeight = Math.Clamp((int)MathF.Round(height * scale), 1, _size);
        Left = (_size - outWidth) / 2;
        Top = (_size - outHeight) / 2;
        ScaleX = (float)width / outWidth;
        ScaleY = (float)height / outHeight;
        _columns = Taps.Create(width, outWidth);
        _rows = Taps.Create(height, outHeight);
        _width = width;
        _height = height;
    }

    private static void CombineRows(ReadOnlySpan<byte> source, int start, int step, ReadOnlySpan<ushort> weights, Span<ushort> output)
    {
        int length = output.Length;
        ref byte origin = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), start);
        ref ushort to = ref MemoryMarshal.GetReference(output);
        // The last byte that the loops below touch; they never look beyond it.
        _ = source[start + ((weights.Length - 1) * step) + length - 1];
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x <= length - 32; x += 32)
            {
                Vector256<ushort> low = default;
                Vector256<ushort> high = default;
                ref byte from = ref Unsafe.Add(ref origin, x);
                for (int t = 0; t < weights.Length; t++)
                {
                    Vector256<byte> bytes = Vector256.LoadUnsafe(ref from);
                    Vector256<ushort> weight = Vector256.Create(weights[t]);
                    low += Vector256.WidenLower(bytes) * weight;
                    high += Vector256.WidenUpper(bytes) * weight;
                    from = ref Unsafe.Add(ref from, step);
                }

                low.StoreUnsafe(ref to, (nuint)x);
                high.StoreUnsafe(ref to, (nuint)(x + 16));
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (; x <= length - 16; x += 16)
            {
                Vector128<ushort> low = default;
                Vector128<ushort> high = default;
                ref byte from = ref Unsafe.Add(ref origin, x);
                for (int t = 0; t < weights.Length; t++)
                {
                    Vector128<byte> bytes = Vector128.LoadUnsafe(ref from);
                    Vector128<ushort> weight = Vector128.Create(weights[t]);
                    low += Vector128.WidenLower(bytes) * weight;
                    high += Vector128.WidenUpper(bytes) * weight;
                    from = ref Unsafe.Add(ref from, step);
                }

                low.StoreUnsafe(ref to, (nuint)x);
                high.StoreUnsafe(ref to, (nuint)(x + 8));
            }
        }

        for (; x < length; x++)
        {
            int sum = 0;
            for (int t = 0; t < weights.Length; t++)
                sum += Unsafe.Add(ref origin, x + (t * step)) * weights[t];
            output[x] = (ushort)sum;
        }
    }

    private void CombineColumnsGray(Span<float> output)
    {
        for (int ox = 0; ox < _columns.Count; ox++)
        {
            ReadOnlySpan<ushort> weights = _columns.Weights(ox);
            ReadOnlySpan<ushort> from = _row.AsSpan(_columns.First[ox], weights.Length);
            int sum = 0;
            for (int t = 0; t < weights.Length; t++)
                sum += from[t] * weights[t];
            float value = (sum * _gain) + _offset;
            output[3 * ox] = value;
            output[(3 * ox) + 1] = value;
            output[(3 * ox) + 2] = value;
        }
    }

    private void CombineColumnsColour(Span<float> output, int channels, bool swap)
    {
        ref ushort row = ref MemoryMarshal.GetArrayDataReference(_row);
        Vector128<float> gain = Vector128.Create(_gain);
        Vector128<float> offset = Vector128.Create(_offset);
        for (int ox = 0; ox < _columns.Count; ox++)
        {
            ReadOnlySpan<ushort> weights = _columns.Weights(ox);
            ref ushort from = ref Unsafe.Add(ref row, _columns.First[ox] * channels);
            Vector128<int> sum = default;
            for (int t = 0; t < weights.Length; t++)
            {
                // One pixel and, with three channels, the first value of the next, which is not used.
                ulong pixel = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref from, t * channels)));
                sum += Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsUInt16()).AsInt32() * Vector128.Create((int)weights[t]);
            }

            Vector128<float> value = (Vector128.ConvertToSingle(sum) * gain) + offset;
            output[3 * ox] = value.GetElement(swap ? 2 : 0);
            output[(3 * ox) + 1] = value.GetElement(1);
            output[(3 * ox) + 2] = value.GetElement(swap ? 0 : 2);
        }
    }

    /// <summary>For each output position the source positions it combines, with weights over 256 that sum to 256.</summary>
    private readonly struct Taps
    {
        // Beyond this many the weights would be too coarse: take evenly spaced ones.
        private const int Most = 64;

        private readonly ushort[] _weights;
        private readonly int[] _start;

        private Taps(int[] first, int[] length, int[] start, ushort[] weights)
        {
            First = first;
            Length = length;
            _start = start;
            _weights = weights;
        }

        public int Count => First.Length;

        public int[] First { get; }

        public int[] Length { get; }

        public int LongestLength => Length.Max();

        public ReadOnlySpan<ushort> Weights(int index) => _weights.AsSpan(_start[index], Length[index]);

        public static Taps Create(int source, int output)
        {
            double scale = (double)source / output;
            var first = new int[output];
            var length = new int[output];
            var start = new int[output];
            var weights = new List<ushort>();
            Span<double> exact = stackalloc double[Most];
            for (int o = 0; o < output; o++)
            {
                start[o] = weights.Count;
                int count;
                if (scale > 1)
                {
                    double from = o * scale;
                    double to = Math.Min(source, from + scale);
                    int lowest = (int)from;
                    int highest = Math.Min(source - 1, (int)Math.Ceiling(to - 1e-9) - 1);
                    if (highest - lowest + 1 > Most)
                    {
                        lowest += (highest - lowest + 1 - Most) / 2;
                        highest = lowest + Most - 1;
                    }

                    first[o] = lowest;
                    count = highest - lowest + 1;
                    for (int i = 0; i < count; i++)
                        exact[i] = Math.Max(1e-6, Math.Min(to, lowest + i + 1) - Math.Max(from, lowest + i));
                }
                else
                {
                    double centre = ((o + 0.5) * scale) - 0.5;
                    int lowest = Math.Clamp((int)Math.Floor(centre), 0, source - 1);
                    double fraction = Math.Clamp(centre - lowest, 0, 1);
                    first[o] = lowest;
                    count = lowest + 1 < source ? 2 : 1;
                    exact[0] = count == 2 ? 1 - fraction : 1;
                    exact[1] = fraction;
                }

                length[o] = count;
                Quantise(exact[..count], weights);
            }

            return new Taps(first, length, start, [.. weights]);
        }

        /// <summary>Rounds running sums rather than values, so that the rounded weights sum to exactly 256.</summary>
        private static void Quantise(ReadOnlySpan<double> exact, List<ushort> weights)
        {
            double total = 0;
            foreach (double weight in exact)
                total += weight;
            double running = 0;
            int taken = 0;
            foreach (double weight in exact)
            {
                running += weight;
                int upTo = (int)Math.Round(256 * running / total);
                weights.Add((ushort)(upTo - taken));
                taken = upTo;
            }
        }
    }
}
