namespace FerRos.Training;

/// <summary>How a picture lies in the network's input: an affine map from input to picture.</summary>
/// <param name="Roll">Rotation of the face, radians, clockwise.</param>
/// <param name="Scale">Size of the face relative to the picture's: 1.1 is a tenth larger.</param>
/// <param name="ShiftX">Shift of the face to the right, as a share of the side.</param>
/// <param name="ShiftY">Shift of the face downwards, as a share of the side.</param>
/// <param name="Flip">Mirrors left and right.</param>
public readonly record struct Placement(double Roll, double Scale, double ShiftX, double ShiftY, bool Flip)
{
    /// <summary>The whole picture as it is.</summary>
    public static Placement Whole => new(0, 1, 0, 0, false);
}
