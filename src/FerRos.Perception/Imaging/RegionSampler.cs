using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerRos.Perception.Imaging;

/// <summary>
/// Resamples a turned and scaled square of a frame. First the region that the square covers is read from the source
/// format and reduced by a whole factor by averaging; then the square is interpolated bilinearly from that, with four
/// points a pixel where it is still smaller than the region.
/// </summary>
internal sealed class RegionSampler
{
    private byte[] _line = [];
    private float[] _region = [];
    private int _regionWidth;
    private int _regionHeight;
    private int _x0;
    private int _y0;
    private int _factor;
    private int _channels;
    private bool _reachesOutside;

    /// <summary>Fills a square with gray values from 0 to <paramref name="white"/>.</summary>
    /// <param name="frame">The source.</param>
    /// <param name="toSource">From coordinates of the square (0 to size) to pixels of the source; pixel centres lie at halves in both.</param>
    /// <param name="size">Side of the square in pixels.</param>
    /// <param name="channels">1 for gray, 3 for red, green, blue.</param>
    /// <param name="white">The output's value of 255.</param>
    /// <param name="blackOutside">Whether what lies outside the picture is black; otherwise the picture's border continues.</param>
    /// <param name="destination">size x size x channels values, interleaved.</param>
    public void Sample(
        ImageFrame frame,
        in SimilarityTransform toSource,
        int size,
        int channels,
        float white,
        bool blackOutside,
        Span<float> destination)
    {
        destination = destination[..(size * size * channels)];
        if (!Load(frame, toSource, size, channels))
        {
            destination.Clear();
            return;
        }

        // Coordinates in the reduced region, whose pixel centres are taken to lie at whole numbers.
        float factor = 1f / _factor;
        Vector2 stepX = toSource.A * factor;
        var stepY = new Vector2(-stepX.Y, stepX.X);
        Vector2 origin = ((toSource.B - new Vector2(_x0, _y0)) * factor) - new Vector2(0.5f);
        float gain = white / 255f;
        bool four = toSource.Scale * factor > 1.15f;
        for (int y = 0; y < size; y++)
        {
            Span<float> row = destination.Slice(y * size * channels, size * channels);
            for (int x = 0; x < size; x++)
            {
                Vector2 at = origin + (stepX * (x + 0.5f)) + (stepY * (y + 0.5f));
                Span<float> pixel = row.Slice(x * channels, channels);
                pixel.Clear();
                if (four)
                {
                    Vector2 across = stepX * 0.25f;
                    Vector2 down = stepY * 0.25f;
                    Add(at - across - down, pixel, 0.25f * gain);
                    Add(at + across - down, pixel, 0.25f * gain);
                    Add(at - across + down, pixel, 0.25f * gain);
                    Add(at + across + down, pixel, 0.25f * gain);
                }
                else
                {
                    Add(at, pixel, gain);
                }
            }
        }

        if (blackOutside && _reachesOutside)
            Blacken(frame, toSource, size, channels, destination);
    }

