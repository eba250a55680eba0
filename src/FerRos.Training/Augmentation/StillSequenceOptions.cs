namespace FerRos.Training;

/// <summary>
/// How a short film is made from one still: a smooth motion of the face and drifting light, and spells in which frames
/// are bad as a robot's camera sees them. A share is that of the frames that a kind of spell spoils on average, the same
/// for every place in the film; the kinds are independent, so that the defaults leave 38 % of the frames good.
/// </summary>
public sealed record StillSequenceOptions
{
    /// <summary>The still, again and again.</summary>
    public static StillSequenceOptions None { get; } = new()
    {
        Roll = 0, Scale = 0, Shift = 0, Flip = 0, RollSpeed = 0, ScaleSpeed = 0, ShiftSpeed = 0, RollJitter = 0, ScaleJitter = 0,
        ShiftJitter = 0, Brightness = 0, Contrast = 0, BrightnessDrift = 0, OcclusionShare = 0, BlurShare = 0, NoiseShare = 0,
        MisalignmentShare = 0,
    };

    /// <summary>Motion and light alone; no frame is spoilt.</summary>
    public static StillSequenceOptions Clean { get; } = new StillSequenceOptions().WithoutSpells();

    /// <summary>
    /// What <c>ferros evaluate --corrupt</c> measures on: the defaults, but never mirrored. Changing it changes the
    /// meaning of the published figures.
    /// </summary>
    public static StillSequenceOptions Protocol { get; } = new() { Flip = 0 };

    /// <summary>Largest roll of the first frame either way, degrees; the motion stays within twice as much.</summary>
    public double Roll { get; init; } = 10;

    /// <summary>Largest change of size of the first frame either way, as a share; the motion stays within twice as much.</summary>
    public double Scale { get; init; } = 0.08;

    /// <summary>Largest shift of the first frame in each direction, as a share of the side; the motion stays within twice as much.</summary>
    public double Shift { get; init; } = 0.04;

    /// <summary>Share of films that are mirrored.</summary>
    public double Flip { get; init; } = 0.5;

    /// <summary>Standard deviation of the change of roll from frame to frame, degrees. Speeds change smoothly.</summary>
    public double RollSpeed { get; init; } = 0.8;

    /// <summary>Standard deviation of the change of size from frame to frame, as a share.</summary>
    public double ScaleSpeed { get; init; } = 0.006;

    /// <summary>Standard deviation of the shift from frame to frame in each direction, as a share of the side.</summary>
    public double ShiftSpeed { get; init; } = 0.005;

    /// <summary>Standard deviation of what an unsteady detector adds to the roll of each frame, degrees.</summary>
    public double RollJitter { get; init; } = 1;

    /// <summary>Standard deviation of what an unsteady detector adds to the size of each frame, as a share.</summary>
    public double ScaleJitter { get; init; } = 0.012;

    /// <summary>Standard deviation of what an unsteady detector adds to the place of each frame, as a share of the side.</summary>
    public double ShiftJitter { get; init; } = 0.008;

    /// <summary>Largest change of brightness of the first frame either way, of a range of 1.</summary>
    public double Brightness { get; init; } = 0.12;

    /// <summary>Largest change of contrast either way, as a share; the same for all frames.</summary>
    public double Contrast { get; init; } = 0.25;

    /// <summary>Standard deviation of the change of brightness from frame to frame, of a range of 1. It changes smoothly.</summary>
    public double BrightnessDrift { get; init; } = 0.01;

    /// <summary>Share of the frames in which a rectangle that slides over the face covers a part of it.</summary>
    public double OcclusionShare { get; init; } = 0.3;

    /// <summary>Mean number of frames from a rectangle's coming to its going.</summary>
    public double OcclusionLength { get; init; } = 4;

    /// <summary>Smallest side of the rectangle, as a share of the picture's.</summary>
    public double OcclusionSmallest { get; init; } = 0.3;

    /// <summary>Largest side of the rectangle, as a share of the picture's.</summary>
    public double OcclusionLargest { get; init; } = 0.65;

    /// <summary>Share of the frames that are blurred, half of the spells by motion and half by bad focus.</summary>
    public double BlurShare { get; init; } = 0.2;

    /// <summary>Mean number of frames of a spell of blur.</summary>
    public double BlurLength { get; init; } = 2.5;

