namespace FerRos.Perception.Drawing;

/// <summary>A colour of 8 bits a channel.</summary>
internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    public static Colour Black { get; } = new(0, 0, 0);

    public static Colour White { get; } = new(255, 255, 255);

    /// <summary>
    /// A colour for an expression class: Okabe and Ito's palette, which colour-blind people can tell apart, its darkest blue
    /// lightened so that it can be read on the dark panel.
    /// </summary>
    public static Colour Of(string expression) => expression switch
    {
        "happiness" => new(240, 228, 66),
        "surprise" => new(230, 159, 0),
        "sadness" => new(86, 180, 233),
        "anger" => new(213, 94, 0),
        "disgust" => new(0, 158, 115),
        "fear" => new(204, 121, 167),
        "contempt" => new(110, 150, 255),
        _ => new(220, 220, 220),
    };
}
