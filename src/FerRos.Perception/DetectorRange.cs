namespace FerRos.Perception;

/// <summary>Which of BlazeFace's two networks finds the faces.</summary>
public enum DetectorRange
{
    /// <summary>Input 128x128: quick, for faces within conversation distance.</summary>
    ShortRange,

    /// <summary>Input 192x192: slower, finds smaller faces.</summary>
    FullRange,
}
