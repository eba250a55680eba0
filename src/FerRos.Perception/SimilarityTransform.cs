using System.Numerics;

namespace FerRos.Perception;

/// <summary>
/// A rotation, a uniform scale and a shift of the plane: z' = a z + b with complex numbers.
/// </summary>
/// <param name="A">Scale times cosine, and scale times sine, of the rotation.</param>
/// <param name="B">The shift.</param>
public readonly record struct SimilarityTransform(Vector2 A, Vector2 B)
{
    /// <summary>The scale, at least 0.</summary>
    public float Scale => A.Length();

    /// <summary>The rotation in radians, clockwise as seen in a picture (y points down).</summary>
    public float Rotation => MathF.Atan2(A.Y, A.X);

    /// <summary>Moves a point.</summary>
    public Vector2 Apply(Vector2 point) => Multiply(A, point) + B;

    /// <summary>The transform that undoes this one.</summary>
    /// <exception cref="InvalidOperationException">The scale is 0.</exception>
    public SimilarityTransform Invert()
    {
        float square = A.LengthSquared();
        if (square == 0)
            throw new InvalidOperationException("A transform of scale 0 cannot be undone.");
        var inverse = new Vector2(A.X / square, -A.Y / square);
        return new SimilarityTransform(inverse, -Multiply(inverse, B));
    }

    /// <summary>
    /// The transform that takes one set of points as near as possible to another: least squares of the distances
    /// among the target points (Umeyama 1991, without reflection).
    /// </summary>
    /// <param name="from">At least two points that are not all the same.</param>
    /// <param name="to">As many target points.</param>
    /// <exception cref="ArgumentException">Fewer than two points, different numbers, or all points the same.</exception>
    public static SimilarityTransform Fit(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to)
    {
        if (from.Length < 2 || from.Length != to.Length)
            throw new ArgumentException($"Two or more pairs of points are needed; {from.Length} and {to.Length} were given.", nameof(from));
        Vector2 fromMean = default;
        Vector2 toMean = default;
        for (int i = 0; i < from.Length; i++)
        {
            fromMean += from[i];
            toMean += to[i];
        }

        fromMean /= from.Length;
        toMean /= to.Length;
        Vector2 product = default;
        float square = 0;
        for (int i = 0; i < from.Length; i++)
        {
            Vector2 p = from[i] - fromMean;
            product += Multiply(new Vector2(p.X, -p.Y), to[i] - toMean);
            square += p.LengthSquared();
        }

        if (!(square > 0))
            throw new ArgumentException("The points are all the same.", nameof(from));
        Vector2 a = product / square;
        return new SimilarityTransform(a, toMean - Multiply(a, fromMean));
    }

    private static Vector2 Multiply(Vector2 a, Vector2 b) => new((a.X * b.X) - (a.Y * b.Y), (a.X * b.Y) + (a.Y * b.X));
}
