using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace FerRos.Perception.Tests;

public class SimilarityTransformTests
{
    private static readonly Arbitrary<float> Unit = Gen.Choose(-1_000, 1_000).Select(i => i / 1_000f).ToArbitrary();

    private static readonly Arbitrary<SimilarityTransform> Transforms = (
        from scale in Gen.Choose(10, 5_000)
        from degrees in Gen.Choose(-180, 180)
        from x in Gen.Choose(-2_000, 2_000)
        from y in Gen.Choose(-2_000, 2_000)
        let angle = degrees * MathF.PI / 180
        select new SimilarityTransform(new Vector2(MathF.Cos(angle), MathF.Sin(angle)) * (scale / 1_000f), new Vector2(x, y))).ToArbitrary();

    [Fact]
    public void Fitting_recovers_the_transform_that_moved_the_points() => Prop.ForAll(Transforms, known =>
    {
        Vector2[] from = [new(20, 25), new(44, 25), new(32, 49)];
        SimilarityTransform fitted = SimilarityTransform.Fit(from, [.. from.Select(p => known.Apply(p))]);
        Vector2 probe = new(7, 60);
        return Vector2.Distance(fitted.Apply(probe), known.Apply(probe)) < 0.02f
            && Math.Abs(fitted.Scale - known.Scale) < 1e-3f * (1 + known.Scale);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_inverse_undoes_the_transform() => Prop.ForAll(Transforms, Unit, Unit, (known, x, y) =>
    {
        Vector2 point = new(x * 500, y * 500);
        return Vector2.Distance(known.Invert().Apply(known.Apply(point)), point) < 0.1f;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_other_similarity_fits_disturbed_points_better() => Prop.ForAll(Transforms, Unit, Unit, (known, dx, dy) =>
    {
        Vector2[] from = [new(20, 25), new(44, 25), new(32, 49)];
        Vector2[] to = [known.Apply(from[0]) + new Vector2(dx, dy), known.Apply(from[1]) + new Vector2(dy, -dx), known.Apply(from[2])];
        SimilarityTransform best = SimilarityTransform.Fit(from, to);
        float Error(SimilarityTransform t) => from.Zip(to, (p, q) => Vector2.DistanceSquared(t.Apply(p), q)).Sum();
        float least = Error(best);
        return Error(best with { B = best.B + new Vector2(0.2f, 0) }) >= least - 1e-2f
            && Error(best with { B = best.B - new Vector2(0, 0.2f) }) >= least - 1e-2f
            && Error(best with { A = best.A * 1.02f }) >= least - 1e-2f
            && Error(best with { A = best.A + new Vector2(0, 0.02f) }) >= least - 1e-2f;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Points_that_are_all_the_same_are_refused() =>
        Should.Throw<ArgumentException>(() => SimilarityTransform.Fit([new(1, 1), new(1, 1)], [new(1, 1), new(2, 2)]));
}
