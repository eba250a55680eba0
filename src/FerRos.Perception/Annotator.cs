using FerRos.Perception.Drawing;

namespace FerRos.Perception;

/// <summary>
/// Draws what was found into a picture: for each face its box, its points, its id, expression, arousal and valence, and
/// a bar a class. Managed code with a small font of its own; no allocation.
/// </summary>
public static class Annotator
{
    private const int BarCharacters = 10;

    /// <summary>Draws into interleaved pixels.</summary>
    /// <param name="result">What was found; its size must be the picture's.</param>
    /// <param name="pixels">Width x height x 3 bytes, rows without padding.</param>
    /// <param name="bgr">Whether the bytes are blue, green, red; otherwise red, green, blue.</param>
    /// <exception cref="ArgumentException">There are too few bytes.</exception>
    public static void Draw(PerceptionResult result, Span<byte> pixels, bool bgr = false)
    {
        ArgumentNullException.ThrowIfNull(result);
        int needed = result.Width * result.Height * 3;
        if (pixels.Length < needed)
            throw new ArgumentException($"A {result.Width}x{result.Height} picture has {needed} bytes; {pixels.Length} were given.", nameof(pixels));
        var canvas = new Canvas(pixels[..needed], result.Width, result.Height, bgr);
        int scale = Math.Max(1, (int)Math.Round(Math.Min(result.Width, result.Height) / 400.0));
        foreach (AffectEstimate face in result.Faces)
            Draw(canvas, result, face, scale);
    }

    private static void Draw(Canvas canvas, PerceptionResult result, AffectEstimate face, int scale)
    {
        Colour colour = Colour.Of(face.Expression);
        (int x, int y, int width, int height) = face.Box.ClipTo(result.Width, result.Height);
        canvas.Outline(x, y, width, height, 2 * scale, colour);

        Span<float> points = stackalloc float[2 * FaceKeypoints.Count];
        face.Keypoints.CopyTo(points);
        for (int i = 0; i < points.Length; i += 2)
            canvas.Disc(points[i], points[i + 1], 2f * scale, colour);

        int line = (BitmapFont.Height + 1) * scale;
        int above = y - (2 * line) - scale;
        int top = above >= 0 ? above : y + (2 * scale);
        var text = new TextLine(stackalloc char[96]);
        text.Add(face.FaceId).Add(" ").Add(face.Expression).Add(" ").Add(face.Confidence, signed: false);
        Label(canvas, text.Written, x, top, scale, colour);
        text.Clear();
        text.Add("arousal ").Add(face.Arousal, signed: true).Add(" valence ").Add(face.Valence, signed: true);
        Label(canvas, text.Written, x, top + line, scale, colour);
        Bars(canvas, result, face, x, y, width, scale);
    }

    private static void Label(Canvas canvas, ReadOnlySpan<char> text, int x, int y, int scale, Colour colour)
    {
        canvas.Fill(x, y, ((text.Length * BitmapFont.Advance) + 1) * scale, (BitmapFont.Height + 1) * scale, Colour.Black, 160);
        canvas.Text(text, x + scale, y + scale, scale, colour);
    }

    /// <summary>A bar a class, to the right of the box where there is room, else to its left, else inside.</summary>
    private static void Bars(Canvas canvas, PerceptionResult result, AffectEstimate face, int x, int y, int width, int scale)
    {
        if (face.Probabilities.IsEmpty)
            return;
        int line = (BitmapFont.Height + 1) * scale;
        int names = BarCharacters * BitmapFont.Advance * scale;
        int bar = 40 * scale;
        int panel = names + bar + (3 * scale);
        int left = x + width + scale;
        if (left + panel > result.Width)
            left = x - panel - scale >= 0 ? x - panel - scale : x + width - panel - (2 * scale);
        int top = Math.Clamp(y, 0, Math.Max(0, result.Height - (face.Probabilities.Length * line)));
        canvas.Fill(left, top, panel, face.Probabilities.Length * line, Colour.Black, 160);
        for (int i = 0; i < face.Probabilities.Length; i++)
        {
            string name = result.Classes[i];
            Colour colour = Colour.Of(name);
            canvas.Text(name.AsSpan(0, Math.Min(name.Length, BarCharacters)), left + scale, top + scale, scale, colour);
            int length = (int)MathF.Round(bar * Math.Clamp(face.Probabilities[i], 0, 1));
            canvas.Fill(left + names + scale, top + (2 * scale), length, line - (3 * scale), colour);
            top += line;
        }
    }
}