    /// <summary>Longest way of motion during the exposure, as a share of the side; the shortest is a third of it.</summary>
    public double MotionBlur { get; init; } = 0.3;

    /// <summary>Largest standard deviation of the blur by bad focus, as a share of the side; the smallest is a third of it.</summary>
    public double FocusBlur { get; init; } = 0.08;

    /// <summary>Share of the frames with noise.</summary>
    public double NoiseShare { get; init; } = 0.15;

    /// <summary>Mean number of frames of a burst of noise.</summary>
    public double NoiseLength { get; init; } = 2;

    /// <summary>Largest standard deviation of the noise, of a range of 1; the smallest is a third of it.</summary>
    public double Noise { get; init; } = 0.35;

    /// <summary>Share of the frames in which the detector has lost its way.</summary>
    public double MisalignmentShare { get; init; } = 0.2;

    /// <summary>Mean number of frames until it finds back.</summary>
    public double MisalignmentLength { get; init; } = 2;

    /// <summary>Largest roll that a misalignment adds either way, degrees.</summary>
    public double MisalignmentRoll { get; init; } = 35;

    /// <summary>Largest change of size that a misalignment adds either way, as a share.</summary>
    public double MisalignmentScale { get; init; } = 0.35;

    /// <summary>Largest shift that a misalignment adds in each direction, as a share of the side.</summary>
    public double MisalignmentShift { get; init; } = 0.25;

    /// <summary>Checks that all is in range.</summary>
    /// <exception cref="ArgumentException">A value is not; the message names it.</exception>
    public void Validate()
    {
        static void Within(double value, double low, double high, string name)
        {
            if (!(value >= low && value <= high))
                throw new ArgumentException(FormattableString.Invariant($"{name} of the sequences is {value}; it may be {low} to {high}"));
        }

        Within(Roll, 0, 90, nameof(Roll));
        Within(Scale, 0, 0.4, nameof(Scale));
        Within(Shift, 0, 0.25, nameof(Shift));
        Within(Flip, 0, 1, nameof(Flip));
        Within(RollSpeed, 0, 45, nameof(RollSpeed));
        Within(ScaleSpeed, 0, 0.2, nameof(ScaleSpeed));
        Within(ShiftSpeed, 0, 0.2, nameof(ShiftSpeed));
        Within(RollJitter, 0, 45, nameof(RollJitter));
        Within(ScaleJitter, 0, 0.1, nameof(ScaleJitter));
        Within(ShiftJitter, 0, 0.2, nameof(ShiftJitter));
        Within(Brightness, 0, 1, nameof(Brightness));
        Within(Contrast, 0, 1, nameof(Contrast));
        Within(BrightnessDrift, 0, 1, nameof(BrightnessDrift));
        Within(OcclusionSmallest, 0, 1, nameof(OcclusionSmallest));
        Within(OcclusionLargest, OcclusionSmallest, 1, nameof(OcclusionLargest));
        Within(MotionBlur, 0, 1, nameof(MotionBlur));
        Within(FocusBlur, 0, 0.2, nameof(FocusBlur));
        Within(Noise, 0, 1, nameof(Noise));
        Within(MisalignmentRoll, 0, 180, nameof(MisalignmentRoll));
        Within(MisalignmentScale, 0, 0.6, nameof(MisalignmentScale));
        Within(MisalignmentShift, 0, 0.5, nameof(MisalignmentShift));

        // Spells of one kind have a good frame between them: no larger share can be kept with spells this short.
        void Spells(double share, string shareName, double length, string lengthName)
        {
            Within(length, 1.5, 1000, lengthName);
            Within(share, 0, 0.6, shareName);
        }

        Spells(OcclusionShare, nameof(OcclusionShare), OcclusionLength, nameof(OcclusionLength));
        Spells(BlurShare, nameof(BlurShare), BlurLength, nameof(BlurLength));
        Spells(NoiseShare, nameof(NoiseShare), NoiseLength, nameof(NoiseLength));
        Spells(MisalignmentShare, nameof(MisalignmentShare), MisalignmentLength, nameof(MisalignmentLength));
    }

    /// <summary>The same films without spoilt frames.</summary>
    internal StillSequenceOptions WithoutSpells() => this with { OcclusionShare = 0, BlurShare = 0, NoiseShare = 0, MisalignmentShare = 0 };
}
