namespace FerRos.Networks;

/// <summary>How values are stored in a file; in memory they are 32-bit floats always.</summary>
public enum WeightFormat
{
    /// <summary>32-bit floats.</summary>
    Full,

    /// <summary>16-bit floats (IEEE half): half the size; the form in which weights are shipped.</summary>
    Half,

    /// <summary>16-bit floats with the exponent of 32-bit ones.</summary>
    BrainHalf,
}
