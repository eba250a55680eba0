using System.Collections.Immutable;

namespace FerRos.Perception;

/// <summary>The eight expression classes: FER+'s names and order, and what ROS4HRI calls them.</summary>
public static class Expressions
{
    /// <summary>The classes in FER+'s order, by the names that are published.</summary>
    public static ImmutableArray<string> FerPlus { get; } =
        ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];

    /// <summary>
    /// A class by any of its names: FER+'s, ROS4HRI's (<c>happy</c>, <c>surprised</c>, <c>scared</c>, ...) or those of
    /// common datasets, in any case.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="expression">The class in FER+'s name; empty where the name is unknown.</param>
    public static bool TryParse(string name, out string expression)
    {
        ArgumentNullException.ThrowIfNull(name);
        expression = name.Trim().ToUpperInvariant() switch
        {
            "NEUTRAL" => "neutral",
            "HAPPINESS" or "HAPPY" or "JOY" => "happiness",
            "SURPRISE" or "SURPRISED" => "surprise",
            "SADNESS" or "SAD" => "sadness",
            "ANGER" or "ANGRY" => "anger",
            "DISGUST" or "DISGUSTED" => "disgust",
            "FEAR" or "FEARFUL" or "SCARED" or "AFRAID" => "fear",
            "CONTEMPT" or "CONTEMPTUOUS" or "SKEPTICAL" => "contempt",
            _ => string.Empty,
        };
        return expression.Length > 0;
    }

    /// <summary>
    /// The constant of hri_msgs/Expression for a class. hri_msgs has none for contempt; <c>skeptical</c> is the
    /// nearest of its 25 and stands for it. A class that is not one of the eight keeps its name.
    /// </summary>
    /// <param name="expression">The class in FER+'s name.</param>
    public static string ToRos4Hri(string expression) => expression switch
    {
        "happiness" => "happy",
        "surprise" => "surprised",
        "sadness" => "sad",
        "anger" => "angry",
        "disgust" => "disgusted",
        "fear" => "scared",
        "contempt" => "skeptical",
        _ => expression,
    };
}
