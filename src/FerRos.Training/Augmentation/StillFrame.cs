namespace FerRos.Training;

/// <summary>What happens to one frame of a film made from a still.</summary>
internal readonly record struct StillFrame
{
    /// <summary>How the face lies, misalignment included.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Added to every value.</summary>
    public double Brightness { get; init; }

    /// <summary>Factor about the middle gray.</summary>
    public double Contrast { get; init; }

    /// <summary>Standard deviation of a blur by bad focus, as a share of the side; 0: none.</summary>
    public double FocusBlur { get; init; }

    /// <summary>The face's way during the exposure, as shares of the side; 0: none.</summary>
    public (double X, double Y) MotionBlur { get; init; }

    /// <summary>Standard deviation of the noise; 0: none.</summary>
    public double Noise { get; init; }

    /// <summary>The covered rectangle as shares of the side; it may reach beyond the picture, and a width of 0 is none.</summary>
    public (double X, double Y, double Width, double Height) Occluder { get; init; }

    /// <summary>What covers it: its middle gray, and the difference from its left to its right edge.</summary>
    public (double Gray, double Slope) OccluderValue { get; init; }

    /// <summary>Whether the detector has lost its way.</summary>
    public bool Misaligned { get; init; }

    /// <summary>Whether a spell spoils this frame.</summary>
    public bool Corrupted => Misaligned || FocusBlur > 0 || MotionBlur != default || Noise > 0 || Occluder.Width > 0;
}
