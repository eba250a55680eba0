namespace FerRos.Training;

/// <summary>One draw of an augmentation: everything that happens to one picture.</summary>
/// <param name="Placement">How it lies.</param>
/// <param name="Brightness">Added to every value.</param>
/// <param name="Contrast">Factor about the middle gray.</param>
/// <param name="Blur">Standard deviation as a share of the side; 0: none.</param>
/// <param name="Noise">Standard deviation; 0: none.</param>
/// <param name="Cutout">The covered rectangle as shares of the side; empty: none.</param>
/// <param name="CutoutValue">What covers it, 0 to 1.</param>
/// <param name="NoiseSeed">Seed of the noise.</param>
internal readonly record struct Variation(
    Placement Placement, double Brightness, double Contrast, double Blur, double Noise,
    (double X, double Y, double Width, double Height) Cutout, double CutoutValue, int NoiseSeed)
{
    /// <summary>Draws one. Always as many numbers from the generator, so that one option does not change the others' draws.</summary>
    internal static Variation Draw(AugmentationOptions options, Random random)
    {
        double Either(double largest) => ((2 * random.NextDouble()) - 1) * largest;
        var placement = new Placement(
            Either(options.Roll) * Math.PI / 180, 1 + Either(options.Scale), Either(options.Shift), Either(options.Shift),
            random.NextDouble() < options.Flip);
        var (brightness, contrast) = (Either(options.Brightness), 1 + Either(options.Contrast));
        var (blurred, blur) = (random.NextDouble() < options.BlurShare, random.NextDouble() * options.Blur);
        var (noisy, noise) = (random.NextDouble() < options.NoiseShare, random.NextDouble() * options.Noise);
        var covered = random.NextDouble() < options.CutoutShare;
        double Side() => options.CutoutSmallest + (random.NextDouble() * (options.CutoutLargest - options.CutoutSmallest));
        var (width, height) = (Side(), Side());
        var (x, y) = (random.NextDouble() * (1 - width), random.NextDouble() * (1 - height));
        return new Variation(
            placement, brightness, contrast, blurred ? blur : 0, noisy ? noise : 0,
            covered ? (x, y, width, height) : default, random.NextDouble(), random.Next());
    }

    /// <summary>Makes the varied picture in the preparation's plane: placed, blurred, brightened, covered, with noise.</summary>
    internal void Apply(ReadOnlySpan<byte> picture, int size, Preparation preparation)
    {
        preparation.Sample(picture, size, Placement);
        var plane = preparation.Plane.AsSpan();
        if (Blur > 0)
            preparation.Blur.Apply(plane, Blur * preparation.Width);
        for (var i = 0; i < plane.Length; i++)
            plane[i] = Math.Clamp((float)(((plane[i] - 0.5) * Contrast) + 0.5 + Brightness), 0, 1);
        if (Cutout.Width > 0)
            Cover(plane, preparation.Width, preparation.Height);
        if (Noise > 0)
            AddNoise(plane);
    }

    private void Cover(Span<float> plane, int width, int height)
    {
        var (left, top) = ((int)(Cutout.X * width), (int)(Cutout.Y * height));
        var (right, bottom) = ((int)((Cutout.X + Cutout.Width) * width), (int)((Cutout.Y + Cutout.Height) * height));
        for (var y = top; y < bottom; y++)
            plane.Slice((y * width) + left, right - left).Fill((float)CutoutValue);
    }

    private void AddNoise(Span<float> plane)
    {
        var random = new Random(NoiseSeed);
        for (var i = 0; i < plane.Length; i++)
            plane[i] = Math.Clamp((float)(plane[i] + (Noise * random.NextNormal())), 0, 1);
    }
}
