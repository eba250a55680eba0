namespace FerRos.Perception;

/// <summary>An axis-aligned box in pixels of the source picture; it may reach beyond the picture.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Upper edge.</param>
/// <param name="Right">Right edge, not below <paramref name="Left"/>.</param>
/// <param name="Bottom">Lower edge, not above <paramref name="Top"/>.</param>
public readonly record struct BoundingBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>Width in pixels.</summary>
    public float Width => Right - Left;

    /// <summary>Height in pixels.</summary>
    public float Height => Bottom - Top;

    /// <summary>Area in square pixels.</summary>
    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>Horizontal centre.</summary>
    public float CenterX => (Left + Right) / 2;

    /// <summary>Vertical centre.</summary>
    public float CenterY => (Top + Bottom) / 2;

    /// <summary>A box from its centre and its size.</summary>
    public static BoundingBox FromCenter(float centerX, float centerY, float width, float height) =>
        new(centerX - (width / 2), centerY - (height / 2), centerX + (width / 2), centerY + (height / 2));

    /// <summary>Intersection over union with another box, 0 to 1; 0 when both are empty.</summary>
    public float IntersectionOverUnion(in BoundingBox other)
    {
        float width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        float height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        if (width <= 0 || height <= 0)
            return 0;
        float intersection = width * height;
        return intersection / (Area + other.Area - intersection);
    }

    /// <summary>The part of the box inside a picture, in whole pixels, at least one pixel large.</summary>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Height of the picture.</param>
    public (int X, int Y, int Width, int Height) ClipTo(int width, int height)
    {
        int left = (int)Math.Clamp(MathF.Round(Left), 0, width - 1);
        int top = (int)Math.Clamp(MathF.Round(Top), 0, height - 1);
        int right = (int)Math.Clamp(MathF.Round(Right), left + 1, width);
        int bottom = (int)Math.Clamp(MathF.Round(Bottom), top + 1, height);
        return (left, top, right - left, bottom - top);
    }
}