    /// <summary>Reads the region under the square. False when the square lies outside the picture altogether.</summary>
    private bool Load(ImageFrame frame, in SimilarityTransform toSource, int size, int channels)
    {
        Vector2 a = toSource.Apply(default);
        Vector2 b = toSource.Apply(new Vector2(size, 0));
        Vector2 c = toSource.Apply(new Vector2(0, size));
        Vector2 d = toSource.Apply(new Vector2(size, size));
        Vector2 least = Vector2.Min(Vector2.Min(a, b), Vector2.Min(c, d));
        Vector2 most = Vector2.Max(Vector2.Max(a, b), Vector2.Max(c, d));
        // Written so that NaN, too, lies outside.
        if (!(least.X < frame.Width && least.Y < frame.Height && most.X > 0 && most.Y > 0) || !float.IsFinite(toSource.Scale))
            return false;

        _reachesOutside = least.X < 0 || least.Y < 0 || most.X > frame.Width || most.Y > frame.Height;
        _factor = Math.Clamp((int)toSource.Scale, 1, 64);
        _channels = channels;
        _x0 = (int)Math.Clamp(MathF.Floor(least.X) - 1, 0, frame.Width - 1);
        _y0 = (int)Math.Clamp(MathF.Floor(least.Y) - 1, 0, frame.Height - 1);
        int x1 = (int)Math.Clamp(MathF.Ceiling(most.X) + 1, _x0 + 1, frame.Width);
        int y1 = (int)Math.Clamp(MathF.Ceiling(most.Y) + 1, _y0 + 1, frame.Height);
        _regionWidth = Math.Max(1, (x1 - _x0) / _factor);
        _regionHeight = Math.Max(1, (y1 - _y0) / _factor);
        // A sliver narrower than the factor is averaged over what there is.
        int spanX = Math.Min(_factor, x1 - _x0);
        int spanY = Math.Min(_factor, y1 - _y0);

        // Room for the largest face at once: a region is less than twice the square's diagonal wide, so that a face that
        // comes nearer does not grow the buffers picture by picture.
        int readWidth = _regionWidth * spanX;
        if (_line.Length < readWidth * channels)
            _line = GC.AllocateUninitializedArray<byte>(frame.Width * channels);
        int needed = _regionWidth * _regionHeight * channels;
        if (_region.Length < needed)
        {
            int side = (int)(2 * float.Sqrt(2) * size) + 6;
            _region = GC.AllocateUninitializedArray<float>(Math.Max(needed, side * side * channels));
        }

        Span<byte> line = _line.AsSpan(0, readWidth * channels);
        int rowLength = _regionWidth * channels;
        float average = 1f / (spanX * spanY);
        for (int ry = 0; ry < _regionHeight; ry++)
        {
            Span<float> row = _region.AsSpan(ry * rowLength, rowLength);
            row.Clear();
            for (int t = 0; t < spanY; t++)
            {
                int y = _y0 + (ry * spanY) + t;
                if (channels == 1)
                    PixelRows.ReadGray(frame, y, _x0, readWidth, line);
                else
                    PixelRows.ReadRgb(frame, y, _x0, readWidth, line);
                Accumulate(line, row, channels, spanX);
            }

            if (spanX * spanY > 1)
            {
                for (int i = 0; i < row.Length; i++)
                    row[i] *= average;
            }
        }

        return true;
    }

    private static void Accumulate(ReadOnlySpan<byte> line, Span<float> row, int channels, int span)
    {
        if (span == 1)
        {
            for (int i = 0; i < row.Length; i++)
                row[i] += line[i];
            return;
        }

        if (channels == 1)
        {
            ref byte from = ref MemoryMarshal.GetReference(line);
            for (int i = 0; i < row.Length; i++)
            {
                int sum = 0;
                for (int t = 0; t < span; t++)
                    sum += Unsafe.Add(ref from, t);
                row[i] += sum;
                from = ref Unsafe.Add(ref from, span);
            }

            return;
        }

        for (int i = 0, p = 0; i < row.Length; i += 3)
        {
            int red = 0;
            int green = 0;
            int blue = 0;
            for (int t = 0; t < span; t++, p += 3)
            {
                red += line[p];
                green += line[p + 1];
                blue += line[p + 2];
            }

            row[i] += red;
            row[i + 1] += green;
            row[i + 2] += blue;
        }
    }

    /// <summary>Adds the bilinear value at a point of the region; beyond its edge the edge continues.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(Vector2 at, Span<float> pixel, float weight)
    {
        float fx = Math.Clamp(at.X, 0, _regionWidth - 1);
        float fy = Math.Clamp(at.Y, 0, _regionHeight - 1);
        int x = (int)fx;
        int y = (int)fy;
        fx -= x;
        fy -= y;
        int right = x + 1 < _regionWidth ? _channels : 0;
        int down = y + 1 < _regionHeight ? _regionWidth * _channels : 0;
        int p = ((y * _regionWidth) + x) * _channels;
        for (int c = 0; c < pixel.Length; c++, p++)
        {
            float upper = _region[p] + (fx * (_region[p + right] - _region[p]));
            float lower = _region[p + down] + (fx * (_region[p + down + right] - _region[p + down]));
            pixel[c] += weight * (upper + (fy * (lower - upper)));
        }
    }

    private static void Blacken(ImageFrame frame, in SimilarityTransform toSource, int size, int channels, Span<float> destination)
    {
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                Vector2 at = toSource.Apply(new Vector2(x + 0.5f, y + 0.5f));
                if (at.X < 0 || at.Y < 0 || at.X > frame.Width || at.Y > frame.Height)
                    destination.Slice(((y * size) + x) * channels, channels).Clear();
            }
        }
    }
}
