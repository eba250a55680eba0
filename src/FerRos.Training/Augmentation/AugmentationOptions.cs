using System.Globalization;

namespace FerRos.Training;

/// <summary>
/// How pictures are varied in training. The spreads of roll, scale and shift cover what alignment by eyes and mouth
/// leaves (5 to 95 % of FER+: roll -19 to 17 degrees, distance of the eyes 0.24 to 0.45 of the side).
/// </summary>
public sealed record AugmentationOptions
{
    /// <summary>Nothing is varied.</summary>
    public static AugmentationOptions None { get; } = new()
    {
        Roll = 0, Scale = 0, Shift = 0, Flip = 0, Brightness = 0, Contrast = 0, CutoutShare = 0, BlurShare = 0, NoiseShare = 0,
    };

    /// <summary>Largest roll either way, degrees.</summary>
    public double Roll { get; init; } = 15;

    /// <summary>Largest change of size either way, as a share.</summary>
    public double Scale { get; init; } = 0.12;

    /// <summary>Largest shift in each direction, as a share of the side.</summary>
    public double Shift { get; init; } = 0.06;

    /// <summary>Share of pictures that are mirrored.</summary>
    public double Flip { get; init; } = 0.5;

    /// <summary>Largest change of brightness either way, of a range of 1.</summary>
    public double Brightness { get; init; } = 0.15;

    /// <summary>Largest change of contrast either way, as a share.</summary>
    public double Contrast { get; init; } = 0.3;

    /// <summary>Share of pictures in which a rectangle is covered.</summary>
    public double CutoutShare { get; init; } = 0.5;

    /// <summary>Smallest side of the covered rectangle, as a share of the picture's.</summary>
    public double CutoutSmallest { get; init; } = 0.10;

    /// <summary>Largest side of the covered rectangle, as a share of the picture's.</summary>
    public double CutoutLargest { get; init; } = 0.35;

    /// <summary>Share of pictures that are blurred.</summary>
    public double BlurShare { get; init; } = 0.1;

    /// <summary>Largest blur: standard deviation as a share of the side.</summary>
    public double Blur { get; init; } = 0.02;

    /// <summary>Share of pictures with noise.</summary>
    public double NoiseShare { get; init; } = 0.1;

    /// <summary>Largest noise: standard deviation, of a range of 1.</summary>
    public double Noise { get; init; } = 0.05;

    /// <summary>Changes values by name, as <c>roll=10</c> or <c>cutout-share=0</c>.</summary>
    /// <param name="settings">Names and values.</param>
    /// <exception cref="ArgumentException">There is no such name, or the value is no number.</exception>
    public AugmentationOptions With(IEnumerable<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var changed = this;
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? setting : setting[..equals];
            if (equals < 0 || !double.TryParse(setting.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                throw new ArgumentException($"the augmentation '{setting}' is not of the form name=number");
            changed = name switch
            {
                "roll" => changed with { Roll = value },
                "scale" => changed with { Scale = value },
                "shift" => changed with { Shift = value },
                "flip" => changed with { Flip = value },
                "brightness" => changed with { Brightness = value },
                "contrast" => changed with { Contrast = value },
                "cutout-share" => changed with { CutoutShare = value },
                "cutout-smallest" => changed with { CutoutSmallest = value },
                "cutout-largest" => changed with { CutoutLargest = value },
                "blur-share" => changed with { BlurShare = value },
                "blur" => changed with { Blur = value },
                "noise-share" => changed with { NoiseShare = value },
                "noise" => changed with { Noise = value },
                _ => throw new ArgumentException($"there is no augmentation '{name}'; there are: {Names}"),
            };
        }

        return changed;
    }

    /// <summary>The names that <see cref="With"/> takes.</summary>
    public const string Names =
        "roll, scale, shift, flip, brightness, contrast, cutout-share, cutout-smallest, cutout-largest, blur-share, blur, noise-share, noise";

    /// <summary>Checks that all is in range.</summary>
    /// <exception cref="ArgumentException">A value is not; the message names it.</exception>
    public void Validate()
    {
        void Within(double value, double low, double high, string name)
        {
            if (!(value >= low && value <= high))
                throw new ArgumentException(FormattableString.Invariant($"{name} of the augmentation is {value}; it may be {low} to {high}"));
        }

        Within(Roll, 0, 180, nameof(Roll));
        Within(Scale, 0, 0.9, nameof(Scale));
        Within(Shift, 0, 0.5, nameof(Shift));
        Within(Flip, 0, 1, nameof(Flip));
        Within(Brightness, 0, 1, nameof(Brightness));
        Within(Contrast, 0, 1, nameof(Contrast));
        Within(CutoutShare, 0, 1, nameof(CutoutShare));
        Within(CutoutSmallest, 0, 1, nameof(CutoutSmallest));
        Within(CutoutLargest, CutoutSmallest, 1, nameof(CutoutLargest));
        Within(BlurShare, 0, 1, nameof(BlurShare));
        Within(Blur, 0, 0.2, nameof(Blur));
        Within(NoiseShare, 0, 1, nameof(NoiseShare));
        Within(Noise, 0, 1, nameof(Noise));
    }
}
