namespace FerRos.Perception.Drawing;

/// <summary>Draws into interleaved 8-bit pixels of three channels. Everything is clipped to the picture.</summary>
internal readonly ref struct Canvas(Span<byte> pixels, int width, int height, bool bgr)
{
    private readonly Span<byte> _pixels = pixels;
    private readonly int _width = width;
    private readonly int _height = height;
    private readonly bool _bgr = bgr;

    /// <summary>Mixes a colour into a rectangle.</summary>
    /// <param name="x">Left.</param>
    /// <param name="y">Top.</param>
    /// <param name="width">Width.</param>
    /// <param name="height">Height.</param>
    /// <param name="colour">What to mix in.</param>
    /// <param name="opacity">0 leaves the picture, 256 covers it.</param>
    public void Fill(int x, int y, int width, int height, Colour colour, int opacity = 256)
    {
        long right = Math.Min((long)x + width, _width);
        long bottom = Math.Min((long)y + height, _height);
        x = Math.Max(x, 0);
        y = Math.Max(y, 0);
        byte first = _bgr ? colour.Blue : colour.Red;
        byte third = _bgr ? colour.Red : colour.Blue;
        for (; y < bottom; y++)
        {
            for (int i = x; i < right; i++)
            {
                Span<byte> pixel = _pixels.Slice(((y * _width) + i) * 3, 3);
                pixel[0] = Mix(pixel[0], first, opacity);
                pixel[1] = Mix(pixel[1], colour.Green, opacity);
                pixel[2] = Mix(pixel[2], third, opacity);
            }
        }
    }

    /// <summary>The outline of a rectangle, its edge on the inside.</summary>
    public void Outline(int x, int y, int width, int height, int thickness, Colour colour)
    {
        Fill(x, y, width, thickness, colour);
        Fill(x, y + height - thickness, width, thickness, colour);
        Fill(x, y + thickness, thickness, height - (2 * thickness), colour);
        Fill(x + width - thickness, y + thickness, thickness, height - (2 * thickness), colour);
    }

    public void Disc(float centerX, float centerY, float radius, Colour colour)
    {
        if (!float.IsFinite(centerX) || !float.IsFinite(centerY))
            return;
        int top = (int)Math.Clamp(MathF.Floor(centerY - radius), 0, _height);
        int bottom = (int)Math.Clamp(MathF.Ceiling(centerY + radius), -1, _height - 1);
        for (int y = top; y <= bottom; y++)
        {
            float dy = y + 0.5f - centerY;
            float square = (radius * radius) - (dy * dy);
            if (square <= 0)
                continue;
            float half = MathF.Sqrt(square);
            int left = (int)Math.Clamp(MathF.Round(centerX - half), -_width, 2 * _width);
            int right = (int)Math.Clamp(MathF.Round(centerX + half), -_width, 2 * _width);
            Fill(left, y, right - left, 1, colour);
        }
    }

    /// <summary>Draws text whose top left corner is given, every pixel of the font a square of the given side.</summary>
    public void Text(ReadOnlySpan<char> text, int x, int y, int scale, Colour colour)
    {
        foreach (char character in text)
        {
            ReadOnlySpan<byte> glyph = BitmapFont.Glyph(character);
            for (int row = 0; row < BitmapFont.Height; row++)
            {
                for (int column = 0; column < BitmapFont.Width; column++)
                {
                    if ((glyph[row] & (1 << (BitmapFont.Width - 1 - column))) != 0)
                        Fill(x + (column * scale), y + (row * scale), scale, scale, colour);
                }
            }

            x += BitmapFont.Advance * scale;
        }
    }

    private static byte Mix(byte below, byte above, int opacity) => (byte)(below + (((above - below) * opacity) >> 8));
}
